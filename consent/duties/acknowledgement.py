"""Secrecy is explained twice, and each member acknowledges it twice, for themselves.

Ordinance art. 6; R34 and R35 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import coding, envelope, reference
from resources.record.problem import Issue

_LETTERS = {conference.INVITATION, conference.OPENING_NOTICE}


def one_s_own(change: Transition) -> Iterator[Issue]:
    """R35: an acknowledgement is made once, by the person it binds, in answer to a letter of that meeting."""
    kinds = coding.of((change.before or {}).get("category")) | coding.of((change.after or {}).get("category"))
    if conference.ACKNOWLEDGEMENT not in kinds:
        return
    if change.action != "create":
        text, ja = "an acknowledgement stands as it was made", "守秘義務の確認は変更できません"
        yield violation("R35", text, ja, "Communication")
        return
    if reference.one(change.record, "sender") not in change.facts.seats:
        text, ja = "secrecy is acknowledged by the person it binds", "守秘義務の確認は本人が行います"
        yield violation("R35", text, ja, "Communication.sender")
    meeting = reference.one(change.record, "encounter")
    answered = [change.look(name) for name in reference.many(change.record, "inResponseTo")]
    if not any(
        letter and coding.of(letter.get("category")) & _LETTERS and reference.one(letter, "encounter") == meeting
        for letter in answered
    ):
        yield violation(
            "R35",
            "an acknowledgement answers the invitation or the opening notice of its meeting",
            "守秘義務の確認は、その会議の招集通知または冒頭の説明への返信として行います",
            "Communication.inResponseTo",
        )


def letters_of_the_meeting(change: Transition) -> Iterator[Issue]:
    """R35: the convener or the secretariat writes the invitation and the opening notice; they say the penalty (R34)."""
    letters = coding.of((change.before or {}).get("category")) | coding.of((change.after or {}).get("category"))
    if not letters & _LETTERS:
        return
    meeting = change.look(reference.one(change.record, "encounter"))
    if meeting is None or not envelope.is_conference(meeting):
        text, ja = "the letter belongs to a conference", "支援会議（encounter）を記入してください"
        yield violation("R35", text, ja, "Communication.encounter")
        return
    leading = {
        seat.member
        for seat in conference.seats(meeting)
        if seat.functions & {vocabulary.CONVENER, vocabulary.SECRETARIAT} and seat.taken(change.facts.actor.now)
    }
    if not leading & change.facts.seats:
        yield violation(
            "R35",
            "the convener or the secretariat explains secrecy",
            "守秘義務の説明は招集者または事務局が行います",
            "Communication.sender",
            "forbidden",
        )
    if not any(part.get("contentString", "").strip() for part in change.record.get("payload") or ()):
        text, ja = "the letter says the duty of secrecy and its penalty", "守秘義務と罰則の説明（payload）が必要です"
        yield violation("R34", text, ja, "Communication.payload")
