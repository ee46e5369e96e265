"""Which meetings have their roster to be looked at again: a concern or a person came, or who attends is not invited.

R21, R26 and R38 of the domain (slides 5 and 9); docs/policy.md, P4: who joins after the opening is before the meeting
only when added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent import duty_context, evidence, verdict, vocabulary
from consent.facts import Facts
from consent.relations import at_the_table, people
from consent.relations.people import Person
from resources import conference
from resources.record import reference, wording
from resources.record.version import Version
from resources.store.port import Snapshot

FIELDLESS = frozenset({"other"})
"""A field for which no agency is asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a field of the household's concerns is neither at the table nor explained, whether somebody of the
    household is not before the meeting, and whether one that is not open yet misses who attends such a conference. Of
    none more is told than that."""

    lacking: bool
    joined: bool
    unattended: bool


async def of(
    view: Snapshot, facts: Facts, meetings: Iterable[Version], advising: Mapping[str, frozenset[str]]
) -> Mapping[str, Check]:
    """Of each of these meetings, which the asker leads. `advising` are the fields of advisers by that of a concern."""
    found = {}
    for version in meetings:
        meeting = evidence.body(version)
        known = await people.of(view, reference.locals_of(meeting), facts.actor.now)
        here = await at_the_table.fields(meeting, known, view, facts.actor.now)
        concerns = await duty_context.concerns(meeting, view)
        missing = concerns - here - explained(meeting) - FIELDLESS
        fixed = verdict.read(version.terms).fixed
        members = {name for name in await duty_context.members_of(meeting, view) if name.startswith("Patient/")}
        joined = meeting.get("status") == "in-progress" and bool(fixed) and bool(members - fixed)
        asked = [advising[each] for each in concerns & advising.keys()]
        unattended = await _unattended(meeting, known, view, facts.actor.now, asked)
        found[version.reference] = Check(bool(missing), joined, unattended)
    return found


async def _unattended(
    meeting: Mapping[str, Any],
    known: Mapping[str, Person],
    view: Snapshot,
    now: datetime,
    advisers: list[frozenset[str]],
) -> bool:
    """R21, R26: what calling the conference was warned of, as long as it can still be put right by inviting them."""
    kinds = conference.kinds(meeting)
    if meeting.get("status") not in ("planned", "arrived") or not kinds & conference.DECIDING:
        return False
    seats = [known[seat.member].functions for seat in conference.seats(meeting) if seat.member in known]
    if set(vocabulary.ATTENDING) - frozenset[str]().union(*seats):
        return True
    if await at_the_table.without_department(meeting, known, view, now):
        return True
    there = await at_the_table.advisers(meeting, view, now) if "adviser-conference" in kinds else None
    return there is not None and any(not each & there for each in advisers)


def explained(meeting: Mapping[str, Any]) -> frozenset[str]:
    """The fields whose absence has a reason."""
    gaps = conference.roster_gaps(meeting).items()
    return frozenset(field for field, reason in gaps if wording.tells(reason))
