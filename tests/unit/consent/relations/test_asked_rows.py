"""Which rows a request contributes to its parties, and what who took something on has by it: all, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.verdict import NONE, Verdict
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.relations.test_contributions import A, B, Json, counting, rows

BETWEEN = (f".between {A}", f".between {B}")
WHOM = "Patient/1"
CARDS = {Relation("card", WHOM, A), Relation("card", WHOM, B)}
LETTER: Json = {"resourceType": "ServiceRequest", "status": "active", "subject": ref(WHOM)}
LETTER |= {"requester": ref(A), "performer": [ref(B)]}
TASK: Json = {"resourceType": "Task", "status": "requested", "for": ref(WHOM), "requester": ref(A), "owner": ref(B)}


def asked(code: str, **elements: Any) -> Json:
    return TASK | {"code": concept("task-code", code)} | elements


@pytest.mark.parametrize("request_", [LETTER, TASK])
def test_a_request_that_counts_opens_the_card_to_its_parties_while_it_is_open(request_: Json) -> None:
    about = "subject" if request_ is LETTER else "for"
    assert rows(request_, counting(*BETWEEN)) == CARDS
    assert rows(request_, Verdict(noted=frozenset(BETWEEN))) == rows(request_) == set()
    for status in ("completed", "entered-in-error", "unknown"):
        assert rows(request_ | {"status": status}, counting(*BETWEEN)) == set(), status
    for other in ("Group/g", "Practitioner/p"):
        assert rows(request_ | {about: ref(other)}, counting(*BETWEEN)) == set(), other


def test_what_it_carries_is_told_to_its_parties_and_whether_it_was_taken_on() -> None:
    judged = counting(*BETWEEN, fixed=("ServiceRequest/s", "Task/t", "Condition/c"))
    carried = {Relation("carried", name, party) for name in ("ServiceRequest/s", "Task/t") for party in (A, B)}
    assert rows(TASK, judged) == CARDS | carried
    taken = {Relation("carried", each.of, each.to, "taken") for each in carried}
    care = Relation("care", WHOM, B)
    for status in ("accepted", "in-progress", "on-hold"):
        assert rows(TASK | {"status": status}, judged) == {*CARDS, *taken, care}, status
    assert rows(TASK | {"status": "completed"}, judged) == set()


def test_who_stands_above_it_stays_told_whatever_becomes_of_it() -> None:
    above = {Relation("told", "Task/1", "Organization/first")}
    noted = frozenset({".above Organization/first", *BETWEEN})
    assert rows(TASK, Verdict(noted=noted)) == above
    assert rows(TASK | {"status": "completed"}, counting(*noted)) == above
    assert rows(LETTER, counting(".above Organization/first")) == {
        Relation("told", "ServiceRequest/1", "Organization/first")
    }


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_who_accepted_has_the_person_or_household_in_care(status: str) -> None:
    judged = counting()
    for whom in (WHOM, "Group/g"):
        taken = TASK | {"status": status, "for": ref(whom)}
        assert rows(taken, judged) == {Relation("care", whom, B)}
        assert rows(taken) == rows(taken | {"owner": {}}, judged) == set()
    assert rows(TASK | {"status": status, "for": ref("Practitioner/p")}, judged) == set()
    for code in ("verify", "carry-out", "escalate-to-coordinator", "inquiry", "fund-request", "name-successor"):
        assert rows(asked(code, status=status), judged) == set(), code
    assert rows(TASK | {"status": "completed"}, judged) == rows(TASK, judged) == set()


def test_a_coordination_marks_for_good_and_leads_to_the_coordinator_while_it_runs() -> None:
    call = asked("coordinate", **{"for": ref("Group/g"), "owner": ref("PractitionerRole/co")})
    judged = counting(fixed=("Group/g", "Group/of-division"))
    marks = {Relation("coordinated", each, "*") for each in ("Group/g", "Group/of-division")}
    leads = {
        Relation("coordinated", each, "PractitionerRole/co") for each in ("Group/g", "Group/of-division", "Group/h")
    }
    assert rows(call, judged) == rows(call | {"status": "completed"}, judged) == marks
    assert rows(call | {"status": "accepted", "for": ref("Group/h")}, judged) == marks | leads
    assert rows(call | {"status": "accepted"}, Verdict(fixed=judged.fixed)) == marks
    divided = asked("divide", status="completed", owner=ref(B))
    assert rows(divided, judged) == marks
    assert rows(asked("inquiry", status="completed"), judged) == set()


def test_a_division_that_is_asked_for_shows_the_lead_section_whom_it_divides() -> None:
    parts = [
        {"type": concept("division-input", "part-1"), "valueReference": ref("Patient/1")},
        {"type": concept("division-input", "part-2"), "valueReference": ref("Patient/2")},
    ]
    divide = asked("divide", owner=ref("PractitionerRole/lead"), focus=ref("Group/g"), input=parts) | {"for": {}}
    cards = {
        Relation("card", each, "PractitionerRole/lead", vocabulary.LEAD_SECTION) for each in ("Patient/1", "Patient/2")
    }
    assert cards <= rows(divide, counting())
    for other in (divide | {"status": "completed"}, divide | {"status": "cancelled"}):
        assert not {each for each in rows(other, counting()) if each.name == "card"}
    assert not {each for each in rows(divide) if each.name == "card"}
    elsewhere = divide | {"code": concept("task-code", "inquiry")}
    assert not {each for each in rows(elsewhere, counting()) if each.name == "card"}


def test_what_is_put_before_the_lead_section_is_no_card_of_its_owner_s_agency() -> None:
    put = asked("confirm-plan", focus=ref("CarePlan/k"), owner=ref(B))
    assert rows(put, counting(*BETWEEN)) == {
        Relation("card", WHOM, A),
        Relation("put-before", "CarePlan/k", B),
        Relation("put-before", WHOM, B, "card"),
    }
    assert {each.name for each in rows(put | {"status": "completed"}, counting(*BETWEEN))} == set()


def test_a_merge_shows_both_cards_to_both_and_makes_one_of_two_once_it_is_done() -> None:
    merge = asked("merge", **{"for": ref("Patient/1"), "focus": ref("Patient/2")})
    assert rows(merge, counting(*BETWEEN)) == {
        Relation("card", f"Patient/{n}", party) for n in "12" for party in (A, B)
    }
    done, noted = merge | {"status": "completed"}, (".same Patient/1", ".same Patient/2")
    assert rows(done, counting(*BETWEEN, *noted)) == {
        Relation("same", "Patient/1", "Patient/2", "replaced-by"),
        Relation("same", "Patient/2", "Patient/1", "replaces"),
    }
    third = {each for each in rows(done, counting(*noted, ".same Patient/3")) if "Patient/3" in (each.of, each.to)}
    pairs = [(f"Patient/{one}", f"Patient/{other}") for one, other in ("13", "31", "23", "32")]
    assert third == {Relation("same", *each) for each in pairs}
    for other in (
        done | {"code": concept("task-code", "unmerge")},
        done | {"status": "cancelled"},
        done | {"code": {}},
    ):
        assert rows(other, counting(*noted)) == set()
    assert rows(done, Verdict(noted=frozenset(noted))) == set()
    plain = asked("inquiry", **{"for": ref("Patient/1"), "focus": ref("Patient/2")})
    assert rows(plain, counting(*BETWEEN)) == CARDS


def test_an_emergency_opens_a_person_to_an_officer_for_its_minutes_whether_it_counts_or_not() -> None:
    noted = ".emergency 2026-11-23T04:00:00.000Z 2026-11-23T04:15:00.000Z Practitioner/em Patient/1"
    opened = {Relation("emergency", "Patient/1", "Practitioner/em", "", "2026-11-23T04:00:00.000Z",
                       "2026-11-23T04:15:00.000Z")}  # fmt: skip
    assert rows(asked("emergency-review", status="completed"), Verdict(noted=frozenset({noted}))) == opened


def test_a_death_and_a_successor_stand_while_they_count() -> None:
    died = asked("confirm-death", status="completed")
    assert rows(died, counting(".died Patient/1")) == {Relation("died", "Patient/1", "*")}
    named_ = asked("name-successor", status="completed", owner=ref(B))
    assert rows(named_, counting(f".succeeded {A}")) == {Relation("succeeds", "*", B, A)}
    for task, note in ((died, ".died Patient/1"), (named_, f".succeeded {A}")):
        assert rows(task, Verdict(noted=frozenset({note}))) == rows(task, NONE) == set()


def test_who_took_a_role_on_in_person_carries_it_out_as_long_as_the_agency_has_it() -> None:
    task = asked("carry-out", status="accepted", owner=ref("PractitionerRole/x"), focus=ref("CareTeam/t"))
    judged = counting(*BETWEEN, fixed=("Group/g", WHOM))
    carried = {Relation("carries", one, A, "PractitionerRole/x", via=f"CareTeam/t#{one}") for one in ("Group/g", WHOM)}
    assert {each for each in rows(task, judged) if each.name == "carries"} == carried
    for other in (task | {"owner": ref(B)}, task | {"status": "completed"}, task | {"focus": {}}, task | {"code": {}}):
        assert not {each for each in rows(other, judged) if each.name == "carries"}, other
    assert not {each for each in rows(task, Verdict(noted=judged.noted, fixed=judged.fixed)) if each.name == "carries"}


def test_a_record_of_another_kind_contributes_nothing() -> None:
    assert rows({"resourceType": "Condition", "subject": ref(WHOM)}, counting(*BETWEEN, fixed=("Group/g",))) == set()
