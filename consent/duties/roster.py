"""Who sits at the table: members of the standing roster, and an agency of every field the household needs.

Ordinance art. 3 and 4(1): R29; R38 of the domain (slide 5: no health center where a mental illness was suspected).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from consent import vocabulary
from consent.transition import Transition, violation
from resources import conference
from resources.record import coding, envelope, wording
from resources.record.problem import Issue

_FIELDLESS = {"other"}


def kept_by_convener(change: Transition) -> Iterator[Issue]:
    """Art. 3: the standing roster is the convener's to keep."""
    teams = [team for team in (change.before, change.after) if team]
    standing = any(vocabulary.STANDING_ROSTER in coding.of(team.get("category")) for team in teams)
    if standing and vocabulary.CONVENER not in change.held:
        text = "the convener keeps the standing roster: tell them who joins or leaves"
        ja = "構成員名簿は支援会議の所管課長が管理します。加わる人や外れる人は所管課長に伝えてください"
        yield violation("art. 3", text, ja, "CareTeam.category", "forbidden")


def members_are_standing(change: Transition) -> Iterator[Issue]:
    """R29: this meeting's members are selected from the standing roster."""
    if not envelope.is_conference(change.after) or not change.turns("participant"):
        return
    for place, seat in enumerate(conference.seats(change.record)):
        known = change.duty_context.references(seat.member) & change.duty_context.standing
        if vocabulary.CONVENER in seat.functions:
            if vocabulary.CONVENER not in change.duty_context.functions(seat.member):
                yield violation(
                    "R29",
                    f"`{seat.member}` is no convener: seat them as a member of the standing roster",
                    f"`{seat.member}` は所管課長ではありません。招集者の席に着けるのは所管課長だけです",
                    f"Encounter.participant[{place}].individual",
                )
        elif not known:
            yield violation(
                "R29",
                f"`{seat.member}` is not on the standing roster: choose among its members, or have it amended first",
                f"`{seat.member}` は構成員名簿にありません。名簿から選定するか、先に名簿に加えてください",
                f"Encounter.participant[{place}].individual",
            )


def fields_at_table(change: Transition) -> Iterator[Issue]:
    """R38: before a meeting opens, takes up who joined since or seats somebody else, each field of the household's
    concerns is at the table or its absence explained; a concern that came later is warned of when it closes."""
    if not envelope.is_conference(change.after) or change.record.get("status") not in ("in-progress", "finished"):
        return
    closes = change.record.get("status") == "finished"
    if not change.turns("status") and (closes or not _widens(change)):
        return
    gaps = conference.roster_gaps(change.record).items()
    explained = {field for field, reason in gaps if wording.tells(reason)}
    missing = change.duty_context.concerns - change.duty_context.at_table - explained - _FIELDLESS
    for field in sorted(missing):
        missed = violation(
            "R38",
            f"no agency of the field `{field}` is on the roster: invite one, or give the reason (`roster-gap`)",
            f"困りごと `{field}` の分野の機関が出席者にいません。招集するか、理由（roster-gap）を記入してください",
            "Encounter.participant",
        )
        yield replace(missed, severity="warning") if closes else missed


def _widens(change: Transition) -> bool:
    """Whether it takes up who joined since, or seats somebody new: to take a seat away is never held up."""
    was, now = ({seat.member for seat in conference.seats(each or {})} for each in (change.before, change.after))
    return bool(now - was) or conference.adds_persons(change.before or {}, change.record)
