"""Which meetings have their roster to be looked at again: a concern or a person came that was not there before.

R38 of the domain (slide 5); docs/policy.md, P4: who joins after the opening is before the meeting only when added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import duty_context, evidence, verdict
from consent.facts import Facts
from consent.relations import at_the_table, people
from resources import conference
from resources.record import reference
from resources.record.version import Version
from resources.store.port import Snapshot

FIELDLESS = frozenset({"other"})
"""A field for which no agency is asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a field of the household's concerns is neither at the table nor explained, and whether somebody of the
    household is not before the meeting. Of neither more is told than that."""

    lacking: bool
    joined: bool


async def of(view: Snapshot, facts: Facts, meetings: Iterable[Version]) -> Mapping[str, Check]:
    """Of each of these meetings, which the asker leads."""
    found = {}
    for version in meetings:
        meeting = evidence.body(version)
        known = await people.of(view, reference.locals_of(meeting), facts.actor.now)
        here = await at_the_table.fields(meeting, known, view, facts.actor.now)
        missing = await duty_context.concerns(meeting, view) - here - explained(meeting) - FIELDLESS
        fixed = verdict.read(version.terms).fixed
        members = {name for name in await duty_context.members_of(meeting, view) if name.startswith("Patient/")}
        joined = meeting.get("status") == "in-progress" and bool(fixed) and bool(members - fixed)
        found[version.reference] = Check(bool(missing), joined)
    return found


def explained(meeting: Mapping[str, Any]) -> frozenset[str]:
    """The fields whose absence has a reason."""
    gaps = conference.roster_gaps(meeting).items()
    return frozenset(field for field, reason in gaps if sum(letter.isalnum() for letter in reason) >= 2)
