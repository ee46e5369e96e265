"""Secrecy is explained twice, and each member acknowledges it twice, for themselves.

Ordinance art. 6; R34 and R35 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
        text = "secrecy is acknowledged by the person it binds: under their own sign-in (`$acknowledge`)"
        ja = "守秘義務の確認は本人が行います。本人がサインインして確認してください（$acknowledge）"
        yield violation("R35", text, ja, "Communication.sender")
    meeting = reference.one(change.record, "encounter")
    answered = [change.look(name) for name in reference.many(change.record, "inResponseTo")]
    letters = [
        letter
        for letter in answered
        if letter and coding.of(letter.get("category")) & _LETTERS and reference.one(letter, "encounter") == meeting
    ]
    if len(letters) != 1 or len(answered) != 1:
        yield violation(
            "R35",
            "an acknowledgement answers one letter of its meeting: the invitation, or else the opening notice",
            "守秘義務の確認は、その会議の招集通知と冒頭の説明のそれぞれに、一通ずつ返信して行います",
            "Communication.inResponseTo",
        )
    elif conference.OPENING_NOTICE in coding.of(letters[0].get("category")) and not _is_open(change.look(meeting)):
        yield violation(
            "R35",
            "the opening notice is acknowledged once the meeting is open",
            "冒頭の説明の確認は、会議が開いてから行います",
            "Communication.inResponseTo",
        )


def _is_open(meeting: Mapping[str, Any] | None) -> bool:
    return meeting is not None and meeting.get("status") == "in-progress"


def letters_of_the_meeting(change: Transition) -> Iterator[Issue]:
    """R35: the convener or the secretariat writes the invitation and the opening notice; they say the penalty (R34)."""
    letters = coding.of((change.before or {}).get("category")) | coding.of((change.after or {}).get("category"))
    if not letters & _LETTERS:
        return
    meeting = change.look(reference.one(change.record, "encounter")) or {}
    if not envelope.is_conference(meeting):
        text, ja = "the letter belongs to a conference", "支援会議（encounter）を記入してください"
        yield violation("R35", text, ja, "Communication.encounter")
        return
    # The invitation is written before the day of the meeting, with which the seats may begin.
    there = conference.Seat.taken if conference.OPENING_NOTICE in letters else conference.Seat.kept
    leading = {
        seat.member
        for seat in conference.seats(meeting)
        if seat.functions & {vocabulary.CONVENER, vocabulary.SECRETARIAT} and there(seat, change.facts.actor.now)
    }
    if not leading & change.facts.seats:
        yield violation(
            "R35",
            "the convener or the secretariat explains secrecy: ask them to (`$invite`)",
            "守秘義務の説明は招集者または事務局が行います。招集者か事務局に頼んでください（$invite）",
            "Communication.sender",
            "forbidden",
        )
    if change.after is None:
        return
    if conference.OPENING_NOTICE in letters and change.before is None and not _is_open(meeting):
        text, ja = "the opening notice is given at the opening: open the meeting first", _AT_THE_OPENING
        yield violation("R35", text, ja, "Communication.encounter")
    current = change.duty_context.law.notice(conference.legal_basis(meeting), change.facts.actor.now)
    if not coding.codes(change.after.get("topic"), "secrecy-notice") & current:
        named = ", ".join(sorted(current))
        yield violation(
            "R34",
            "the letter carries the penalty notice in its current wording: `topic` with the code of `secrecy-notice` "
            f"that is in force ({named}); a text alone is not enough",
            f"知らせには、いま用いられる守秘義務と罰則の説明（topic に secrecy-notice の {named}）が必要です。"
            "自由な文だけでは足りません",
            "Communication.topic",
        )


_AT_THE_OPENING = "冒頭の説明は、会議を開いてから行います。先に会議を開いてください"
