"""What has reached another agency is theirs too: it is ended or taken back by its status, and stays.

docs/policy.md, P2: asker and owner keep a Task when it is done; who sent and who received a letter reads it, always.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import under_way, vocabulary
from consent.transition import Transition, violation
from resources.record import reference
from resources.record.problem import Issue

_ANSWERED = (*vocabulary.TAKEN_ON, "completed")
_UNSENT = ("preparation", "not-done", "entered-in-error")


def answered_stays(change: Transition) -> Iterator[Issue]:
    """P2: a request that another agency took on is taken back, not deleted: its answer would go with it."""
    if change.action != "delete" or change.record.get("status") not in _ANSWERED:
        return
    owner = reference.one(change.record, "owner")
    if owner and not _is_own(change, owner):
        yield violation(
            "P2",
            "what another agency has taken on stays with both of you: take it back by its status (`cancelled`) while "
            "it is open; what is done stays",
            "他の機関が受け付けた仕事は、双方の記録として残ります。削除はできません。"
            "済んでいなければ、取り下げ（`cancelled`）てください",
            "Task.status",
        )


def taken_on_stays(change: Transition) -> Iterator[Issue]:
    """R12a: what another agency took on by a Task stays about whom it was, and stays: that Task would be left without
    what it carries, or be about somebody else than was accepted."""
    if under_way.ACCEPTED in change.duty_context.under_way:
        yield violation(
            "R12a",
            "`subject` stands once a Task on this request is accepted, and the request stays: take the Task back "
            "(`cancelled`), and ask anew",
            "この依頼についての仕事（Task）を他の機関が受け付けた後は、`subject` の変更も削除もできません。"
            "その仕事を取り下げて（`cancelled`）から、新たに依頼してください",
            "ServiceRequest.subject",
        )


def sent_stays(change: Transition) -> Iterator[Issue]:
    """P2: a letter that another agency received is not taken from it, by deleting it or by leaving that one out."""
    before = change.before
    if before is None or before.get("status") in _UNSENT:
        return
    had, has = (reference.many(body or {}, "recipient") for body in (before, change.after))
    lost = (each for each in had if each not in has and not each.startswith(_PERSONS))
    if any(not _is_own(change, each) for each in lost):
        yield violation(
            "P2",
            "a letter that was sent stays with who received it: mark it `entered-in-error`, and write another",
            "送った連絡は、受け取った機関の記録でもあります。あて先を外したり削除したりせず、"
            "誤記（`entered-in-error`）として、改めて送ってください",
            "Communication.recipient",
        )


_PERSONS = ("Patient/", "RelatedPerson/", "Group/")


def _is_own(change: Transition, name: str) -> bool:
    """Whether it is the writer, their agency, or a post or desk of it."""
    desk = reference.one(change.look(name) or {}, "providedBy") if name.startswith("HealthcareService/") else name
    agencies = change.duty_context.agencies(name) | {desk}
    return name in change.facts.identities or bool(agencies & change.facts.agencies)
