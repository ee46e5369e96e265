"""What the birth date that stands makes of the signature on a consent, and what is kept of that.

docs/policy.md, "standing", birth date: undone, it is as if it had never been confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.standing import signature, signing
from consent.verdict import ALWAYS, BORN, LAPSES, PAPER, UNFOUNDED, Verdict
from resources.record import period
from resources.record.version import Version
from resources.search.relation import values
from resources.store.port import Snapshot


def turns(before: Version | None, written: Version) -> bool:
    """Whether this version of a Task makes another birth date stand, or takes it back."""
    had, has = (set(values(each.terms, BORN)) if each else set() for each in (before, written))
    return had != has


def bears_on(kept: Verdict) -> bool:
    """Whether a birth date bears on this consent: it was signed on paper, and counts."""
    return kept.counts and bool(kept.note(PAPER))


def stands(kept: Verdict) -> str:
    """What the birth date made of its signature, as it is kept."""
    return kept.aged or next(iter(kept.note(LAPSES)), ALWAYS)


async def made_of(view: Snapshot, consent: Mapping[str, Any]) -> str:
    """What the birth date that stands makes of the signature on a consent."""
    known = await signing.aged(view, consent)
    if not signature.founded(consent, known):
        return UNFOUNDED
    lapses = signature.lapses(consent, known)
    return period.instant(lapses) if lapses else ALWAYS
