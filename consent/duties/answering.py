"""How a request is answered: step by step, never by silence, and where it went to is said.

R5 and R12a of the domain, decision 11; profiles/task_course.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from profiles import task_course
from profiles.task_course import Party
from resources.record import coding, period, reference, wording
from resources.record.problem import Issue

_OTHERWISE = vocabulary.NO_CARE - {vocabulary.ESCALATE} | {vocabulary.COORDINATE}
"""What is asked of a post by its office: how it ends is a matter of its own duty."""

_HANDED_ON = "handed-on"


def in_order(change: Transition) -> Iterator[Issue]:
    """R5: a request goes on as the table of its course says, and what is done is not begun anew."""
    before, after = change.before, change.after
    if before is None or after is None or not change.turns("status") or _otherwise(change):
        return
    was, becomes = str(before.get("status")), str(after.get("status"))
    course = task_course.table().get(was, {})
    allowed = list(dict.fromkeys(one for party in _parties(change) for one in course.get(party, ())))
    if becomes not in allowed and not _is_refusal(change, becomes):
        listed = ", ".join(allowed)
        text = f"a request does not go from `{was}` to `{becomes}`: " + (f"from here, {listed}" if listed else _OVER[0])
        ja = f"依頼を `{was}` から `{becomes}` にはできません。" + (f"できるのは {listed} です" if listed else _OVER[1])
        yield violation("R5", text, ja, "Task.status")


def held_with_reason(change: Transition) -> Iterator[Issue]:
    """R5: on hold is no refusal: it says why, and when it is looked at again."""
    task = change.after or {}
    if task.get("status") != "on-hold" or not _answers(change):
        return
    if not (change.turns("status") or change.turns("statusReason")):
        return
    reason = task.get("statusReason") or {}
    if not _says(reason):
        yield violation(
            "R5",
            "a request is on hold for a reason: say it in `statusReason`, or accept, hand over or call the coordinator",
            "保留には理由（statusReason）が必要です。受け付ける、引き継ぐ、推進員に連絡することもできます",
            "Task.statusReason",
        )
    today = change.facts.actor.now
    if not any(period.contains({"end": day}, today) is True for day in _days(reason)):
        yield violation(
            "R5",
            "a request that is on hold has a day on which it is looked at again, today or later (extension "
            "`look-again` of `statusReason`)",
            "保留には、今日以後の次に見直す日（statusReason の拡張 look-again）が必要です",
            "Task.statusReason.extension",
        )


def ended_with_outcome(change: Transition) -> Iterator[Issue]:
    """R5: what is done says what was done, R12a: or to whom it went, who has accepted it."""
    task = change.after or {}
    if task.get("status") != "completed" or not (change.turns("status") or change.turns("output")):
        return
    if change.before is None or not _answers(change) or _otherwise(change):
        return
    outcomes = list(_outcomes(task))
    if not outcomes:
        yield violation(
            "R5",
            "a request is completed with its outcome: an `output` with a type of `task-outcome` that says what was "
            "done, or the Task by which it went to the next agency",
            "依頼を終えるときは、何をしたか、または引き継いだ先の仕事（Task）を、"
            "結果（output、種類は task-outcome）に書きます",
            "Task.output",
        )
    for place, code, output in outcomes:
        if code == _HANDED_ON:
            yield from _handed_on(change, place, output)
        elif not _said(output):
            text = "the outcome says in words what was done, or names the record that tells it"
            ja = "結果には、何をしたかの文か、それを示す記録が必要です"
            yield violation("R5", text, ja, f"Task.output[{place}].value")


def _handed_on(change: Transition, place: int, output: Mapping[str, Any]) -> Iterator[Issue]:
    name = reference.one(output, "valueReference")
    task = (change.look(name) if name.startswith("Task/") else None) or {}
    of_this = f"Task/{change.record.get('id')}" in reference.many(task, "partOf")
    if not of_this or task.get("status") not in (*vocabulary.TAKEN_ON, "completed"):
        yield violation(
            "R12a",
            "a request keeps its owner until the next agency has accepted: the outcome `handed-on` names a Task partOf "
            "this one that its owner has accepted",
            "次の機関が受け付けるまで担当は変わりません。引き継ぎの結果には、この仕事を partOf とし、"
            "次の機関が受け付けた仕事（Task）を記入してください",
            f"Task.output[{place}].value",
        )


def _outcomes(task: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    for place, output in enumerate(task.get("output") or ()):
        for code in coding.codes(output.get("type"), "task-outcome"):
            yield place, code, output


def _said(output: Mapping[str, Any]) -> bool:
    text = output.get("valueString") or output.get("valueMarkdown")
    return bool(reference.one(output, "valueReference")) or (wording.tells(text))


def _says(reason: Mapping[str, Any]) -> bool:
    texts = [reason.get("text"), *(each.get("display") for each in reason.get("coding") or ())]
    return any(wording.tells(text) for text in texts) or bool(coding.of(reason))


def _days(reason: Mapping[str, Any]) -> list[Any]:
    return [each.get("valueDate") for each in coding.extension(reason, "look-again")]


def _otherwise(change: Transition) -> bool:
    return bool(_OTHERWISE & coding.of(change.record.get("code")))


def _is_refusal(change: Transition, status: str) -> bool:
    """Of that R5 says more in `referral`."""
    return not _is_the_askers(change) and status in ("rejected", "cancelled", "failed", "entered-in-error")


def _is_the_askers(change: Transition) -> bool:
    return change.custodian in change.facts.keeps


def _parties(change: Transition) -> Iterator[Party]:
    """As who the writer may say how it goes on: of one's own, and of what is carried on paper, as both."""
    if _is_the_askers(change):
        yield "asker"
    if not _is_the_askers(change) or _on_paper(change) or _speaks_for(change, "owner"):
        yield "asked"


def _answers(change: Transition) -> bool:
    """Whether this is the answer to another agency, which is owed one: also where one of the two has none but paper."""
    return not _is_the_askers(change) or _on_paper(change)


def _on_paper(change: Transition) -> bool:
    """Whether the writer's agency carries it to the other on paper, or took it down for another that asked on paper."""
    task = change.record
    carried = any(each.get("valueBoolean") is True for each in coding.extension(task, "carried-on-paper"))
    taken_down = bool(task.get("requester")) and not _speaks_for(change, "requester")
    return carried or (taken_down and _speaks_for(change, "owner"))


def _speaks_for(change: Transition, element: str) -> bool:
    party = reference.one(change.record, element)
    return bool((change.duty_context.agencies(party) | {party}) & change.facts.keeps)


_OVER = ("it is over: ask anew", "終わった依頼です。新たに依頼してください")
