"""For which case of a household its roles were decided: the one before the meeting, or what came of it by division."""

from __future__ import annotations

from typing import Any

from consent import case_of_roles
from consent.verdict import Verdict
from tests.laws.worlds import extension, ref
from tests.unit.consent.standing.filed import Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case, conference

ROLES: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}


def meeting(*agenda: str, id: str = "m") -> Json:
    cases = [extension("agenda", valueReference=ref(each)) for each in agenda]
    return conference("finished") | {"id": id, "extension": cases}


def fixed(*names: str) -> Verdict:
    return Verdict(True, fixed=frozenset({"Group/g", "Patient/1", *names}))


def decided_for(lying: Lying, *cases: str) -> list[bool]:
    roles = lying.versions["CareTeam/roles"]
    found = [lying.versions[f"CarePlan/{each}"] for each in cases]

    async def ask(view: Any) -> list[bool]:
        return [await case_of_roles.is_one(roles, each, view) for each in found]

    return lying.ask(ask)


def test_they_were_decided_for_the_case_on_the_agenda_and_for_no_other_of_the_household(lying: Lying) -> None:
    lying.put(case("k"), case("k2"), case("kh") | {"subject": ref("Group/h")})
    lying.put(meeting("CarePlan/k", "CarePlan/kh"), meeting("CarePlan/k2", id="another"))
    lying.put(ROLES, judged=fixed("Encounter/m"))
    assert decided_for(lying, "k", "k2", "kh") == [True, False, False]


def test_where_the_case_is_of_another_household_by_now_they_are_still_for_it(lying: Lying) -> None:
    lying.put(case("k") | {"subject": ref("Group/h")}, case("k2"))
    lying.put(meeting("CarePlan/k"))
    lying.put(ROLES, judged=fixed("Encounter/m"))
    assert decided_for(lying, "k", "k2") == [True, False]


def test_of_a_meeting_that_is_gone_or_was_none_they_are_for_no_case(lying: Lying) -> None:
    lying.put(case("k"))
    lying.put(meeting("CarePlan/k"))
    lying.put(ROLES, judged=fixed("Encounter/none"))
    assert decided_for(lying, "k") == [False]
    lying.put(ROLES, judged=fixed("Encounter/m"))
    assert decided_for(lying, "k") == [True]
    lying.delete("Encounter/m")
    assert decided_for(lying, "k") == [False]


def test_what_the_server_wrote_of_the_roles_of_a_household_is_for_the_case_that_came_with_it(lying: Lying) -> None:
    """When it was divided: they and the case came in one transaction, before no meeting of their own."""
    lying.put(case("k"), case("other"))
    lying.put(meeting("CarePlan/k"))
    lying.put(
        case("kh") | {"subject": ref("Group/h")}, ROLES | {"subject": ref("Group/h")}, judged=fixed("Encounter/m")
    )
    lying.put(case("late") | {"subject": ref("Group/h")})
    every = ("k", "other", "kh", "late")
    assert decided_for(lying, *every) == [True, False, False, False], "an officer wrote them"
    lying.runner.run(lying.store.transact(lambda tx: tx.derive("CareTeam/roles", [".masked yes"])))
    assert decided_for(lying, *every) == [False, False, True, False]
    lying.put(ROLES | {"subject": ref("Group/h"), "name": "役割"}, judged=fixed("Encounter/m"))
    lying.put(case("kh") | {"subject": ref("Group/h"), "title": "ケース"})
    assert decided_for(lying, *every) == [False, False, True, False], "whatever was written of either since"
    lying.put(ROLES, judged=fixed("Encounter/m"))
    assert decided_for(lying, *every) == [True, False, False, False], "of the household whose case was before it"


def test_roles_that_no_meeting_fixed_are_for_no_case(lying: Lying) -> None:
    lying.put(case("k"), meeting("CarePlan/k") | {"resourceType": "CareTeam"}, ROLES, judged=fixed("CareTeam/m"))
    assert decided_for(lying, "k") == [False]
