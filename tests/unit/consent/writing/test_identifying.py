"""Who is meant by a description: one certain person, by one Patient or by all that were merged, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consent.verdict import Verdict
from consent.writing import identifying
from resources.search.predicate import EVERYTHING, Predicate, has_one_of
from tests.laws.worlds import index, ref
from tests.unit.consent.relations.test_names import DONE, STANDS, THREE
from tests.unit.consent.standing.lying import Lying, in_a_store

Json = dict[str, Any]

NUMBER = {"system": "https://tsunagu.example/fhir/sid/resident", "value": "7"}
SAID: Json = {"identifier": [NUMBER]}


def patient(id: str, **elements: Any) -> Json:
    return {"resourceType": "Patient", "id": id, "identifier": [NUMBER]} | elements


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Lying]:
    with in_a_store(tmp_path) as made:
        made.put(patient("9", identifier=[NUMBER | {"value": "8"}]))
        yield made


def meant(files: Lying, within: Predicate = EVERYTHING, asked: Json = SAID) -> list[str]:
    found = files.ask(lambda view: identifying.certain(view, index(), asked, within))
    return [each.reference for each in found]


def test_one_who_is_described_is_meant_and_nobody_where_there_is_none(files: Lying) -> None:
    assert meant(files) == []
    files.put(patient("1"))
    assert meant(files) == ["Patient/1"]
    assert meant(files, asked={"name": [{"family": "水無瀬"}]}) == [], "too little is said"


def test_of_two_who_are_described_neither_is_certain_unless_one_alone_may_be_found(files: Lying) -> None:
    files.put(patient("1"), patient("2"))
    assert meant(files) == []
    assert meant(files, has_one_of(".id", ["Patient/2"])) == ["Patient/2"]
    files.put(patient("1", gender="male"))
    assert meant(files, asked=SAID | {"gender": "female"}) == ["Patient/2"], "who differs is not meant"


def test_of_two_that_were_merged_both_are_meant_first_the_one_that_is_used_since(files: Lying) -> None:
    files.put(patient("1"), patient("2"))
    files.put(DONE, judged=STANDS)
    assert meant(files) == ["Patient/2", "Patient/1"]
    other_way = DONE | {"for": ref("Patient/2"), "focus": ref("Patient/1")}
    files.put(other_way, judged=STANDS)
    assert meant(files) == ["Patient/1", "Patient/2"]
    files.put(other_way | {"status": "cancelled"}, judged=STANDS)
    assert meant(files) == []
    files.put(DONE | {"id": "anew"}, judged=STANDS)
    assert meant(files) == ["Patient/2", "Patient/1"], "as they are merged now"


def test_a_third_who_is_described_and_is_none_of_their_names_makes_all_uncertain(files: Lying) -> None:
    files.put(patient("1"), patient("2"), patient("3"))
    files.put(DONE, judged=STANDS)
    assert meant(files) == []
    with_third = Verdict(True, noted=STANDS.noted | {f".same {THREE}"})
    files.put(DONE | {"id": "n", "for": ref(THREE), "focus": ref("Patient/1")}, judged=with_third)
    assert meant(files) == ["Patient/2", "Patient/1", "Patient/3"], "those that were replaced come after"


def test_by_whom_nobody_describes_a_person_is_not_called_first(files: Lying) -> None:
    """The one that is used since has another number by now: of those described the order is that of their names."""
    files.put(patient("1"), patient("2"), patient("3", identifier=[NUMBER | {"value": "8"}]))
    all_three = Verdict(True, noted=STANDS.noted | {f".same {THREE}"})
    files.put(DONE | {"for": ref("Patient/1"), "focus": ref(THREE)}, judged=all_three)
    assert meant(files) == ["Patient/1", "Patient/2"]


def test_among_more_than_are_looked_through_nobody_is_certain(files: Lying, monkeypatch: pytest.MonkeyPatch) -> None:
    files.put(patient("1"), patient("2", gender="male"))
    files.put(patient("3", gender="male"))
    female = SAID | {"gender": "female"}
    assert meant(files, asked=female) == ["Patient/1"]
    monkeypatch.setattr(identifying, "MOST", 3)
    assert meant(files, asked=female) == ["Patient/1"]
    monkeypatch.setattr(identifying, "MOST", 2)
    assert meant(files, asked=female) == []
    files.put(DONE, judged=STANDS)
    monkeypatch.setattr(identifying, "MOST", 1)
    assert meant(files, has_one_of(".id", ["Patient/1", "Patient/2"])) == []
    monkeypatch.setattr(identifying, "MOST", 2)
    assert meant(files, has_one_of(".id", ["Patient/1", "Patient/2"])) == ["Patient/2", "Patient/1"]
