"""R44: a case ends with what came of it, and one that was not resolved is reviewed to its end."""

from __future__ import annotations

from typing import Any

import pytest

from consent import under_way
from consent.duties import case_ending
from consent.duty_context import DutyContext
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

CASE: Json = {"resourceType": "CarePlan", "id": "k", "status": "active"}
CASE |= {"category": [concept("record-category", "case")]}
REVIEW: Json = {"resourceType": "Task", "id": "r", "status": "requested", "code": concept("task-code", "case-review")}
REVIEW |= {"focus": ref("CarePlan/k")}
OTHER: Json = {"code": concept("task-code", "coordinate")}
LEARNT: Json = {"output": [{"valueString": "早く気づく手だて"}]}


def over(outcome: str = "", review: str = "", status: str = "completed") -> Json:
    said = [{"url": "outcome", "valueCodeableConcept": concept("case-outcome", outcome)}] if outcome else []
    said += [{"url": "review", "valueReference": ref(review)}] if review else []
    return CASE | {"status": status, "extension": [extension("case-outcome", extension=said)]}


def ended(after: Json, before: Json | None = CASE, **tasks: Json) -> list[str]:
    records = {f"Task/{id}": task for id, task in tasks.items()}
    return wrongs(case_ending.with_its_outcome, change(before, after, records=records))


@pytest.mark.parametrize("status", ["completed", "revoked"])
def test_a_case_that_ends_says_whether_it_was_resolved(status: str) -> None:
    assert ended(over("resolved", status=status)) == []
    assert ended(over(status=status)) == ["R44 at CarePlan.extension"]
    assert ended(CASE | {"status": status}, None) == ["R44 at CarePlan.extension"]
    assert ended(CASE | {"status": status, "category": [concept("record-category", "total-care-plan")]}) == []
    assert ended(over(status=status), over(status=status)) == []
    assert ended(CASE | {"status": "on-hold"}) == []
    assert wrongs(case_ending.with_its_outcome, change(over(), None)) == []


def test_one_that_was_not_resolved_names_the_task_of_its_review() -> None:
    unresolved = over("unresolved", "Task/r")
    assert ended(unresolved, r=REVIEW) == []
    for short in ({}, {"r": REVIEW | OTHER}, {"r": REVIEW | {"focus": ref("CarePlan/l")}}):
        assert ended(unresolved, **short) == ["R44 at CarePlan.extension"]
    assert ended(over("unresolved"), r=REVIEW) == ["R44 at CarePlan.extension"]


def stays(before: Json, after: Json | None, ended: Json | None = None) -> list[str]:
    around = DutyContext(ended=ended or {})
    return wrongs(case_ending.stays_as_it_ended, change(before, after, duty_context=around))


UNRESOLVED, RESOLVED = over("unresolved", "Task/r"), over("resolved")
STATUS, OUTCOME = ["R44 at CarePlan.status"], ["R44 at CarePlan.extension"]


@pytest.mark.parametrize("had", [RESOLVED, UNRESOLVED])
def test_a_case_that_has_ended_is_neither_taken_up_again_nor_deleted(had: Json) -> None:
    assert stays(had, CASE) == STATUS
    assert stays(had, had | {"status": "on-hold"}) == STATUS
    assert stays(had, None) == STATUS
    assert stays(had, had | {"title": "続き", "status": "revoked"}) == []
    assert stays(had, CASE | {"status": "entered-in-error"}) == []
    assert stays(CASE, had) == []
    assert stays(CASE, None) == []


@pytest.mark.parametrize("had", [RESOLVED, UNRESOLVED])
@pytest.mark.parametrize("mark", [{}, {"extension": []}, {"category": []}], ids=["marked", "unsaid", "no case"])
def test_nor_is_it_by_way_of_a_mistake(had: Json, mark: Json) -> None:
    """Whatever was taken away as it was marked: it comes back as it had ended."""
    mistaken = had | {"status": "entered-in-error"} | mark
    assert stays(had, mistaken) == stays(mistaken, mistaken | {"title": "続き"}, had) == stays(mistaken, had, had) == []
    assert stays(mistaken, CASE, had) == stays(mistaken, had | {"status": "active"}, had) == STATUS
    assert stays(mistaken, None, had) == stays(mistaken, had | {"category": []}, had) == STATUS
    assert stays(mistaken, over(), had) == OUTCOME
    assert stays(CASE | {"status": "entered-in-error"}, CASE) == [], "one that had not ended is put right"


