"""Calling the coordinator: a case of a household, on a ground of R13, brought by its keeper or the lead section.

R13, R14 and R15 of the domain; docs/policy.md, "standing". Accepting it leaves a mark on the household, which P5 asks
while the Task runs and P6 for good; what else the Task refers to is opened by nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import Verdict
from resources.record import coding, problem, reference, wording
from resources.record.problem import Issue

IDENTITY = ("code", "reasonCode", "focus", "for", "requester", "owner", "basedOn", "partOf")
"""What a call is: it stands as it was brought once it is accepted."""

_TAKEN_BACK = ("cancelled", "entered-in-error")
"""What who asks may still write; that one which was taken on is no mistake is a duty (P6)."""


def refused(filing: Filing) -> Iterator[Issue]:
    """Why this call may not be written, or not by who writes it."""
    if not any(is_call(task) for task in (filing.before, filing.after)):
        return
    was, becomes = filing.status()
    if filing.had.fixed and becomes != was and (was in vocabulary.TAKEN_ON or becomes == "completed"):
        yield from _going_on(filing, becomes)
    if becomes not in vocabulary.ASKING:
        return
    yield from _accepting(filing)
    if filing.before and was not in vocabulary.ASKING:
        yield _wrong(
            "R13",
            "a coordination that has ended is not taken up again: bring the case anew",
            "終わった調整は再開できません。新たに調整を求めてください",
            "status",
        )
    if was in vocabulary.TAKEN_ON:
        for element in IDENTITY:
            if filing.changed(element):
                yield _wrong(
                    "R13",
                    f"`{element}` stands once the coordinator has accepted: end this Task and bring the case anew",
                    f"受け付けた後の `{element}` は変更できません。終了してから新たに調整を求めてください",
                    element,
                )
    elif not filing.before or filing.changed(*IDENTITY):
        yield from _bringing(filing)


def judged(filing: Filing) -> Verdict:
    """It counts if it was so brought; the household is marked for good when the owner accepts."""
    if not is_call(filing.after):
        return Verdict(True, fixed=filing.had.fixed)
    same = filing.before is not None and not filing.changed(*IDENTITY)
    counts = filing.had.counts if same else not any(_bringing(filing))
    was, becomes = filing.status()
    accepts = becomes in vocabulary.TAKEN_ON and (was in vocabulary.TAKEN_ON or not any(_accepting(filing)))
    household = reference.one(filing.after, "for")
    marked = {household, *filing.members.get(household, ())} if counts and accepts else set()
    return Verdict(counts and (accepts or becomes not in vocabulary.TAKEN_ON), fixed=filing.had.fixed | marked)


KIND = Kind(refused, judged)


def is_call(task: Mapping[str, Any] | None) -> bool:
    """Whether a Task calls the coordinator."""
    return vocabulary.COORDINATE in coding.of((task or {}).get("code"))


def _going_on(filing: Filing, becomes: str) -> Iterator[Issue]:
    """What was taken on goes on, and is completed, as the coordinator says; who asked takes it back."""
    own = filing.is_own(reference.one(filing.before or {}, "owner"))
    if becomes not in _TAKEN_BACK and not (own and becomes in (*vocabulary.TAKEN_ON, "completed")):
        yield _wrong(
            "R17",
            "a coordination that was taken on goes on, and is `completed`, as the coordinator says, who monitors it: "
            "who asked may take it back (`cancelled`)",
            "受け付けられた調整の進み具合と完了を書くのは、見届ける推進員です。"
            "求めた機関は取り下げること（cancelled）ができます",
            "status",
            "forbidden",
        )


def _bringing(filing: Filing) -> Iterator[Issue]:
    """What a call lacks, or why it is not this writer's to bring."""
    task = filing.after
    case, household = reference.one(task, "focus"), reference.one(task, "for")
    found = filing.look(case) if case.startswith("CarePlan/") else None
    if not coding.codes(task.get("reasonCode"), "coordination-ground"):
        yield _wrong(
            "R13",
            "the coordinator takes a case on one of six grounds: give one of `coordination-ground`",
            "推進員は六つの理由のいずれかで受け付けます。理由（coordination-ground）を記入してください",
            "reasonCode",
        )
    if vocabulary.CASE not in coding.of((found or {}).get("category")):
        yield _wrong(
            "R13",
            "what is brought to the coordinator is a case: name the CarePlan of category `case`",
            "推進員に持ち込むのは事例です。区分が case の CarePlan を記入してください",
            "focus",
        )
    elif not household.startswith("Group/") or reference.one(found or {}, "subject") != household:
        yield _wrong(
            "R13",
            "a case is brought for its household: name the Group that is the subject of the case",
            "調整は事例の世帯について求めます。事例の対象である世帯（Group）を記入してください",
            "for",
        )
    if not _is_agency(reference.one(task, "requester")):
        yield _wrong(
            "R14",
            "the coordinator takes cases from agencies only: have an agency receive the citizen first",
            "推進員は相談機関からの相談を受け付けます。まず相談機関で受け付けてください",
            "requester",
        )
    owner = reference.one(task, "owner")
    post = filing.look(owner) if owner.startswith("PractitionerRole/") else None
    if vocabulary.COORDINATOR not in coding.codes((post or {}).get("code"), "role"):
        yield _wrong(
            "R13",
            "the coordinator is called: name the post of one as owner",
            "調整を求める相手は推進員です。推進員の職（PractitionerRole）を記入してください",
            "owner",
        )
    yield from _by_whom(filing, case, household)


def _by_whom(filing: Filing, case: str, household: str) -> Iterator[Issue]:
    leading = vocabulary.LEAD_SECTION in filing.held
    keeping = filing.keeps(case) and filing.has_in_care(household)
    if not keeping and not (leading and any(_said(filing.after.get("reasonCode")))):
        yield _wrong(
            "R14",
            "a case is brought by the agency that keeps it and has its household in care, or by the lead section with "
            "a reason (`reasonCode.text`)",
            "調整を求めるのは、事例を管理し世帯を受け持つ機関か、理由（reasonCode.text）を書いた主管課です",
            "requester",
            "forbidden",
        )
    elif _is_agency(asker := reference.one(filing.after, "requester")) and not filing.is_own(asker):
        yield _wrong(
            "R14",
            "an agency asks in its own name: name your own agency, or a post of it",
            "求めは自分の機関の名で行います。自分の機関か、その職を記入してください",
            "requester",
            "forbidden",
        )


def _is_agency(asker: str) -> bool:
    return asker.partition("/")[0] in ("Organization", "PractitionerRole", "Practitioner")


def _accepting(filing: Filing) -> Iterator[Issue]:
    was, becomes = filing.status()
    if becomes not in vocabulary.TAKEN_ON or was in vocabulary.TAKEN_ON:
        return
    owner = reference.one(filing.before or {}, "owner")
    if not owner or owner not in filing.facts.seats:
        yield _wrong(
            "R13",
            "the coordinator whose Task it is accepts it, and nobody else: who asked may name another as its `owner`",
            "調整を引き受けるのは、求められた推進員本人だけです。求めた機関は、もう一人の推進員を owner に記入できます",
            "status",
            "forbidden",
        )


def _said(reason: Any) -> Iterator[str]:
    text = reason.get("text") if isinstance(reason, dict) else None
    if isinstance(text, str) and wording.tells(text):
        yield text


def _wrong(rule: str, text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    return problem.of_rule(rule, text, ja, f"Task.{element}", code)
