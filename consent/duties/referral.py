"""No referral is refused: the target accepts, hands over, or calls the coordinator.

R5, R12 and R12a of the domain (slides 9, 10 and 24).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import labels, vocabulary
from consent.transition import Transition, violation
from resources import fund
from resources.record import coding, reference
from resources.record.problem import Issue

_REFUSALS = {"rejected", "cancelled", "failed", "entered-in-error"}
_ANSWER = {
    "status",
    "statusReason",
    "businessStatus",
    "owner",
    "output",
    "note",
    "executionPeriod",
    "lastModified",
    "text",
}

_ONWARD = (
    "accept it, hand it over with a new Task partOf this one, or call the coordinator with a Task of the code "
    "`escalate-to-coordinator` partOf this one",
    "受け付けるか、新しい Task（partOf）で引き継ぐか、"
    "符号 escalate-to-coordinator の Task（partOf）で推進員に連絡してください",
)
_ONWARD_FROM_HERE = (
    "complete it with its outcome, hand it over with a new Task partOf this one, or call the coordinator with a Task "
    "of the code `escalate-to-coordinator` partOf this one",
    "結果（output）を書いて終えるか、新しい Task（partOf）で引き継ぐか、"
    "符号 escalate-to-coordinator の Task（partOf）で推進員に連絡してください",
)
_WAYS = (
    (
        {vocabulary.COORDINATE, vocabulary.ESCALATE},
        "accept it, or have the agency that asks name the other coordinator as its `owner`",
        "引き受けるか、求めた機関に、もう一人の推進員を owner に記入してもらってください",
    ),
    (
        {vocabulary.INQUIRY},
        "answer it in an `output`, or name the other coordinator as its `owner`",
        "結果（output）に書いて答えるか、もう一人の推進員を owner に記入してください",
    ),
    (
        {fund.CONSULTATION},
        "answer it in words (an `output`): a no is an answer too",
        "結果（output）に文で答えてください。反対も答えです",
    ),
    (
        {fund.REQUEST},
        "accept it, or hold it (`on-hold`) with a reason and the day on which it is looked at again (`look-again`)",
        "受け付けるか、理由と次に見直す日（look-again）を書いて保留（on-hold）にしてください",
    ),
)
"""What whoever may not refuse does instead, where that is neither to hand on nor to call the coordinator."""

_TAKEN = (
    {vocabulary.ESCALATE},
    "complete it with what was advised as its outcome, or have who called take it back (`cancelled`) and call the "
    "other coordinator",
    "助言したことを結果（output）に書いて終えるか、連絡した側に取り下げて（cancelled）もらい、"
    "もう一人の推進員に連絡し直してもらってください",
)
"""What stands once it is accepted is put to nobody else."""


def not_refused(change: Transition) -> Iterator[Issue]:
    """R5: whoever a Task is addressed to may not reject it; the agency that asks may take it back, and who confirmed a
    birth date or a death that."""
    if _is_the_askers(change) or not change.turns("status") or _takes_back(change):
        return
    status = change.record.get("status")
    if status == "rejected" and vocabulary.COOPERATE in coding.of(change.record.get("code")):
        return  # a reason is asked for in `cooperation` (R32)
    if status in _REFUSALS and vocabulary.COOPERATE in coding.of(change.record.get("code")):
        yield violation(
            "R32",
            f"who cannot cooperate answers not `{status}` but `rejected`, with the reason (`statusReason.text`) and "
            "how it could be done (an `output` of the type `how-it-could-be-done`)",
            f"協力できないときは `{status}` ではなく `rejected` とし、理由（statusReason.text）と、"
            "「どうやったら出来るのか」（output、種類は how-it-could-be-done）を書いてください",
            "Task.status",
        )
    elif status in _REFUSALS:
        taken = (change.before or {}).get("status") in vocabulary.TAKEN_ON
        codes, ways = coding.of(change.record.get("code")), ((_TAKEN, *_WAYS) if taken else _WAYS)
        onward = _ONWARD_FROM_HERE if taken else _ONWARD
        way, ja = next((said for kinds, *said in ways if kinds & codes), onward)
        yield violation(
            "R5",
            f"an agency may not refuse another agency's referral: `{status}` is not for the one asked; {way}",
            f"他機関からの相談は断れません（`{status}` は不可）。{ja}",
            "Task.status",
        )


def not_passed_on(change: Transition) -> Iterator[Issue]:
    """R12a: the Task keeps its agency until the next one has accepted its own."""
    if change.action != "update" or not change.turns("owner") or _is_the_askers(change):
        return
    owner = reference.one(change.record, "owner")
    if not (change.duty_context.agencies(owner) | {owner}) & change.facts.keeps:
        yield violation(
            "R12a",
            "a referral keeps its owner: hand over with a new Task partOf this one, and complete this one with that as "
            "its output (`handed-on`) once the next agency has accepted",
            "次の機関が受け付けるまで担当は変わりません。新しい Task（partOf）で引き継ぎ、次の機関が受け付けたら、"
            "それを結果（output、handed-on）に書いて終えてください",
            "Task.owner",
        )


def owner_answers(change: Transition) -> Iterator[Issue]:
    """P2: the one asked answers the Task; what was asked is not theirs to rewrite, nor how it is labelled."""
    if change.action != "update" or _is_the_askers(change):
        return
    before, after = change.before or {}, change.record
    rewritten = [
        element
        for element in sorted({*before, *after} - _ANSWER - {"meta"})
        if before.get(element) != after.get(element)
    ]
    for element in (*rewritten, *(f"meta.{element}" for element in labels.changed(before, after))):
        text = f"only the agency that asks may change `{element}`: answer by status, reason, output or note"
        ja = f"`{element}` を変更できるのは依頼元だけです。状態・理由・結果・メモで答えてください"
        yield violation("P2", text, ja, f"Task.{element}", "forbidden")


def _takes_back(change: Transition) -> bool:
    done = change.before or {}
    confirmed = vocabulary.CONFIRMED_ON_PAPER & coding.of(done.get("code")) and done.get("status") == "completed"
    return bool(confirmed) and change.record.get("status") == "entered-in-error"


def _is_the_askers(change: Transition) -> bool:
    return change.custodian in change.facts.keeps
