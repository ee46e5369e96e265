"""What a write would do to what others see of a household: found before it is judged, for the duties.

R13, R16, R17, R37 and R44 of the domain; docs/policy.md, P5, P6 and P13.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from consent import losing_sight, of_others, strayed, unfixed
from consent.losing_sight import Working
from consent.of_others import LookUp
from consent.relations.at_work import Carrying
from resources.record.version import Version
from resources.store.port import Snapshot


@dataclass(frozen=True, slots=True)
class Sight:
    """`losing` is who works on what comes to be of another household too, `hidden` on what comes to be very restricted,
    `arriving` on the household to which a plan comes that was another's; `of_others` by what a case or plan comes to be
    of another agency's record; `strayed` are the case and plans of a call that its coordinator would not read,
    `unfixed` how one comes to be about somebody without roles."""

    losing: Working = field(default_factory=dict)
    of_others: frozenset[str] = frozenset()
    strayed: frozenset[str] = frozenset()
    hidden: Working = field(default_factory=dict)
    arriving: Working = field(default_factory=dict)
    unfixed: tuple[str, Carrying] = "", Carrying()


async def of(
    before: Version | None, after: Version, look_up: LookUp, view: Snapshot, kept: Collection[str], *, named: bool
) -> Sight:
    """Of a version that may have been `named` by one beside it; `kept` are the agencies whose files its keeper has."""
    return Sight(
        await losing_sight.of(before, after, view),
        await of_others.come(before, after, look_up, view, kept, named=named),
        await strayed.brought(after, view, kept),
        await losing_sight.hidden(before, after, view),
        await losing_sight.arriving(before, after, view),
        await unfixed.of(before, after, view),
    )
