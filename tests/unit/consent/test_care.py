"""Which agencies have a person in care, as it is asked when evidence is judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from consent.standing import care
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.forged_consents import DONE
from tests.unit.consent.town import Town, actor, case, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, CO = actor("p"), actor("q"), actor("co")
NOW = "2026-11-23T04:00:00.000Z"


def having(town: Town, *persons: str) -> Mapping[str, frozenset[str]]:
    async def asked() -> Mapping[str, frozenset[str]]:
        async with town.store.snapshot() as view:
            return await care.of(view, persons, NOW)

    return town.run(asked())


def test_who_registered_a_person_has_them_in_care(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(Q, patient("2"))
    assert having(town, "Patient/1", "Patient/2") == {
        "Patient/1": frozenset({"Organization/center"}),
        "Patient/2": frozenset({"Organization/other"}),
    }


def test_nobody_has_a_person_in_care_who_is_not_there(town: Town) -> None:
    assert having(town, "Patient/nobody") == {"Patient/nobody": frozenset()}


def test_a_household_gives_its_keeper_no_care_of_its_members(town: Town) -> None:
    town.write(P, patient("1"), household("1"))
    town.write(Q, patient("2"))
    assert having(town, "Patient/2") == {"Patient/2": frozenset({"Organization/other"})}


def test_whose_households_are_asked_for_and_who_is_in_them_now(town: Town) -> None:
    async def told() -> tuple[Mapping[str, frozenset[str]], frozenset[str]]:
        async with town.store.snapshot() as view:
            found = await care.households(view, ("Patient/1", "Patient/2", "Patient/3"))
            return found, await care.members(view, ("Group/g", "Group/h"))

    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "3"), household("2") | {"id": "h"})
    town.write(P, household("1") | {"meta": {"versionId": "1"}})
    found, members = town.run(told())
    assert found == {"Patient/1": {"Group/g"}, "Patient/2": {"Group/h"}, "Patient/3": frozenset()}
    assert members == {"Patient/1", "Patient/2"}


def asked(**elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/1"), "requester": ref("PractitionerRole/p"), "owner": ref("Organization/other")}
    return task | elements


def again(**elements: Any) -> Json:
    return asked(**elements, meta={"versionId": "1"})


BOTH = {"Patient/1": frozenset({"Organization/center", "Organization/other"})}
ONE = {"Patient/1": frozenset({"Organization/center"})}


def test_who_accepts_a_request_has_the_person_in_care_until_it_ends(town: Town) -> None:
    town.write(P, patient("1"), asked())
    assert having(town, "Patient/1") == ONE
    assert town.search(Q, "Task") == ["Task/r"]
    town.write(Q, again(status="accepted"))
    assert having(town, "Patient/1") == BOTH
    town.write(Q, again(status="in-progress", owner=ref("PractitionerRole/q")))
    assert having(town, "Patient/1") == BOTH
    town.write(Q, again(status="completed", owner=ref("PractitionerRole/q"), output=[DONE]))
    assert having(town, "Patient/1") == ONE


def test_who_accepts_a_request_about_a_household_has_its_members_in_care(town: Town) -> None:
    town.write(P, patient("1"), household("1"), asked(**{"for": ref("Group/g")}))
    town.write(Q, again(status="accepted", **{"for": ref("Group/g")}))
    assert having(town, "Patient/1") == BOTH


@pytest.mark.parametrize("code", ["verify", "confirm-guardian"])
def test_who_answers_for_a_paper_has_nobody_in_care_by_that(town: Town, code: str) -> None:
    paper = concept("task-code", code)
    town.write(P, patient("1"), asked(code=paper))
    town.write(Q, again(status="accepted", code=paper))
    assert having(town, "Patient/1") == ONE


def test_what_is_taken_back_gives_no_care_any_more(town: Town) -> None:
    town.write(P, patient("1"), asked())
    town.write(Q, again(status="accepted"))
    town.write(P, again(status="cancelled"))
    assert having(town, "Patient/1") == ONE


def test_who_has_a_person_in_care_may_ask_on_about_them(town: Town) -> None:
    town.write(P, patient("1"), asked())
    town.write(Q, again(status="accepted"))
    handed: Json = {"requester": ref("Organization/other"), "owner": ref("Organization/council"), "id": "s"}
    # Whom the Task is about, Q must be able to name.
    town.sign(P, consent("a", patient=ref("Patient/1")))
    town.write(Q, asked(**handed, partOf=[ref("Task/r")]))
    assert town.search(CO, "Task") == ["Task/r", "Task/s"], "with what it is part of"


def test_the_coordinator_is_called_also_about_what_their_own_agency_was_asked(town: Town) -> None:
    town.write(P, patient("1"), asked(owner=ref("Organization/council")))
    call: Json = {"id": "s", "code": concept("task-code", "escalate-to-coordinator"), "partOf": [ref("Task/r")]}
    town.write(P, asked(owner=ref("PractitionerRole/co"), **call))
    assert "Task/s" in town.search(CO, "Task")


def test_the_coordinator_asks_about_the_household_that_it_coordinates(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case())
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    whole: Json = {"requester": ref("PractitionerRole/co"), "for": ref("Group/g")}
    town.write(CO, asked(**whole))
    assert town.search(Q, "Task") == ["Task/r"]


def test_a_paper_request_is_its_writers_and_opens_nothing_to_who_is_said_to_have_asked(town: Town) -> None:
    town.write(Q, patient("1"), asked(requester=ref("Organization/center"), status="accepted"))
    assert town.search(P, "Task") == []
    assert town.search(Q, "Task") == ["Task/r"]
    assert having(town, "Patient/1") == {"Patient/1": frozenset({"Organization/other"})}


def test_to_keep_a_household_again_gives_nobody_its_members_in_care_once_that_has_ended(town: Town) -> None:
    """Else whoever was once asked about a person would hand them on for good, by a household of their own."""
    town.write(P, patient("1"))
    town.sign(P, consent("a"))
    town.write(P, asked())
    town.write(Q, again(status="accepted"))
    town.write(Q, patient("2"), household("1", "2") | {"id": "theirs"})
    town.write(P, asked(status="cancelled", meta={"versionId": "2"}))
    assert having(town, "Patient/1") == ONE
    onward = asked(id="onward", requester=ref("Organization/other"), owner=ref("Organization/council"))
    with pytest.raises(Problem, match="has in care"):
        town.write(Q, onward | {"for": ref("Group/theirs")})
