"""Labels of which nothing is said stay, whatever else is written; some are added or taken off, and all else stays."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import labels
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.unit.consent.acts.made import posted
from tests.unit.consent.test_labels import OTHER_TAG, SECRET, TAG, level, meta, relabel
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.within import version

P = actor("p")
Json = dict[str, Any]


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1", note=[{"text": "面談した"}], meta={"tag": [TAG]}))
    return town


def body(town: Town, name: str = "Condition/c") -> Json:
    found: Json = orjson.loads(version(town, name).body)
    return {key: value for key, value in found.items() if key != "meta"}


def refused(town: Town, name: str, **asked: Any) -> str:
    with pytest.raises(Problem) as caught:
        relabel(town, P, name, "$meta-add", **asked)
    return " ".join((caught.value.kind, *caught.value.rules))


@pytest.mark.parametrize("label", [{"tag": [TAG]}, {"security": [level("R")]}, {"profile": ["urn:x"]}])
def test_each_kind_of_label_stays_by_itself(town: Town, label: Json) -> None:
    town.write(P, patient("1"), concern("c", "1", meta=label))
    town.write(P, concern("c", "1", recordedDate="2026-11-01") | again())
    assert meta(town, "Condition/c") == label


def test_those_stay_that_a_record_had_when_it_was_deleted(kept: Town) -> None:
    kept.write(P, concern("c", "1", meta={"versionId": "1", "tag": [OTHER_TAG]}))
    kept.delete(P, "Condition/c")
    kept.write(P, concern("c", "1") | again(3))
    assert meta(kept, "Condition/c") == {"tag": [OTHER_TAG]}


def test_a_patch_that_takes_them_off_does(kept: Town) -> None:
    def bare(record: Json) -> Json:
        return {key: value for key, value in record.items() if key != "meta"}

    def still(record: Json) -> Json:
        return record | {"recordedDate": "2026-11-01"}

    kept.commit(P, Change("update", "Condition", "c", patch=still))
    assert meta(kept, "Condition/c") == {"tag": [TAG]}
    kept.commit(P, Change("update", "Condition", "c", patch=bare))
    assert meta(kept, "Condition/c") == {}


def test_they_are_added_and_taken_off_and_what_the_record_says_stays(kept: Town) -> None:
    before = body(kept)
    relabel(kept, P, "Condition/c", "$meta-add", tag=[OTHER_TAG])
    assert meta(kept, "Condition/c") == {"tag": [TAG, OTHER_TAG]}
    relabel(kept, P, "Condition/c", "$meta-delete", tag=[TAG])
    assert meta(kept, "Condition/c") == {"tag": [OTHER_TAG]}
    assert body(kept) == before


def test_to_who_is_not_shown_all_of_it_too(kept: Town) -> None:
    """By who first wrote it: what they are not shown is put back."""
    posted(kept, "p2", "officer", "center")
    colleague = actor("p2")
    kept.write(colleague, concern("c", "1", note=[{"text": "面談した"}, {"text": "電話した"}]) | again())
    kept.protect(P, "Patient/1", "Organization/lead")
    before = body(kept)
    relabel(kept, P, "Condition/c", "$meta-add", tag=[OTHER_TAG])
    assert body(kept) == before
    assert version(kept, "Condition/c").number == 3


def test_of_what_is_not_there_or_was_deleted_no_label_is_changed(kept: Town) -> None:
    assert refused(kept, "Condition/none", tag=[TAG]) == "not-found"
    kept.delete(P, "Condition/c")
    assert refused(kept, "Condition/c", tag=[TAG]) == "deleted"


def test_a_person_is_protected_by_no_label_and_another_record_may_say_what_it_is(kept: Town) -> None:
    assert refused(kept, "Patient/1", security=[SECRET]) == "business-rule D1"
    relabel(kept, P, "Condition/c", "$meta-add", security=[SECRET])
    assert meta(kept, "Condition/c")["security"] == [SECRET]


def test_a_record_has_no_more_than_so_many(kept: Town) -> None:
    many = [TAG | {"code": f"c{number}"} for number in range(labels.MOST)]
    assert refused(kept, "Condition/c", tag=many) == "invalid"
    relabel(kept, P, "Condition/c", "$meta-add", tag=many[1:])
    assert len(meta(kept, "Condition/c")["tag"]) == labels.MOST
