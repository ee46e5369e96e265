"""The protections of a Patient as locks: a place opens only to who is named by each of them.

docs/policy.md, D1. Until the lead section confirms it, a later lock takes nothing from those whom an earlier one names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consent.secrecy import protection
from resources.record import period
from resources.search.relation import FOREVER

MOST = 4
"""So many protections of one person are told apart; what a fifth and more name is what all of these name."""

Lock = Mapping[str, str]
"""Whom a lock opens to: an agency, desk, post or person, and the first instant at which it does no longer."""


def of(patient: Mapping[str, Any]) -> tuple[Lock, ...]:
    """The locks of a Patient, each as whom it opens to. One lasts until a person lifts it."""
    labels = protection.labels(patient)
    found = [opens(labels, place) for place in range(len(labels))]
    if len(found) <= MOST:
        return tuple(found)
    last, *others = found[MOST - 1 :]
    for each in others:
        last = {who: min(until, each[who]) for who, until in last.items() if who in each}
    return (*found[: MOST - 1], last)


def opens(labels: Sequence[protection.Label], place: int) -> dict[str, str]:
    """Whom one of these labels opens to: whom it names and, while it is not confirmed, whom those before it name."""
    found: dict[str, str] = {}
    for label in labels[place : place + 1] if protection.confirmed(labels[place]) else labels[: place + 1]:
        for who, until in _named(label):
            found[who] = max(until, found.get(who, ""))
    return found


def awaits(labels: Sequence[protection.Label], place: int) -> bool:
    """Whether this lock takes nothing yet from those whom an earlier one names."""
    return place > 0 and not protection.confirmed(labels[place])


def tells(label: protection.Label, instant: str) -> frozenset[str]:
    """Who is on a list at this instant, and so is shown it: substitutes as long as they are."""
    return frozenset(who for who, until in _named(label) if instant < until)


def _named(label: protection.Label) -> list[tuple[str, str]]:
    days = [(who, period.span({"end": day})) for who, day in protection.substitutes(label)]
    lasting = [(who, FOREVER) for who in sorted(protection.named(label))]
    return [*((who, span[1]) for who, span in days if span), *lasting]
