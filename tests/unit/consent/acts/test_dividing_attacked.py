"""What an insider tries by dividing: to learn of the other part, to gain what was refused, to confirm it himself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent import vocabulary
from consent.actor import Scope
from resources.division import Part
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.divided_town import (
    CO,
    CONV,
    LEAD,
    P,
    Q,
    answer,
    ask,
    body,
    divide,
    for_,
    members,
    of,
    refused,
    task_of,
    wrong,
)
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.town import Town, case, household, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

TWO = (Part(("Patient/1",)), Part(("Patient/2",)))


def permit(id: str, person: str, *agencies: str, type: str = "permit") -> Json:
    """A person shows whatever is about them to agencies, or withholds it."""
    actors = [{"role": IRCP, "reference": ref(f"Organization/{one}")} for one in agencies]
    mine = ref(f"Patient/{person}")
    return consent(id, patient=mine, performer=[mine], provision={"type": type, "actor": actors})


@pytest.fixture
def seen(town: Town) -> Town:
    """The center keeps a household of two, which the other agency sees by the consents of both."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), case())
    town.write(P, plan(activity(**for_("1")), activity(**for_("2"))))
    town.sign(P, *(permit(f"s{one}", one, "other") for one in "12"))
    assert town.reads(Q, "Group/g")
    return town


def test_who_only_sees_the_household_divides_and_confirms_nothing(seen: Town) -> None:
    assert refused(ask, seen, Q, TWO) == "forbidden P1"
    assert refused(ask, seen, Q, TWO, preview=True) == "forbidden P1"
    assert refused(ask, seen, LEAD, TWO) == "not-found"
    task = task_of(ask(seen, parts=TWO))
    for who in (P, replace(P, purpose=LEAD.purpose)):
        assert refused(answer, seen, task, who) == "forbidden P6"
    for who in (CO, CONV if not seen.reads(CONV, task) else CO):
        assert refused(answer, seen, task, who) == "not-found"


def test_who_writes_a_case_of_his_own_about_a_household_he_sees_is_told_nothing_of_the_parts(seen: Town) -> None:
    seen.write(Q, case("kq"))
    one, two = divide(seen, TWO)
    assert seen.read(Q, "CarePlan/kq")["status"] == "active"
    kept = [each for each in seen.stored("CarePlan") if ".custodian Organization/other" in each.terms]
    assert [each.reference for each in kept] == ["CarePlan/kq"]
    seen.write(P, *(each | {"status": "inactive", "meta": {"versionId": "1"}} for each in _signed()))
    readable = [each.reference for type in ("Group", "CarePlan", "Task") for each in seen.stored(type)]
    assert [name for name in readable if seen.reads(Q, name)] == ["CarePlan/kq"]
    assert not [name for name in (one, two) if name in str(seen.read(Q, "CarePlan/kq"))]


def _signed() -> list[Json]:
    return [permit(f"s{one}", one, "other") for one in "12"]


def test_the_task_is_no_way_to_learn_which_households_came_of_it(seen: Town) -> None:
    """By a consent of all it may be read, as all of it is about them; where one withholds what is V, it is not."""
    seen.sign(P, permit("no", "2", "other", type="deny"))
    one, two = divide(seen, TWO)
    task = next(each.reference for each in seen.stored("Task"))
    assert not seen.reads(Q, task)
    assert seen.reads(Q, one)
    assert not seen.reads(Q, two)
    assert "Patient/2" not in str(seen.read(Q, one))
    assert task not in seen.search(Q, "Task", ("code", "divide"))


def test_the_task_is_carried_to_nobody_by_another_request(seen: Town) -> None:
    seen.sign(P, permit("no", "2", "other", type="deny"))
    divide(seen, TWO)
    task = next(each.reference for each in seen.stored("Task"))
    for place, element in enumerate(("partOf", "basedOn", "focus")):
        asked: Json = {"resourceType": "Task", "id": f"t{place}", "status": "requested", "intent": "order"}
        asked |= {"requester": ref("Organization/center"), "owner": ref("Organization/other"), "for": ref("Patient/1")}
        asked |= {element: ref(task) if element == "focus" else [ref(task)]}
        refused(seen.write, P, asked)
        refused(seen.write, Q, asked | {"status": "accepted", "meta": {"versionId": "1"}})
        assert not seen.reads(Q, task), element
    call: Json = {"resourceType": "Task", "id": "call", "status": "requested", "intent": "order", "partOf": [ref(task)]}
    call |= {"code": concept("task-code", "escalate-to-coordinator"), "for": ref("Group/g")}
    call |= {"requester": ref("Organization/center"), "owner": ref("PractitionerRole/co")}
    refused(seen.write, P, call)
    assert not seen.reads(CO, task)


