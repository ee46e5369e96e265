"""P13: who carries out what was decided for a household, and who keeps its case, as long as each does."""

from __future__ import annotations

from typing import Any

from consent.relations import at_work
from consent.relations.at_work import Carrying
from consent.verdict import Verdict
from resources.record import period
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

KEEPER, A, B = (f"Organization/{each}" for each in ("keeper", "a", "b"))
TEAM: Json = {"resourceType": "CareTeam", "id": "t", "status": "active", "subject": ref("Group/g")}
TEAM |= {"participant": [{"member": ref(A)}, {"member": ref(B)}, {"member": ref(KEEPER)}]}
CARRIERS = (f".carrier {KEEPER}", ".carrier PractitionerRole/a", ".carrier PractitionerRole/keeper")
DECIDED = Verdict(True, noted=frozenset(CARRIERS), fixed=frozenset({"Group/g", "Patient/1"}))
TAKEN_ON: Json = {"resourceType": "Task", "id": "r", "status": "accepted", "code": concept("task-code", "carry-out")}
TAKEN_ON |= {"for": ref("Group/g"), "focus": ref("CareTeam/t"), "owner": ref("PractitionerRole/b")}
FOR_B = Verdict(True, noted=frozenset({f".between {B}"}), fixed=frozenset({"Group/g", "Patient/1"}))


def staffed(lying: Lying) -> None:
    for id, agency in (("keeper", KEEPER), ("a", A), ("b", B)):
        lying.put({"resourceType": "PractitionerRole", "id": id, "organization": ref(agency)})


def carrying(lying: Lying, household: str = "Group/g") -> Carrying:
    return lying.ask(lambda view: at_work.carrying(view, household, period.instant(NOW)))


def test_who_keeps_the_case_and_which_other_agencies_carry_roles_out(lying: Lying) -> None:
    staffed(lying)
    assert carrying(lying) == Carrying()
    lying.put(TEAM, judged=DECIDED)
    seated = Carrying(frozenset({KEEPER}), frozenset({A}))
    assert carrying(lying) == carrying(lying, "Patient/1") == seated
    assert carrying(lying, "Group/other") == Carrying()
    lying.put(TAKEN_ON, judged=FOR_B)
    assert carrying(lying) == Carrying(frozenset({KEEPER}), frozenset({A, B}))
    lying.put(TAKEN_ON | {"status": "completed"}, judged=FOR_B)
    assert carrying(lying) == seated


def test_who_took_a_role_on_carries_it_as_long_as_their_agency_has_it(lying: Lying) -> None:
    staffed(lying)
    lying.put(TEAM, judged=DECIDED)
    lying.put(TAKEN_ON, judged=FOR_B)
    lying.put(TEAM | {"participant": TEAM["participant"][:1]}, judged=DECIDED)
    assert carrying(lying) == Carrying(frozenset({KEEPER}), frozenset({A}))
    lying.put(TEAM | {"status": "inactive"}, judged=DECIDED)
    assert carrying(lying) == Carrying()


def test_a_decision_that_is_to_come_is_carried_out_by_nobody_yet(lying: Lying) -> None:
    staffed(lying)
    lying.put(TEAM | {"period": {"start": "2026-11-24"}}, judged=DECIDED)
    assert carrying(lying) == Carrying()


def test_where_only_the_keeper_does_something_there_is_nobody_else(lying: Lying) -> None:
    staffed(lying)
    lying.put(TEAM, judged=Verdict(True, noted=frozenset({CARRIERS[0], CARRIERS[2]}), fixed=DECIDED.fixed))
    assert carrying(lying) == Carrying(frozenset({KEEPER}))


def test_the_rows_that_hold_are_asked_for_by_their_relations(lying: Lying) -> None:
    staffed(lying)
    lying.put(TEAM, judged=DECIDED)

    def held(*asked: tuple[str, str]) -> set[Relation]:
        now = period.instant(NOW)
        return {each.relation for each in lying.ask(lambda view: at_work.held(view, asked, now))}

    assert held() == set()
    assert held(("care", "Patient/1")) == {Relation("care", "Patient/1", each) for each in (A, B, KEEPER)}
    assert {each.name for each in held(("care", "Patient/1"), ("agency", "PractitionerRole/a"))} == {"care", "agency"}
