"""What the conference ground asks of a meeting: every condition lacking in its turn, and what is opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import pytest

from consent import meeting, ordinance
from consent.meeting import Meeting, Papers
from profiles.spec import Spec
from resources.record.version import Version
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import NOW

MEETING = "Encounter/1"
ME = "PractitionerRole/me"


def version(resource: dict[str, Any]) -> Version:
    terms: tuple[str, ...] = (".open yes",) if resource.get("status") in ("active", "current") else ()
    if resource["resourceType"] == "Encounter":
        terms = FIXED
    return Version(resource["resourceType"], resource["id"], 1, "", False, orjson.dumps(resource), terms)


FIXED = (".counts yes", ".fixed Group/1", ".fixed Patient/1")
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "1",
    "status": "in-progress",
    "class": own("encounter-class", "support-conference"),
    "type": [concept("conference-kind", "case-conference")],
    "period": {"start": "2026-11-23", "end": "2026-11-23"},
    "participant": [
        {"type": [concept("role", "convener")], "individual": ref("PractitionerRole/convener")},
        {"type": [concept("role", "member")], "individual": ref(ME)},
    ],
    "extension": [
        extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9")),
        extension("agenda", valueReference=ref("CarePlan/1")),
        extension("opened-category", valueCode="Condition"),
    ],
}
ROSTER: dict[str, Any] = {
    "resourceType": "CareTeam",
    "id": "1",
    "status": "active",
    "participant": [{"member": ref("PractitionerRole/other")}, {"member": ref(ME)}],
}
POST = {"resourceType": "PractitionerRole", "id": "convener", "code": [concept("role", "convener")]}
LISTING = {
    "resourceType": "List",
    "id": "1",
    "status": "current",
    "entry": [{"item": ref("Condition/1")}, {"item": ref("Condition/2"), "deleted": True}],
}


def letter(id: str, kind: str, answers: str = "", **changes: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"resourceType": "Communication", "id": id, "status": "completed"}
    written |= {"category": [concept("communication-category", kind)]}
    return written | ({"sender": ref(ME), "inResponseTo": [ref(answers)]} if answers else {}) | changes


INVITED, NOTICED = letter("i", "invitation"), letter("o", "opening-notice")
FIRST = letter("1", "acknowledgement", "Communication/i")
SECOND = letter("2", "acknowledgement", "Communication/o")


@pytest.fixture
def law(spec: Spec) -> ordinance.Ordinance:
    return ordinance.of(spec)


def papers(**changes: Any) -> Papers:
    everything = Papers(
        meeting=version(ENCOUNTER),
        cases=[version({"resourceType": "CarePlan", "id": "1", "subject": ref("Group/1")})],
        standing=[version(ROSTER)],
        letters=[version(each) for each in (INVITED, NOTICED, FIRST, SECOND)],
        tabled=[version(LISTING)],
        posts=[version(POST)],
    )
    return replace(everything, **changes)


def read(law: ordinance.Ordinance, now: datetime = NOW, **changes: Any) -> Meeting:
    return meeting.read(papers(**changes), frozenset({ME, "Practitioner/me"}), now, law)


def encounter(**changes: Any) -> Version:
    return version(ENCOUNTER | changes)


def unfixed() -> Version:
    """An open meeting of an older release, or of an import."""
    return replace(version(ENCOUNTER), terms=())


def without(name: str) -> Version:
    return encounter(extension=[each for each in ENCOUNTER["extension"] if not each["url"].endswith(name)])


def seated(**changes: Any) -> Version:
    return encounter(participant=[ENCOUNTER["participant"][0], ENCOUNTER["participant"][1] | changes])


def stored(*resources: dict[str, Any]) -> list[Version]:
    return [version(each) for each in resources]


def answered(second: dict[str, Any]) -> list[Version]:
    return stored(INVITED, NOTICED, FIRST, second)


def standing(**participant: Any) -> list[Version]:
    return stored(ROSTER | {"participant": [participant]})


def convened_by(**post: Any) -> dict[str, Any]:
    return {"posts": stored(POST | post)}


OTHER = ref("PractitionerRole/other")
CONSENSUAL = [concept("conference-kind", "support-coordination")]


def test_a_meeting_that_fulfils_everything_lacks_nothing(law) -> None:
    found = read(law)
    assert found.lacks == ()
    assert found.listed
    assert found.basis == "art9"
    assert found.subjects == {"Patient/1"}
    assert found.opened == {"Condition"}
    assert found.itself == {"CarePlan/1", "Group/1"}
    assert {name for name, _ in found.tabled} == {"Condition/1"}
    cited = [each.version for each in found.evidence]
    assert cited == [
        f"{name}/_history/1" for name in (MEETING, "CareTeam/1", "Communication/1", "Communication/2", "CarePlan/1")
    ]


LACKING: dict[str, tuple[str, dict[str, Any]]] = {
    "nobody convened it": ("not convened", {"posts": []}),
    "who convened it is no convener": (
        "not convened",
        convened_by(code=[concept("role", "officer")]),
    ),
    "the convener's post is over": (
        "not convened",
        convened_by(period={"end": "2026-11-22"}),
    ),
    "it rests on consent": (
        "not a statutory",
        {"meeting": encounter(type=CONSENSUAL)},
    ),
    "it has no legal basis": ("not a statutory", {"meeting": without("legal-basis")}),
    "it is planned": ("is not open", {"meeting": encounter(status="planned")}),
    "it is finished": ("is not open", {"meeting": encounter(status="finished")}),
    "it was yesterday": ("outside its window", {"meeting": encounter(period={"end": "2026-11-22"})}),
    "it is tomorrow": ("outside its window", {"meeting": encounter(period={"start": "2026-11-24"})}),
    "no case is found": ("no case", {"cases": []}),
    "nobody was fixed when it opened": ("nobody was fixed", {"meeting": unfixed()}),
    "somebody else has the seat": (
        "this meeting's roster",
        {"meeting": seated(individual=OTHER)},
    ),
    "the seat is given up": ("this meeting's roster", {"meeting": seated(period={"end": "2026-11-22"})}),
    "there is no standing roster": ("the standing roster", {"standing": []}),
    "the standing roster is over": ("the standing roster", {"standing": [version(ROSTER | {"status": "inactive"})]}),
    "the standing roster names others": (
        "the standing roster",
        {"standing": standing(member=OTHER)},
    ),
    "the standing seat is over": (
        "the standing roster",
        {"standing": standing(member=ref(ME), period={"end": "2025"})},
    ),
    "the invitation was not answered": (
        "at the invitation",
        {"letters": stored(INVITED, NOTICED, SECOND)},
    ),
    "the notice was not answered": (
        "at the opening",
        {"letters": stored(INVITED, NOTICED, FIRST)},
    ),
    "somebody else answered": (
        "at the opening",
        {"letters": [version(each) for each in (INVITED, NOTICED, FIRST, SECOND | {"sender": OTHER})]},
    ),
    "the answer was a mistake": (
        "at the opening",
        {"letters": answered(SECOND | {"status": "entered-in-error"})},
    ),
    "one letter was answered twice": (
        "at the opening",
        {
            "letters": [
                version(each) for each in (INVITED, NOTICED, FIRST, SECOND | {"inResponseTo": [ref("Communication/i")]})
            ]
        },
    ),
    "the letter answered is not of the meeting": (
        "at the opening",
        {"letters": stored(INVITED, FIRST, SECOND)},
    ),
}


@pytest.mark.parametrize("case", LACKING)
def test_each_condition_can_be_what_is_lacking(law, case: str) -> None:
    words, changes = LACKING[case]
    lacks = read(law, **changes).lacks
    assert len(lacks) == 1
    assert words in lacks[0].en
    assert lacks[0].ja


@pytest.mark.parametrize("status", ["finished", "cancelled", "entered-in-error"])
def test_nobody_sits_at_a_meeting_that_is_over(law, status: str) -> None:
    assert not read(law, meeting=encounter(status=status)).listed


def test_somebody_invited_sits_before_it_opens(law) -> None:
    assert read(law, meeting=encounter(status="planned")).listed


def test_a_list_taken_back_tables_nothing(law) -> None:
    assert read(law, tabled=[version(LISTING | {"status": "retired"})]).tabled == frozenset()


def test_a_meeting_that_fixed_nobody_is_about_nobody(law) -> None:
    assert read(law, meeting=unfixed()).subjects == frozenset()


def test_a_case_that_is_moved_to_another_household_brings_nobody(law) -> None:
    moved = read(law, cases=stored({"resourceType": "CarePlan", "id": "1", "subject": ref("Group/2")}))
    assert moved.subjects == {"Patient/1"}
    assert "Group/2" not in moved.itself


def test_who_has_a_seat_to_come_is_on_the_roster_and_reads_nothing_yet(law) -> None:
    found = read(law, meeting=seated(period={"start": "2026-11-24", "end": "2026-11-24"}))
    assert found.listed
    assert any("this meeting's roster" in each.en for each in found.lacks)
