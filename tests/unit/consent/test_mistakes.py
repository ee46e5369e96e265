"""A record that was entered in error is its custodian's alone: in every version, on either store, and checked anew."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import duty_context
from consent.views import household_summary
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, has
from resources.store.port import Query
from tests.laws.worlds import V3, concept, extension, own, ref
from tests.unit.consent.test_belonging import P, Q, signed, told
from tests.unit.consent.test_conference_course import refused
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import (
    INSTALLER,
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    patient,
    roster,
    taken_on,
)
from tests.unit.consent.writing.test_as_closed import ALL, differences, found, recorded  # noqa: F401  # the fixture

Json = dict[str, Any]

CO, LEAD = actor("co"), actor("lead")


def verified(status: str) -> Json:
    return {"verificationStatus": {"coding": [{"system": f"{V3}condition-ver-status", "code": status}]}}


WRONG = verified("entered-in-error")
ERROR = {"status": "entered-in-error"}
MODIFIER = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
MOTHER = {"subject": ref("Patient/1")}
CONTENT = {"content": [{"attachment": {"title": "控え"}}]}
KINDS: dict[str, tuple[Json, Json]] = {
    "Appointment": (
        {"status": "booked", "start": "2026-12-01T10:00:00+09:00", "end": "2026-12-01T11:00:00+09:00"}
        | {"participant": [{"actor": ref("Patient/1"), "status": "accepted"}]},
        ERROR,
    ),
    "Basic": ({"code": {"text": "覚え書き"}} | MOTHER, MODIFIER),
    "CarePlan": ({"status": "completed", "intent": "plan"} | MOTHER, ERROR),
    "Composition": (
        {"status": "final", "type": {"text": "控え"}, "date": "2026-11-01", "title": "控え"}
        | {"author": [ref("Organization/center")]}
        | MOTHER,
        ERROR,
    ),
    "DocumentReference": ({"status": "current"} | CONTENT | MOTHER, ERROR),
    "DocumentReference by its document": (
        {"status": "current", "docStatus": "final"} | CONTENT | MOTHER,
        {"docStatus": "entered-in-error"},
    ),
    "EpisodeOfCare": ({"status": "active", "patient": ref("Patient/1")}, ERROR),
    "Flag": ({"status": "active", "code": {"text": "注意"}} | MOTHER, ERROR),
    "Goal": (
        {"lifecycleStatus": "active", "description": {"text": "外に出る"}} | MOTHER,
        {"lifecycleStatus": "entered-in-error"},
    ),
    "Observation": ({"status": "final", "code": {"text": "様子"}} | MOTHER, ERROR),
    "QuestionnaireResponse": ({"status": "completed"} | MOTHER, ERROR),
    "RelatedPerson": ({"patient": ref("Patient/1")}, MODIFIER),
}


@pytest.mark.parametrize("kind", KINDS)
def test_of_every_type_it_is_read_found_counted_and_told_in_history_by_its_custodian_alone(
    town: Town, kind: str
) -> None:
    body, wrong = KINDS[kind]
    type = kind.partition(" ")[0]
    record = {"resourceType": type, "id": "x"} | body
    town.write(P, patient("1"), record)
    signed(town, "1")
    assert _seen(town, Q, type) == (True, ["x"], 1, [1])
    town.write(P, record | wrong | again())
    assert _seen(town, Q, type) == (False, [], 0, [])
    assert _seen(town, P, type) == (True, ["x"], 1, [1, 2])
    town.write(P, record | {"meta": {"versionId": "2"}})
    assert _seen(town, Q, type) == (True, ["x"], 1, [1, 2, 3])
    assert differences(town) == []


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_says_so_from_its_first_version_is_its_custodian_s_alone_and_told_to_nobody(
    town: Town, kind: str
) -> None:
    """As an import brings them; it harms nobody, so it is not refused."""
    body, wrong = KINDS[kind]
    type = kind.partition(" ")[0]
    town.write(P, patient("1"))
    signed(town, "1")
    letters = len(town.stored("Communication"))
    town.write(P, {"resourceType": type, "id": "x"} | body | wrong)
    assert _seen(town, Q, type) == (False, [], 0, [])
    assert _seen(town, P, type) == (True, ["x"], 1, [1])
    assert len(town.stored("Communication")) == letters
    assert differences(town) == []


def test_nor_does_it_stand_in_the_way_of_one_that_is_right(taken: Town) -> None:
    """A plan that the coordinator drafts is kept by who keeps the case: so is one by mistake."""
    taken.write(CO, case("wrong", "total-care-plan") | ERROR)
    assert not taken.reads(CO, "CarePlan/wrong")
    assert taken.reads(P, "CarePlan/wrong")
    taken.write(CO, case("right", "total-care-plan"))
    assert taken.reads(CO, "CarePlan/right")
    assert differences(taken) == []


def test_no_client_says_of_a_new_record_that_it_was_not_classified(town: Town) -> None:
    mark = {"meta": {"security": [own("handling-label", "unclassified")]}}
    town.write(P, patient("1"))
    with pytest.raises(Problem, match="D5"):
        town.write(P, concern("c", "1") | mark)


def _seen(town: Town, who: Any, type: str) -> tuple[bool, list[str], int | None, list[int]]:
    """Whether one reads it, finds it, in how many; and which of its versions they read."""
    page = town.page(who, type, ("_id", "x"), ("_total", "accurate"))
    numbers = []
    for number in range(1, 4):
        try:
            town.read(who, f"{type}/x", number)
            numbers.append(number)
        except Problem:
            continue
    return town.reads(who, f"{type}/x"), [each.id for each in page.versions], page.total, numbers


@pytest.mark.parametrize("name", ["Patient/1", "Group/g"])
def test_a_person_or_household_registered_by_mistake_too_and_whoever_refers_to_it_keeps_the_record(
    town: Town, name: str
) -> None:
    records = {"Patient/1": patient("1"), "Group/g": household("1")}
    town.write(P, *records.values(), concern("c", "1"))
    signed(town, "1")
    assert town.reads(Q, name)
    town.write(P, records[name] | MODIFIER | again())
    assert not town.reads(Q, name)
    assert town.reads(Q, "Condition/c")
    town.write(P, records[name] | {"meta": {"versionId": "2"}})
    assert town.reads(Q, name)


def test_our_mark_stands_where_r4_has_no_status_for_it_and_nowhere_else(town: Town) -> None:
    town.write(P, patient("1"))
    for who, record in ((P, concern("c", "1")), (INSTALLER, {"resourceType": "Organization", "id": "o", "name": "o"})):
        with pytest.raises(Problem) as found_out:
            town.write(who, record | MODIFIER)
        assert found_out.value.kind == "invalid"
    with pytest.raises(Problem):
        town.write(P, patient("2") | {"extension": MODIFIER["modifierExtension"]})


def test_what_belongs_to_it_closes_with_it_and_opens_with_it_also_once_it_is_deleted(recorded: Town) -> None:  # noqa: F811
    recorded.write(P, told("Condition/c", "Condition/d", id="w"))
    recorded.write(P, concern("c", "1") | WRONG | again())
    assert found(recorded) == {"Condition/d"}
    assert found(recorded, P) == ALL | {"Provenance/w"}
    with pytest.raises(Problem):
        recorded.read(Q, "Provenance/v", 1)
    recorded.write(P, concern("c", "1") | {"meta": {"versionId": "2"}})
    assert found(recorded) == ALL | {"Provenance/w"}
    recorded.write(P, concern("c", "1") | WRONG | {"meta": {"versionId": "3"}})
    recorded.delete(P, "Condition/c")
    assert found(recorded) == {"Condition/d"}
    with pytest.raises(Problem) as gone:
        recorded.read(Q, "Condition/c", 1)
    assert gone.value.kind == "not-found"


def test_one_that_belongs_to_a_record_may_be_a_mistake_by_itself(recorded: Town) -> None:  # noqa: F811
    recorded.write(P, told("Condition/c") | MODIFIER | again())
    assert found(recorded) == {"Binary/f", "Condition/c", "Condition/d"}
    recorded.write(P, told("Condition/c") | {"meta": {"versionId": "2"}})
    assert found(recorded) == ALL


def test_nobody_but_who_keeps_it_says_that_it_is_one(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), case("plan", "total-care-plan"), coordination("requested"))
    town.write(CO, coordination() | again())
    plan = case("plan", "total-care-plan") | again()
    assert town.read(CO, "CarePlan/plan")["status"] == "active"
    with pytest.raises(Problem) as found_out:
        town.write(CO, plan | ERROR)
    assert found_out.value.kind == "forbidden"
    town.write(P, plan | ERROR)
    assert not town.reads(CO, "CarePlan/plan")


@pytest.mark.parametrize("status", ["entered-in-error", "refuted"])
def test_a_concern_so_marked_is_none_of_the_household_at_the_table(town: Town, status: str) -> None:
    town.write(P, patient("1"), household("1"), concern("c", "1"))

    async def fields() -> frozenset[str]:
        async with town.store.snapshot() as view:
            return await duty_context.concerns(conference(), view)

    assert town.run(fields()) == {"debts"}
    town.write(P, concern("c", "1") | verified(status) | again())
    assert town.run(fields()) == set()


@pytest.mark.parametrize("status", ["entered-in-error", "refuted"])
def test_the_summary_for_the_coordinator_counts_it_no_more(town: Town, status: str) -> None:
    trouble = concern("c", "1") | {"category": [concept("record-category", "concern")]}
    town.write(P, patient("1"), household("1"), case(), trouble, coordination("requested"))
    town.write(CO, coordination() | again())

    async def fields() -> list[str]:
        async with town.gate.reading(CO, interaction="operation", asked="$household-summary") as reading:
            summary = await household_summary.summed(reading, "g")
            return [each["code"] for said in summary.concerns.values() for each in said]

    assert town.run(fields()) == ["debts"]
    town.write(P, trouble | verified(status) | again())
    assert town.run(fields()) == []


def test_nobody_is_found_through_it_or_with_it(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    signed(town, "1")
    through, beside = ("_has:Condition:subject:code", "debts"), ("_revinclude", "Condition:subject")
    assert town.search(Q, "Patient", through) == ["Patient/1"]
    assert [each.reference for each in town.page(Q, "Patient", beside).included] == ["Condition/c"]
    town.write(P, concern("c", "1") | WRONG | again())
    assert town.search(Q, "Patient", through) == []
    assert not town.page(Q, "Patient", beside).included
    assert town.search(P, "Patient", through) == ["Patient/1"]


def test_to_others_it_is_not_there_for_writing_deleting_and_naming_either(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    taken_on(town)
    signed(town, "1")
    town.write(P, concern("c", "1") | WRONG | again())
    own: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "様子"}} | MOTHER
    for name in ("Condition/c", "Condition/none"):
        with pytest.raises(Problem, match=name):
            town.write(Q, own | {"focus": [ref(name)]})
        assert [done.was_nothing for done in town.delete(Q, name)] == [True]
        with pytest.raises(Problem) as absent:
            town.read(Q, name)
        assert absent.value.kind == "not-found"
    assert town.reads(P, "Condition/c")


def _letters(town: Town) -> list[Json]:
    return [
        orjson.loads(each.body)
        for each in town.stored("Communication")
        if "mistake-notice" in str(orjson.loads(each.body).get("category"))
    ]


def test_who_received_a_request_or_a_letter_is_told_once_and_of_nothing_it_said(town: Town) -> None:
    town.write(P, patient("1"))
    taken_on(town)
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed"} | MOTHER
    word |= {"recipient": [ref("Organization/other"), ref("PractitionerRole/p"), ref("HealthcareService/desk")]}
    word |= {"payload": [{"contentString": "別の人のことでした"}], "sender": ref("Organization/center")}
    town.write(P, word)
    assert town.reads(Q, "Communication/w")
    town.write(P, word | ERROR | again())
    town.write(P, word | ERROR | {"meta": {"versionId": "2"}, "sent": "2026-11-01"})
    assert not town.reads(Q, "Communication/w")
    [letter] = _letters(town)
    assert letter["about"] == [ref("Communication/w")]
    assert letter["recipient"] == [ref("Organization/other")]
    assert "別の人" not in str(letter)
    assert town.search(Q, "Communication") == [f"Communication/{letter['id']}"]
    assert town.search(P, "Communication", ("category", "mistake-notice")) == []
    task = town.read(P, "Task/taken")
    town.write(P, task | ERROR)
    assert not town.reads(Q, "Task/taken")
    assert sorted(str(each["about"][0]["reference"]) for each in _letters(town)) == ["Communication/w", "Task/taken"]


def test_the_post_that_was_asked_is_told(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(P, coordination("requested") | ERROR | again())
    [letter] = _letters(town)
    assert letter["recipient"] == [ref("PractitionerRole/co")]
    assert town.reads(CO, f"Communication/{letter['id']}")


def test_what_nobody_had_received_is_told_to_nobody(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    draft: Json = {"resourceType": "Communication", "id": "w", "status": "not-done"} | MOTHER
    town.write(P, draft | {"recipient": [ref("Organization/other")]})
    town.write(P, draft | {"recipient": [ref("Organization/other")]} | ERROR | again())
    town.write(P, concern("c", "1") | WRONG | again())
    assert _letters(town) == []


def test_nobody_else_writes_such_a_notice(town: Town) -> None:
    town.write(P, patient("1"))
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed"} | MOTHER
    with pytest.raises(Problem, match="P2"):
        town.write(P, word | {"category": [concept("communication-category", "mistake-notice")]})


def test_the_trail_stays_and_the_store_keeps_every_version(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    signed(town, "1")
    town.read(Q, "Condition/c")
    before = len(town.trail())
    town.write(P, concern("c", "1") | WRONG | again())
    assert any("Condition/c/_history/1" in str(each) for each in town.trail()[:before])

    async def numbers() -> list[int]:
        async with town.store.snapshot() as view:
            found_all = await view.find(Query(has(".id", "Condition/c"), history=True), within=EVERYTHING)
            return [each.number for each in found_all.versions]

    assert sorted(town.run(numbers())) == [1, 2]


def test_who_may_write_on_the_plan_of_another_agency_does_not_mark_it_whatever_it_is_called(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(CO, coordination() | again())
    called = [concept("record-category", "total-care-plan"), concept("task-code", "confirm-death")]
    plan: Json = {"resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "category": called}
    town.write(CO, plan | {"subject": ref("Group/g")})
    with pytest.raises(Problem) as caught:
        town.write(CO, plan | {"subject": ref("Group/g")} | ERROR | again())
    assert caught.value.kind == "forbidden"
    assert town.reads(CO, "CarePlan/plan")


def test_a_case_on_which_a_conference_is_called_is_no_mistake_until_that_is_over(taken: Town) -> None:
    town = taken
    town.write(actor("conv"), roster("p"), conference("planned", "p"))
    town.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    with pytest.raises(Problem) as caught:
        town.write(P, case() | ERROR | again())
    assert list(caught.value.rules) == ["R44"]
    assert refused(town, P, household("1") | MODIFIER | again()) == ["R44"]
    town.write(P, case() | {"title": "会議の前"} | again())
    town.write(actor("conv"), conference("cancelled", "p") | again())
    town.write(P, case() | ERROR | {"meta": {"versionId": "2"}})
    assert not town.reads(CO, "CarePlan/k")
    town.write(P, household("1") | MODIFIER | again())


def test_by_no_other_name_or_household_is_a_case_before_a_conference_a_mistake(taken: Town) -> None:
    town = taken
    town.write(P, household("1") | {"id": "h"}, case("other") | {"status": "on-hold"})
    town.write(actor("conv"), roster("p"), conference("planned", "p"))
    town.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    assert refused(town, P, case(category="concern") | {"subject": ref("Group/h")} | again()) == ["R37", "R44"]
    assert refused(town, P, case() | {"subject": ref("Group/h")} | again()) == ["R44"]
    assert refused(town, P, case(category="concern") | ERROR | again()) == ["R44"]
    town.write(P, case("other") | ERROR | again())


@pytest.fixture
def taken(town: Town) -> Town:
    """The coordinator has taken on the case."""
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(CO, coordination() | again())
    return town


def test_while_it_is_coordinated_neither_the_household_nor_the_case_is_a_mistake_or_deleted(taken: Town) -> None:
    for wrong in (household("1") | MODIFIER, case() | ERROR):
        assert refused(taken, P, wrong | again()) == ["R17"]
        with pytest.raises(Problem, match="R17"):
            taken.delete(P, f"{wrong['resourceType']}/{wrong['id']}")
    assert taken.reads(LEAD, "CarePlan/k")
    assert taken.reads(CO, "Group/g")
    taken.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    taken.write(P, household("1") | MODIFIER | again())
    taken.write(P, case() | ERROR | again())
    assert taken.reads(CO, "Task/t")


def test_while_it_is_coordinated_its_total_care_plan_is_ended_or_a_mistake_and_not_deleted(taken: Town) -> None:
    plan = case(category="total-care-plan") | {"id": "plan"}
    taken.write(P, plan, case(category="total-care-plan") | {"id": "draft", "status": "draft"})
    with pytest.raises(Problem, match="R17"):
        taken.delete(P, "CarePlan/plan")
    taken.delete(P, "CarePlan/draft")
    taken.write(P, plan | {"status": "revoked"} | again())
    taken.write(P, plan | ERROR | {"meta": {"versionId": "2"}})
    taken.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    taken.delete(P, "CarePlan/plan")


def test_nor_is_a_plan_deleted_by_way_of_a_draft(taken: Town) -> None:
    plan = case(category="total-care-plan") | {"id": "plan"}
    taken.write(P, plan)
    with pytest.raises(Problem, match="R37"):
        taken.write(P, plan | {"status": "draft"} | again())
    with pytest.raises(Problem, match="R17"):
        taken.delete(P, "CarePlan/plan")
    taken.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    taken.delete(P, "CarePlan/plan")


def test_nor_by_way_of_the_household_that_it_had_before_that_was_coordinated(town: Town) -> None:
    plan = case(category="total-care-plan") | {"id": "plan"}
    town.write(P, patient("1"), household("1"), case(), household("1") | {"id": "h"})
    town.write(P, case("other") | {"subject": ref("Group/h")}, plan)
    town.write(P, plan | {"subject": ref("Group/h")} | again())
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | again())
    with pytest.raises(Problem, match="R17"):
        town.delete(P, "CarePlan/plan")


def test_one_that_the_coordinator_has_not_taken_on_holds_nothing_fast(town: Town) -> None:
    town.write(P, patient("1"), household("1"), case(), coordination("requested"))
    town.write(P, case() | ERROR | again())
    town.write(P, household("1") | MODIFIER | again())
    town.write(P, coordination("requested") | ERROR | again())
    assert not town.reads(CO, "Task/t")


@pytest.mark.parametrize("over", ["accepted", "cancelled", "completed"])
def test_a_coordination_that_was_taken_on_is_no_mistake_of_who_asked_and_stays_one(taken: Town, over: str) -> None:
    said, number = coordination(over) | WITHOUT_A_PLAN, "2"
    if over != "accepted":
        taken.write(P if over == "cancelled" else CO, said | {"meta": {"versionId": number}})
        number = "3"
    called_else = said | {"code": concept("task-code", "inquiry")}
    for wrong in (said | ERROR, called_else, called_else | ERROR):
        assert "P6" in refused(taken, P, wrong | {"meta": {"versionId": number}})
    assert refused(taken, P, said | ERROR | {"meta": {"versionId": number}}) == ["P6"]
    assert taken.reads(LEAD, "Group/g")
    if over != "completed":
        assert refused(taken, P, household("1") | MODIFIER | again()) == ["R17"]


def test_a_case_that_was_not_resolved_is_no_mistake_whatever_its_end_is_then_called(town: Town) -> None:
    outcome = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", "unresolved")}]
    outcome += [{"url": "review", "valueReference": ref("Task/r")}]
    over = case() | {"status": "completed", "extension": [extension("case-outcome", extension=outcome)]}
    review: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    review |= {"code": concept("task-code", "case-review"), "focus": ref("CarePlan/k")}
    town.write(P, patient("1"), household("1"), case())
    town.write(P, review, over | again())
    assert refused(town, P, over | ERROR | {"meta": {"versionId": "2"}}) == ["R44"]
    assert refused(town, P, case() | {"meta": {"versionId": "2"}}) == ["R44"]
    assert refused(town, P, case() | ERROR | {"meta": {"versionId": "2"}}) == ["R44"]
    with pytest.raises(Problem, match="R44"):
        town.delete(P, "CarePlan/k")


def test_a_review_that_another_agency_writes_keeps_no_case(taken: Town) -> None:
    review: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    taken.write(CO, review | {"code": concept("task-code", "case-review"), "focus": ref("CarePlan/k")})
    taken.write(CO, coordination("completed") | WITHOUT_A_PLAN | {"meta": {"versionId": "2"}})
    taken.write(P, case() | ERROR | again())


def test_who_is_asked_to_confirm_marks_nothing_before_it_is_confirmed(town: Town) -> None:
    town.write(P, patient("1") | {"deceasedDateTime": "2026-11-01"})
    taken_on(town)
    paper: Json = {"resourceType": "DocumentReference", "id": "d", "status": "current"} | CONTENT | MOTHER
    town.write(Q, paper | {"type": concept("death-paper", "death-certificate")})
    asks: Json = {
        "resourceType": "Task",
        "id": "x",
        "status": "requested",
        "intent": "order",
        "focus": ref("Patient/1"),
    }
    asks |= {"code": concept("task-code", "confirm-death"), "for": ref("Patient/1")}
    asks |= {"input": [{"type": {"text": "死亡の日"}, "valueDateTime": "2026-11-01"}]}
    asks |= {"requester": ref("Organization/other"), "owner": ref("Organization/center")}
    town.write(Q, asks)
    assert "R5" in refused(town, P, asks | ERROR | again())
    assert town.reads(Q, "Task/x")


@pytest.mark.parametrize("left_out", [(), ("extension",), ("category",)], ids=["whole", "unsaid", "no case"])
def test_a_case_that_was_resolved_comes_back_from_a_mistake_as_it_had_ended(
    town: Town, left_out: tuple[str, ...]
) -> None:
    outcome = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", "resolved")}]
    over = case() | {"status": "completed", "extension": [extension("case-outcome", extension=outcome)]}
    town.write(P, patient("1"), household("1"), case())
    town.write(P, over | again())
    mistaken = {name: value for name, value in (over | ERROR).items() if name not in left_out}
    town.write(P, mistaken | {"meta": {"versionId": "2"}})
    assert refused(town, P, case() | {"meta": {"versionId": "3"}}) == ["R44"]
    with pytest.raises(Problem, match="R44"):
        town.delete(P, "CarePlan/k")
    town.write(P, over | {"meta": {"versionId": "3"}})