def test_a_refusal_of_one_stands_in_his_part_and_opens_nothing_more_of_the_old(seen: Town) -> None:
    seen.sign(P, permit("no", "1", "other", type="deny"))
    before = {name for name in ("Group/g", "CarePlan/k", "CarePlan/plan") if seen.reads(Q, name)}
    one, two = divide(seen, TWO)
    assert before == set()
    assert not [name for name in ("Group/g", "CarePlan/k", "CarePlan/plan") if seen.reads(Q, name)]
    assert not seen.reads(Q, one)
    assert seen.reads(Q, two), "she permits it, and nobody else is in it"


def test_the_task_is_written_altered_relabelled_and_deleted_by_nobody(seen: Town) -> None:
    task = task_of(ask(seen, parts=TWO))
    said = seen.read(P, task)
    forged = {name: each for name, each in said.items() if name not in ("id", "meta")} | {"id": "forged"}
    assert refused(seen.write, P, forged).startswith("forbidden P1")
    assert refused(seen.write, P, forged | {"status": "completed"}).startswith("forbidden P1")
    for changed in (
        {"input": said["input"][:1]},
        {"executionPeriod": {"start": "2026-11-01"}},
        {"code": concept("task-code", "transfer")},
        {"status": "completed"},
        {"status": "accepted"},
        {"owner": ref("Organization/center")},
        {"meta": said["meta"] | {"security": [{"system": said["meta"]["security"][0]["system"], "code": "N"}]}},
    ):
        for who in (P, LEAD):
            assert refused(seen.write, who, said | changed).startswith("forbidden"), changed
    for who in (P, LEAD):
        assert refused(seen.delete, who, task).startswith("forbidden")
    assert seen.read(P, task) == said


def test_dividing_is_of_the_token_as_far_as_it_goes(seen: Town) -> None:
    assert refused(ask, seen, replace(P, scopes=_only("Task")), TWO).startswith("forbidden")
    for purpose in (vocabulary.STATISTICS, vocabulary.AUDIT_REVIEW, vocabulary.BREAK_THE_GLASS, ""):
        assert refused(ask, seen, replace(P, purpose=purpose), TWO) == "not-found"


def test_somebody_who_left_and_is_protected_is_not_told_of_by_what_goes_on(town: Town) -> None:
    """She was taken out of the household long ago; the plan still tells of her."""
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2", "3"), case())
    town.write(P, plan(activity(**for_("1"))))
    town.protect(P, "Patient/3", "Practitioner/p")
    town.write(P, household("1", "2") | {"meta": {"versionId": "1"}})
    one, _ = divide(town, TWO)
    [copied] = [body(each) for each in of(town, "CarePlan", one) if "activity" in body(each)]
    assert "description" not in copied["activity"][0]["detail"]
    assert wrong(town) == []


def test_a_household_handed_over_or_changed_meanwhile_is_not_divided_by_what_was_asked(seen: Town) -> None:
    task = task_of(ask(seen, parts=TWO))
    seen.write(P, household("1") | {"meta": {"versionId": "1"}})
    assert refused(answer, seen, task) == "business-rule P3 P3" or refused(answer, seen, task) == "business-rule P3"
    assert members(seen, "Group/g") == ("Patient/1",)
    assert len(seen.stored("Group")) == 1


def test_what_is_asked_of_a_household_that_is_gone_ends(seen: Town) -> None:
    task = task_of(ask(seen, parts=TWO))
    seen.delete(P, "Group/g")
    assert seen.read(P, task)["status"] == "cancelled"
    assert refused(answer, seen, task) == "business-rule P6"


def test_nothing_of_a_part_is_written_where_one_thing_of_it_fails(seen: Town) -> None:
    task = task_of(ask(seen, parts=TWO))
    before = len(seen.stored("Group")), len(seen.stored("CarePlan"))
    assert refused(answer, seen, task, replace(LEAD, scopes=_only("Task"))).startswith("forbidden")
    assert (len(seen.stored("Group")), len(seen.stored("CarePlan"))) == before
    assert seen.read(P, task)["status"] == "requested"


def _only(type: str) -> tuple[Scope, ...]:
    return tuple(replace(each, type=type) for each in LEAD.scopes)
