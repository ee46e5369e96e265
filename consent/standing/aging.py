"""What the birth date that stands makes of the signature on a consent, and what is kept of that.

docs/policy.md, "standing", birth date: undone, it is as if it had never been confirmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence
from consent.standing import signature, signing
from consent.verdict import ALWAYS, BORN, LAPSES, PAPER, SAME, UNFOUNDED, Verdict
from resources.record import period, reference
from resources.record.version import Version
from resources.search.relation import values
from resources.store.port import Snapshot


def turns(before: Version | None, written: Version) -> bool:
    """Whether this version of a Task makes another birth date stand, or the person have other names, or takes it
    back."""
    return any(_said(before, name) != _said(written, name) for name in (BORN, SAME))


def of_whom(before: Version | None, written: Version) -> frozenset[str]:
    """Whom this version of a Task turns it for, by the names that it says they have or had."""
    return frozenset({reference.one(evidence.body(written), "focus"), *_said(before, SAME), *_said(written, SAME)})


def _said(version: Version | None, name: str) -> set[str]:
    return set(values(version.terms, name)) if version else set()


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
