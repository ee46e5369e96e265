"""About which meetings and roles somebody on a list is asked, who that is, and who is told that none answered."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.secrecy import protection
from consent.verdict import Verdict
from consent.writing import list_asking
from consent.writing.change import UnitOfWork
from tests.laws.worlds import Record, concept, own, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import posted
from tests.unit.consent.town import INSTALLER, Town, actor, conference, household, patient
from tests.unit.consent.writing.test_case_given import DECIDED, team
from tests.unit.consent.writing.within import version, within

Json = dict[str, Any]

CONV = actor("conv")
CENTER, LEADING = "Organization/center", "Organization/lead"
LABEL = own("secrecy-label", "address-secret")


def living(town: Town, *named: str) -> None:
    """A household in which one is protected, and these are on the list."""
    label = protection.label(LABEL, "x", named or ["PractitionerRole/p"], [])
    persons = [patient("1", meta={"security": [label]}), patient("2")]
    laid(town, *(Record(each, CENTER, "") for each in (*persons, household("1", "2"))))


def settle(town: Town, after: Json, before: Json | None = None, judged: Verdict = DECIDED) -> None:
    """What comes of it where this is written in the place of that."""
    type, id = after["resourceType"], after["id"]
    laid(town, Record(after, LEADING, "", judged))
    if before:
        laid(town, Record(before | {"id": f"before-{id}"}, LEADING, ""))
    had = version(town, f"{type}/before-{id}") if before else None

    async def work(unit: UnitOfWork) -> None:
        await list_asking.settled(unit, had, await found_now(unit, f"{type}/{id}"))

    within(town, CONV, work)


async def found_now(unit: UnitOfWork, name: str) -> Any:
    return await unit.look_up(name)


def bodies(town: Town, type: str) -> list[Json]:
    return [orjson.loads(each.body) for each in town.stored(type)]


def asked(town: Town) -> list[tuple[str, str, str]]:
    """Whom it was, about what, and for which household."""
    found = [each for each in bodies(town, "Task") if "ask-list" in str(each["code"])]
    return sorted((each["owner"]["reference"], each["focus"]["reference"], each["for"]["reference"]) for each in found)


def told(town: Town) -> list[Json]:
    return [each for each in bodies(town, "Communication") if "list-unanswered" in str(each["category"])]


MEETING = [("Practitioner/p", "Encounter/m", "Group/g")]


@pytest.mark.parametrize(
    ("status", "many"), [("planned", 1), ("in-progress", 1), ("finished", 0), ("cancelled", 0), ("entered-in-error", 0)]
)
def test_about_a_meeting_that_is_called_or_open_and_none_that_is_over(town: Town, status: str, many: int) -> None:
    living(town)
    settle(town, conference(status, "q"))
    assert asked(town) == MEETING[:many]
    assert len(told(town)) == (status == "in-progress")


def test_about_no_other_visit(town: Town) -> None:
    living(town)
    settle(town, conference("planned", "q") | {"class": {"code": "HH"}})
    assert (asked(town), told(town)) == ([], [])


def test_anew_where_the_household_or_the_seats_are_others_and_told_once_as_it_opens(town: Town) -> None:
    living(town)
    settle(town, conference("planned", "q"), conference("planned", "q") | {"period": {"start": "2026-12-01"}})
    assert asked(town) == []
    settle(town, conference("planned", "q") | {"id": "n"}, conference("planned", "q", "p"))
    assert asked(town) == [("Practitioner/p", "Encounter/n", "Group/g")]
    settle(town, conference("in-progress", "q") | {"id": "o"}, conference("in-progress", "q", "p"))
    assert told(town) == [], "it was open already"


def test_who_was_asked_about_it_is_not_asked_again_and_another_question_is_none(town: Town) -> None:
    living(town)
    waits: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    waits |= {"code": concept("task-code", "ask-list"), "owner": ref("Practitioner/p"), "for": ref("Group/g")}
    laid(town, Record(waits | {"focus": ref("Encounter/x")}, "", "", Verdict(True)))
    settle(town, conference("planned", "q"))
    assert len(asked(town)) == 2, "it was about another meeting"
    laid(town, Record(waits | {"id": "u", "focus": ref("Encounter/n")}, "", "", Verdict(True)))
    settle(town, conference("planned", "q") | {"id": "n"})
    assert len(asked(town)) == 3, "it was about this one"
    other = waits | {"id": "v", "code": concept("task-code", "inquiry"), "focus": ref("Encounter/o")}
    laid(town, Record(other, "", "", Verdict(True)))
    settle(town, conference("planned", "q") | {"id": "o"})
    assert len(asked(town)) == 4, "it was something else"


@pytest.mark.parametrize(
    ("made", "before", "judged", "many"),
    [
        (team(), None, DECIDED, 1),
        (team(), team(status="proposed"), DECIDED, 0),
        (team(), team("x", "Organization/council"), DECIDED, 1),
        (team(status="inactive"), None, DECIDED, 0),
        (team(), None, Verdict(noted=DECIDED.noted, fixed=DECIDED.fixed), 0),
        (team(category=[concept("record-category", "standing-roster")]), None, DECIDED, 0),
    ],
    ids=["decided", "as they were", "anew", "over", "they do not count", "no roles"],
)
def test_about_roles_as_they_are_decided(
    town: Town, made: Json, before: Json | None, judged: Verdict, many: int
) -> None:
    living(town)
    laid(town, Record(conference("in-progress", "q"), LEADING, ""))
    settle(town, made, before, judged)
    assert asked(town) == [("Practitioner/p", "CareTeam/roles", "Group/g")][:many]
    assert [each["recipient"] for each in told(town)] == [[ref("PractitionerRole/conv")]][:many]


def test_of_roles_of_no_meeting_nobody_is_told(town: Town) -> None:
    living(town)
    settle(town, team(), judged=Verdict(True, fixed=frozenset({"Group/g"})))
    assert (len(asked(town)), told(town)) == (1, [])


@pytest.mark.parametrize(
    ("named", "who"),
    [
        (("Organization/center", "PractitionerRole/p"), ["Practitioner/p"]),
        (("Organization/center",), ["Organization/center"]),
        (("Practitioner/q", "Organization/center"), ["Organization/center"]),
        (("Practitioner/q",), ["Practitioner/q"]),
        (("PractitionerRole/none", "Practitioner/q"), ["Practitioner/q"]),
        (("PractitionerRole/none",), []),
        (("PractitionerRole/conv",), []),
        (("HealthcareService/none", "PractitionerRole/p"), ["Practitioner/p"]),
    ],
)
def test_one_of_those_on_the_list_is_asked(town: Town, named: tuple[str, ...], who: list[str]) -> None:
    """A person at a desk or in a post before an agency; who is on it and writes is not asked."""
    living(town, *named)
    settle(town, conference("planned", "q"))
    assert [each for each, *_ in asked(town)] == who


def test_of_several_at_a_desk_no_deputy_is_asked_and_whose_post_is_over_is_nobody(town: Town) -> None:
    posted(town, "a", "deputy", "center", healthcareService=[ref("HealthcareService/desk")])
    posted(town, "b", "officer", "center", healthcareService=[ref("HealthcareService/desk")])
    living(town, "HealthcareService/desk")
    settle(town, conference("planned", "q"))
    assert [each for each, *_ in asked(town)] == ["Practitioner/b"]
    over = orjson.loads(version(town, "PractitionerRole/b").body) | {"active": False}
    town.write(INSTALLER, over)
    settle(town, conference("planned", "q") | {"id": "n"})
    assert [each for each, about, _ in asked(town) if about == "Encounter/n"] == ["Practitioner/a"]


def test_a_post_that_is_gone_is_nobody_s(town: Town) -> None:
    living(town, "PractitionerRole/p", "Practitioner/q")
    gone(town, "PractitionerRole/p")
    settle(town, conference("planned", "q"))
    assert [each for each, *_ in asked(town)] == ["Practitioner/q"]


def test_nobody_is_asked_about_a_meeting_of_no_household(town: Town) -> None:
    living(town)
    none = {name: said for name, said in conference("planned", "q").items() if name != "subject"}
    settle(town, none)
    assert asked(town) == []