def test_what_came_of_it_stays_but_that_it_was_not_resolved_after_all() -> None:
    assert stays(UNRESOLVED, RESOLVED) == OUTCOME
    assert stays(UNRESOLVED, over("unresolved", "Task/s")) == OUTCOME
    assert stays(UNRESOLVED, over()) == OUTCOME
    assert stays(RESOLVED, over()) == OUTCOME
    assert stays(RESOLVED, UNRESOLVED) == []
    assert ended(UNRESOLVED, RESOLVED) == OUTCOME
    assert ended(UNRESOLVED, RESOLVED, r=REVIEW) == []
    assert ended(UNRESOLVED | {"title": "続き"}, UNRESOLVED) == [], "its review is asked for as it ends"
    assert stays(over(), RESOLVED) == ended(over(), RESOLVED) == ended(over(), UNRESOLVED) == []
    assert ended(RESOLVED, over()) == []
    plan = {"category": [concept("record-category", "total-care-plan")]}
    assert stays(RESOLVED | plan, CASE | plan) == []


def reviewed(before: Json | None, after: Json | None) -> list[str]:
    return wrongs(case_ending.reviewed, change(before, after))


def test_a_review_is_of_a_case_and_stays_on_record() -> None:
    assert reviewed(None, REVIEW) == []
    assert reviewed(None, REVIEW | {"focus": ref("Group/g")}) == ["R44 at Task.focus"]
    assert reviewed(REVIEW, None) == ["R44 at Task.code"]
    assert reviewed(REVIEW, REVIEW | OTHER | {"focus": ref("Group/g")}) == ["R44 at Task.code"]
    assert reviewed(REVIEW | OTHER, REVIEW | {"focus": ref("Group/g")}) == ["R44 at Task.focus"]
    assert reviewed(None, REVIEW | OTHER | {"focus": ref("Group/g")}) == []
    assert reviewed(REVIEW | OTHER, None) == []


def test_it_ends_with_what_was_learnt() -> None:
    assert reviewed(REVIEW, REVIEW | LEARNT | {"status": "completed"}) == []
    for learnt in ({}, {"output": [{"valueString": "。"}]}, {"output": [{"type": {"text": "結果"}}]}):
        assert reviewed(REVIEW, REVIEW | {"status": "completed"} | learnt) == ["R44 at Task.output"]
    assert reviewed(REVIEW, REVIEW | {"status": "completed", "output": [{"valueReference": ref("Binary/b")}]}) == []
    assert reviewed(REVIEW, REVIEW | {"status": "completed", "output": [{"valueMarkdown": "早く気づく"}]}) == []
    assert reviewed(REVIEW, REVIEW | {"status": "accepted"}) == []


def test_the_review_of_a_case_that_has_ended_stays_with_it() -> None:
    around = DutyContext(under_way=frozenset({under_way.REVIEWED}))
    moved = change(REVIEW, REVIEW | {"focus": ref("CarePlan/l")}, duty_context=around)
    assert wrongs(case_ending.reviewed, moved) == ["R44 at Task.focus"]


DONE = REVIEW | LEARNT | {"status": "completed"}
MORE: Json = {"output": [*LEARNT["output"], {"valueString": "後で分かったこと"}]}


def test_what_was_learnt_stays_once_it_is_completed_and_what_is_learnt_later_is_added() -> None:
    assert reviewed(DONE, DONE | MORE) == reviewed(DONE, DONE | {"note": [{"text": "追記"}]}) == []
    assert reviewed(DONE, DONE | {"output": MORE["output"][1:]}) == ["R44 at Task.output"]
    assert reviewed(DONE | MORE, DONE) == ["R44 at Task.output"], "all of it"
    silent = {name: said for name, said in DONE.items() if name != "output"}
    assert reviewed(DONE, silent) == ["R44 at Task.output"]
    assert reviewed(silent, DONE) == [], "an older store may have one that says nothing"
    for status in ("requested", "accepted", "in-progress", "cancelled", "entered-in-error"):
        assert reviewed(DONE, DONE | {"status": status}) == ["R44 at Task.status"]
    other = REVIEW | OTHER | {"status": "completed"}
    assert reviewed(other, REVIEW) == [], "what became a review only now had not ended as one"


@pytest.mark.parametrize("status", ["cancelled", "rejected", "failed", "entered-in-error", "draft"])
def test_it_is_not_given_up(status: str) -> None:
    assert reviewed(REVIEW, REVIEW | {"status": status}) == ["R44 at Task.status"]
    assert reviewed(REVIEW | {"status": status}, REVIEW | {"status": status, "note": []}) == []
    assert reviewed(None, REVIEW | {"status": status}) == []
