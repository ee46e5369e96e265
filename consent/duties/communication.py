"""A letter is from who writes it, and what the server tells nobody else tells.

docs/policy.md, P2 and "what follows a revocation".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import office, vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import coding, reference
from resources.record.problem import Issue

_AGENCY = {"PractitionerRole": "organization", "HealthcareService": "providedBy"}
_PERSONS = ("Patient/", "RelatedPerson/")
_OF_A_MEETING = frozenset({conference.INVITATION, conference.OPENING_NOTICE, conference.ACKNOWLEDGEMENT})


def in_one_s_own_name(change: Transition) -> Iterator[Issue]:
    """P2: the sender is the writer's agency, or a post of it. What came on paper is addressed to the writer's own.

    Who writes the letters of a meeting, and who answers them, is judged in `acknowledgement`.
    """
    if coding.of(change.record.get("category")) & _OF_A_MEETING:
        return
    sender = reference.one(change.record, "sender")
    if change.after is None or not sender or sender.startswith(_PERSONS) or not change.turns("sender"):
        return
    recipients = reference.many(change.record, "recipient")
    received = bool(recipients) and all(_is_own(change, one) for one in recipients)
    if not received and not _speaks_as(change, sender):
        yield violation(
            "P2",
            "a letter is sent in one's own name: name your agency or a post of it (that of a coordinator, a convener, "
            "an auditor or the lead section where you hold such a post there); one that you received on paper is "
            "addressed to your own agency",
            "連絡は自分の機関の名で送ります。自分の機関かその職を記入してください（推進員・所管課長・監査担当・主管課の職を"
            "記入できるのは、同じ職にある人です）。紙で受け取った連絡は、自分の機関をあて先にします",
            "Communication.sender",
            "forbidden",
        )


def told_by_the_server(change: Transition) -> Iterator[Issue]:
    """P2, P3, P12, R12, R17, R40: that what was received is a mistake, that a case is not read, that a consent begins
    or has ended, that the directory has changed, or a request was not answered, is told by the server alone."""
    had, has = (coding.of((body or {}).get("category")) for body in (change.before, change.after))
    if vocabulary.OVERLAP_NOTICE in has - had:
        yield violation(
            "R40",
            "that two agencies support the same person is told by the server, and to the coordinator alone: ask the "
            "coordinator by a Task with the code `inquiry`",
            "別々の支援の知らせはサーバーが作成し、推進員だけに届きます。推進員には、符号 inquiry の仕事（Task）で"
            "問い合わせてください",
            "Communication.category",
            "forbidden",
        )
    if vocabulary.OVERDUE_NOTICE in has - had:
        yield violation(
            "R12",
            "that a request was not answered in time is told by the server: call the coordinator by a Task with the "
            "code `escalate-to-coordinator`",
            "返事のない依頼の知らせはサーバーが作成します。推進員には、符号 escalate-to-coordinator の仕事（Task）で"
            "連絡してください",
            "Communication.category",
            "forbidden",
        )
    if vocabulary.DIRECTORY_NOTICE in has - had:
        yield violation(
            "P12",
            "that the directory has changed is told by the server: give another category",
            "相談機関一覧の変更の知らせはサーバーが作成します。別の区分を記入してください",
            "Communication.category",
            "forbidden",
        )
    if vocabulary.MISTAKE_NOTICE in has - had:
        yield violation(
            "P2",
            "that what somebody received was entered in error is told by the server: mark the record itself "
            "(`entered-in-error`)",
            "誤りの記録の知らせはサーバーが作成します。記録そのものを誤り（`entered-in-error`）としてください",
            "Communication.category",
            "forbidden",
        )
    if vocabulary.SIGHT_NOTICE in has - had:
        yield violation(
            "R17",
            "that a case or plan is not read by those who work on it is told by the server: give another category",
            "事例や計画が読めないことの知らせはサーバーが作成します。別の区分を記入してください",
            "Communication.category",
            "forbidden",
        )
    if (has - had) & vocabulary.CONSENT_NOTICES:
        yield violation(
            "P3",
            "that a consent begins or has ended is told by the server: give another category",
            "同意の開始と終了の知らせはサーバーが作成します。別の区分を記入してください",
            "Communication.category",
            "forbidden",
        )


def _speaks_as(change: Transition, name: str) -> bool:
    """Whether the writer may say something in this name: of an office who holds it, or stands in for who does."""
    post = change.look(name)
    offices = office.of(post, reference.one(post or {}, "organization"))
    return bool(offices & change.facts.addressed) if offices else _is_own(change, name)


def _is_own(change: Transition, name: str) -> bool:
    """Whether it is the writer, their agency, or a post or desk of it."""
    agency = reference.one(change.look(name) or {}, _AGENCY.get(name.partition("/")[0], ""))
    return name in change.facts.identities or agency in change.facts.agencies
