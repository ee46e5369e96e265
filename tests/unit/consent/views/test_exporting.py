"""What an export is of, file by file, and that each file is decided anew when it is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.views import exporting
from consent.views.exporting import Export
from resources.record.problem import Problem
from tests.laws.worlds import index
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import Town, actor, case, concern, household, patient
from tests.unit.consent.views.reading import by, told

Json = dict[str, Any]

P, Q, OTHER = actor("p"), actor("q"), replace(SYSTEM, organization="Organization/other")


@pytest.fixture
def kept(town: Town) -> Town:
    """A household of two and a third person, kept by the center."""
    town.write(P, *(patient(one) for one in ("1", "2", "3")), household("1", "2"), case())
    town.write(P, *(concern(f"c{one}", one) for one in ("1", "2", "3")))
    return town


def reached(
    town: Town, level: str, id: str = "", *types: str, who: Actor = SYSTEM, of: Sequence[str] = ()
) -> list[str]:
    return town.run(exporting.reaches(town.gate, who, level, id, types, of))


def refused(town: Town, *asked: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        reached(town, *asked, **named)
    return caught.value.kind, caught.value.issues[0].at


def test_an_export_is_of_the_types_asked_for_that_there_are_records_of_at_its_level(kept: Town) -> None:
    whole = reached(kept, "system")
    assert whole == sorted(exporting.TYPES)
    assert set(whole) == vocabulary.CASEWORK | vocabulary.INSTALLED
    about = reached(kept, "Patient")
    assert set(about) == vocabulary.CASEWORK - {"Binary"}, "the directory is about nobody, and of a file none can tell"
    assert reached(kept, "Group", "g") == about
    assert reached(kept, "system", "", "Organization", "Condition", "Nothing") == ["Condition", "Organization"]
    assert reached(kept, "Patient", "", "Organization", "Condition") == ["Condition"]
    narrow = replace(SYSTEM, scopes=(Scope("system", "Condition", frozenset("rs")),))
    assert reached(kept, "system", who=narrow) == reached(kept, "Patient", who=narrow) == ["Condition"]


def test_where_the_token_reaches_none_of_them_it_is_said(kept: Town) -> None:
    narrow = replace(SYSTEM, scopes=(Scope("system", "Condition", frozenset("rs")),))
    with pytest.raises(Problem, match="Patient") as caught:
        reached(kept, "system", "", "Patient", "Task", who=narrow)
    assert caught.value.kind == "forbidden"
    assert refused(kept, "system", who=replace(SYSTEM, scopes=()))[0] == "forbidden"


def test_a_group_and_a_person_named_are_for_who_may_see_them(kept: Town) -> None:
    assert refused(kept, "Group", "g", who=OTHER)[0] == "not-found"
    assert refused(kept, "Patient", of=["Patient/1"], who=OTHER)[0] == "not-found"
    assert "Condition" in reached(kept, "Patient", of=["Patient/3"])
    assert "Condition" in reached(kept, "Group", "g", of=["Patient/1", "Patient/2"])
    assert refused(kept, "Group", "g", of=["Patient/1", "Patient/3"]) == ("not-found", "patient")
    event = kept.trail()[-1]
    assert (event["subtype"][0]["code"], event["entity"][-1]["name"]) == ("operation", "$export")


def names(town: Town, export: Export, who: Actor = SYSTEM) -> list[list[str]]:
    """What each file has, from the first to the last."""
    files, place, after = list[list[str]](), 0, ""
    while place < len(export.places):
        found = town.run(exporting.found(town.gate, who, export, place, after))
        assert (found.place, bool(found.after)) in ((place, True), (place + 1, False))
        files.append(list(found.names))
        place, after = found.place, found.after
    behind = town.run(exporting.found(town.gate, who, export, place, ""))
    assert (list(behind.names), behind.place, behind.after) == ([], place, "")
    return files


def test_of_the_system_come_all_of_a_type_and_of_a_person_or_a_household_what_is_about_them(kept: Town) -> None:
    kept.write(P, {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}})
    types = ("Condition", "Group", "Patient")
    all_of_them = ["Condition/c1", "Condition/c2", "Condition/c3"]
    found = names(kept, Export("system", "", (*types, "Observation")))
    assert [sorted(each) for each in found] == [
        all_of_them,
        ["Group/g"],
        ["Patient/1", "Patient/2", "Patient/3"],
        ["Observation/o"],
    ]
    found = names(kept, Export("Patient", "", (*types, "Observation")))
    assert [sorted(each) for each in found][2:] == [["Patient/1", "Patient/2", "Patient/3"], []], "of nobody"
    found = names(kept, Export("Group", "g", types))
    assert [sorted(each) for each in found] == [all_of_them[:2], ["Group/g"], ["Patient/1", "Patient/2"]]
    found = names(kept, Export("Patient", "", types, patients=("Patient/3",)))
    assert found == [["Condition/c3"], [], ["Patient/3"]]
    assert names(kept, Export("system", "", types), OTHER) == [[], [], []]
    narrow = replace(SYSTEM, scopes=(Scope("system", "Group", frozenset("rs")),))
    assert names(kept, Export("system", "", types), narrow) == [[], ["Group/g"], []]


def test_of_what_is_found_the_trail_is_told_nothing_until_it_is_fetched(kept: Town) -> None:
    before = len(kept.trail())
    since = "2020-01-01T00:00:00Z"
    kept.delete(P, "Condition/c3")
    made = len(kept.trail())
    names(kept, Export("system", "", ("Condition",), since=since))
    new = kept.trail()[made:]
    assert made > before
    assert not [each for each in new for entity in each["entity"] if "Condition/" in str(entity)]


def test_one_filter_of_a_type_must_hold_and_of_other_types_none(kept: Town) -> None:
    filters = {"Condition": ("subject=Patient/1", "subject=Patient/3&code=debts"), "Task": ("status=x",)}
    found = names(kept, Export("system", "", ("Condition", "Group"), filters=filters))
    assert [sorted(each) for each in found] == [["Condition/c1", "Condition/c3"], ["Group/g"]]


def test_a_filter_is_a_plain_search() -> None:
    code = "code=" + "d" * 995
    assert exporting.condition(index(), "Condition", "code=debts&subject=Patient/1")
    assert exporting.condition(index(), "Condition", code)
    for query in ("", "_count=3", "code=debts&_sort=code", f"{code}d"):
        with pytest.raises(Problem) as caught:
            exporting.condition(index(), "Condition", query)
        assert (caught.value.kind, caught.value.issues[0].at) == ("structure", "_typeFilter")
    with pytest.raises(Problem):
        exporting.condition(index(), "Condition", "code=debts&subject=")


def test_elements_are_wanted_of_their_type_or_of_all_that_have_them() -> None:
    spec = index().spec
    types = ("Condition", "Patient")
    assert exporting.elements(spec, types, "") == {}
    assert exporting.elements(spec, types, "Patient.name") == {"Patient": ["id", "name"]}
    assert exporting.elements(spec, types, "name,code") == {
        "Condition": ["id", "code"],
        "Patient": ["id", "name"],
    }
    assert exporting.elements(spec, types, "id,Patient.birthDate")["Patient"] == ["id", "id", "birthDate"]
    for wrong in ("colour", "Patient.code", "Task.status"):
        with pytest.raises(Problem) as caught:
            exporting.elements(spec, types, wrong)
        assert wrong in caught.value.issues[0].text


def fetched(town: Town, *named: str, who: Actor = SYSTEM, elements: Mapping[str, Sequence[str]] | None = None) -> Any:
    lines = town.run(exporting.fetched(town.gate, who, named, elements or {}))
    assert not lines or lines.endswith(b"\n")
    return [orjson.loads(line) for line in lines.splitlines()]


def test_a_file_has_what_may_be_read_when_it_is_fetched_whole_or_what_is_wanted_of_it(kept: Town) -> None:
    assert [each["id"] for each in fetched(kept, "Condition/c2", "Condition/c1", "Condition/none")] == ["c2", "c1"]
    assert told(kept) >= {"Condition/c1/_history/1", "Condition/c2/_history/1"}
    assert by(kept) == {"P1"}
    event = kept.trail()[-1]
    assert (event["subtype"][0]["code"], event["entity"][-1]["name"]) == ("operation", "$export")
    [part, whole] = fetched(kept, "Condition/c1", "Patient/1", elements={"Condition": ["id", "code"]})
    assert part.keys() == {"resourceType", "id", "meta", "code", "subject"}, "what must be there stays"
    assert whole["birthDate"] == "1980-01-01"
    assert fetched(kept, "Condition/c1", who=OTHER) == []
    kept.delete(P, "Condition/c1")
    assert fetched(kept, "Condition/c1") == []


def deleted(town: Town, *named: str, who: Actor = SYSTEM) -> Any:
    line = town.run(exporting.deleted(town.gate, who, named))
    assert not line or (line.endswith(b"\n") and line.count(b"\n") == 1)
    return orjson.loads(line) if line else None


def test_what_is_deleted_since_is_told_as_a_transaction_to_who_may_know_of_it(kept: Town) -> None:
    kept.delete(P, "Condition/c3")
    since = P.now.isoformat()
    export = Export("system", "", ("Condition", "Group"), since=since)
    assert export.places == [("Condition", False), ("Group", False), ("Condition", True), ("Group", True)]
    found = names(kept, export)
    assert [sorted(each) for each in found] == [["Condition/c1", "Condition/c2"], ["Group/g"], ["Condition/c3"], []]
    assert deleted(kept, "Condition/c1", "Condition/c3", "Condition/none") == {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Condition/c3"}}],
    }
    event = kept.trail()[-1]
    assert (event["subtype"][0]["code"], event["entity"][-1]["name"]) == ("operation", "$export")
    assert any(each.startswith("Condition/c3/_history/") for each in told(kept))
    assert by(kept) == {"P1"}
    assert deleted(kept, "Condition/c3", who=OTHER) is None
    assert deleted(kept, "Condition/c1") is None
    later = P.now.replace(year=2027).isoformat()
    assert names(kept, replace(export, since=later)) == [[], [], [], []]


def test_of_a_group_or_of_persons_named_no_deletion_is_told_nor_without_an_instant() -> None:
    types = ("Condition", "Group")
    plain = [("Condition", False), ("Group", False)]
    since = "2026-11-01T00:00:00Z"
    assert Export("system", "", types).places == plain
    assert Export("Group", "g", types, since=since).places == plain
    assert Export("Patient", "", types, since=since, patients=("Patient/1",)).places == plain
    assert len(Export("Patient", "", types, since=since).places) == 4


def test_many_deletions_are_told_page_by_page(kept: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in ("c1", "c2", "c3"):
        kept.delete(P, f"Condition/{one}")
    monkeypatch.setattr(exporting, "PAGE", 2)
    export = Export("system", "", ("Condition",), since=P.now.isoformat())
    files = names(kept, export)
    assert sorted(name for each in files for name in each) == ["Condition/c1", "Condition/c2", "Condition/c3"]
    assert len(files) > 2
