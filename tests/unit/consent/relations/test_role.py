"""P13 and P6: which role a Task puts to an agency, and what is opened by what is put before the lead section."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations import put_before, role
from consent.relations.role import Role
from consent.verdict import NONE, Verdict
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref

Json = dict[str, Any]

PUT: Json = {"resourceType": "Task", "id": "1", "status": "requested", "code": concept("task-code", "carry-out")}
PUT |= {"focus": ref("CareTeam/t")}
JUDGED = Verdict(
    True, noted=frozenset({".between Organization/a"}), fixed=frozenset({"Group/g", "Patient/1", "Task/x"})
)


def test_a_role_is_of_a_decided_team_for_an_agency_and_for_those_whom_the_decision_fixed() -> None:
    persons = frozenset({"Group/g", "Patient/1"})
    assert role.of(PUT, JUDGED) == Role("CareTeam/t", "Organization/a", persons)
    carried = Verdict(True, noted=JUDGED.noted, fixed=JUDGED.fixed | {"CareTeam/t"})
    assert role.of(PUT | {"focus": ref("CarePlan/p")}, carried) == Role("CareTeam/t", "Organization/a", persons)
    posts = Verdict(True, noted=frozenset({".between PractitionerRole/x"}), fixed=JUDGED.fixed)
    nobody = Verdict(True, noted=JUDGED.noted, fixed=frozenset({"Task/x"}))
    for task, judged in (
        (PUT | {"code": concept("task-code", "inquiry")}, JUDGED),
        (PUT | {"focus": ref("CarePlan/p")}, JUDGED),
        (PUT, Verdict(noted=JUDGED.noted, fixed=JUDGED.fixed)),
        (PUT, posts),
        (PUT, nobody),
    ):
        assert role.of(task, judged) is None
    assert role.persons(JUDGED) == persons
    assert role.place("CareTeam/t", "Patient/1") == "CareTeam/t#Patient/1"


def opened(code: str, judged: Verdict = NONE, **elements: Any) -> set[Relation]:
    said: Json = {"for": ref("Patient/1"), "focus": ref("CarePlan/k"), "owner": ref("Organization/lead")}
    task = PUT | said | {"code": concept("task-code", code)} | elements
    return set(put_before.rows(task, judged))


def to_lead(*records: str, cards: tuple[str, ...] = ()) -> set[Relation]:
    whole = {Relation("put-before", each, "Organization/lead") for each in records}
    return whole | {Relation("put-before", each, "Organization/lead", "card") for each in cards}


@pytest.mark.parametrize("code", ["confirm-mistake", "confirm-plan", "divide", "move-keeping", "open-transferred"])
def test_it_opens_the_record_that_it_is_about_and_the_cards_of_whom_it_names(code: str) -> None:
    given = [{"valueReference": ref(each)} for each in ("Patient/2", "Organization/x", "Group/g")]
    both = to_lead("CarePlan/k", cards=("Patient/1", "Patient/2"))
    assert opened(code, input=given) == both
    assert opened(code) == to_lead("CarePlan/k", cards=("Patient/1",))
    assert opened(code, NONE, **{"for": ref("Group/g"), "focus": {}}) == set()
    assert opened(code, status="completed") == opened(code, status="accepted") == set()
    assert put_before.is_one(PUT | {"code": concept("task-code", code)}, NONE)


def test_an_escalation_opens_what_it_carries_and_what_is_asked_of_the_post_as_such_the_two_that_it_names() -> None:
    carried = Verdict(True, fixed=frozenset({"Task/r", "ServiceRequest/s"}))
    assert opened("decide-coordination", carried) == to_lead("Task/r", "ServiceRequest/s", cards=("Patient/1",))
    assert put_before.is_one(PUT | {"code": concept("task-code", "decide-coordination")}, NONE)
    as_such = Verdict(True, noted=frozenset({".as-such lead-section"}))
    for code in ("merge", "decide-coordination"):
        assert opened(code, as_such) == to_lead("Patient/1", "CarePlan/k")
        assert put_before.is_one(PUT | {"code": concept("task-code", code)}, as_such)
    assert not put_before.is_one(PUT | {"code": concept("task-code", "merge")}, NONE)
    assert not put_before.is_one(PUT, NONE)
