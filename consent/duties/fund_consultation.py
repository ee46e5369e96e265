"""In an emergency the fund is consulted on: the coordinator asks, who was asked answers in person, and it stands.

F6 of the domain (slide 28); docs/decisions/0012-the-fund.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources import due, fund
from resources.record import reference
from resources.record.problem import Issue

_ASKED = frozenset({vocabulary.LEAD_SECTION, vocabulary.ADVISER})
_QUESTION = ("code", "focus", "for", "requester", "description", "input")
_ANSWER = ("status", "owner", "output")


def consulted(change: Transition) -> Iterator[Issue]:
    """F6: the coordinator consults, the lead section and an adviser answer, each themselves and in words."""
    was, becomes = (fund.is_of(each, fund.CONSULTATION) for each in (change.before, change.after))
    if change.before and change.after and was != becomes:
        text, ja = (
            "a Task is a consultation from its beginning, or is none",
            "諮る Task は、初めから諮るものとして作ります",
        )
        yield _wrong(text, ja, "code")
    elif was and (change.before or {}).get("status") == "completed":
        yield from _answered(change)
    elif becomes:
        yield from _asked(change)
        yield from _answers(change)


def _asked(change: Transition) -> Iterator[Issue]:
    task = change.record
    if not change.before and vocabulary.COORDINATOR not in change.held:
        text = (
            "in an emergency it is the coordinator who consults the lead section and the adviser: what waits for that "
            "is on their worklist (`consult-on-fund`)"
        )
        ja = (
            "緊急の場合に市とアドバイザーに諮るのは推進員です。"
            "諮るべき申請は、推進員の「することの一覧」（consult-on-fund）に出ています"
        )
        yield _wrong(text, ja, "requester", "forbidden")
    elif not change.duty_context.functions(reference.one(task, "owner")) & _ASKED:
        text = "consulted is the lead section, or an adviser: name the post as owner"
        yield _wrong(text, "諮る相手は主管課かアドバイザーの職です（owner）", "owner")
    elif not fund.is_of(change.look(reference.one(task, "focus")), fund.REQUEST):
        text = "a consultation is on a request to the fund: name it as focus"
        yield _wrong(text, "ファンドの申請（fund-request の Task）を focus に記入してください", "focus")
    if change.before and any(change.turns(element) for element in _QUESTION):
        text = "what was asked stands, since it is answered: take it back (`cancelled`), and consult anew"
        yield _wrong(text, "諮った内容は書き換えられません。取り下げて（cancelled）、改めて諮ってください", "focus")


def _answers(change: Transition) -> Iterator[Issue]:
    task = change.record
    answers = task.get("status") in (*vocabulary.TAKEN_ON, "completed") and change.turns("status")
    if (answers or change.turns("output")) and not _is_asked(change):
        yield _wrong(
            "the answer is that of the post that was asked (`owner`): nobody writes it for them. An adviser who has no "
            "account answers on paper (extension `carried-on-paper`), and the coordinator writes that down",
            "答えるのは、諮られた職（owner）の人です。代わりには書けません。アカウントのないアドバイザーの答えは、"
            "紙で受けて（拡張 carried-on-paper）推進員が書きとめます",
            "status",
            "forbidden",
        )
    elif task.get("status") == "completed" and not fund.answered(task):
        text = "a consultation ends with an answer in words, in an `output`"
        yield _wrong(text, "答えを文で `output` に書いて終えてください", "output")


def _is_asked(change: Transition) -> bool:
    """Whether the writer is who was asked, or of the lead section as that is; or takes down an adviser's paper."""
    around, owner = change.duty_context, reference.one(change.record, "owner")
    if around.references(owner) & change.facts.seats:
        return True
    asked = around.functions(owner)
    if vocabulary.LEAD_SECTION in asked:
        held = change.facts.holds(vocabulary.LEAD_SECTION)
        return bool({post.agency for post in held} & around.agencies(owner))
    return vocabulary.ADVISER in asked and due.on_paper(change.record) and vocabulary.COORDINATOR in change.held


def _answered(change: Transition) -> Iterator[Issue]:
    for element in (*_QUESTION, *_ANSWER):
        if change.action == "delete" or change.turns(element):
            text, ja = "what was answered stands as it was written", "諮って得た答えの記録は書き換えられません"
            yield _wrong(text, ja, element)
            return


def _wrong(text: str, ja: str, element: str, code: str = "business-rule") -> Issue:
    return violation("F6", text, ja, f"Task.{element}", code)
