"""The signatures of a person judged anew as another birth date comes to stand, or they have other names, at once.

docs/policy.md, "standing", birth date: undone, it is as if it had never been confirmed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

from consent import evidence, verdict
from consent.provision import provisions
from consent.relations import names
from consent.standing import aging
from consent.verdict import AGED, UNFOUNDED
from consent.writing import notices, superseding
from consent.writing.ended import Ended
from resources.record.version import Version
from resources.search.predicate import term


class Beside(notices.Beside, Protocol):
    """The unit of work."""


async def settled(unit: Beside, before: Version | None, written: Version) -> list[Version]:
    """Judge them, where this Task turns it; what was written to those whom something is closed to."""
    if written.type != "Task" or not aging.turns(before, written):
        return []
    told = []
    called = sorted(await names.known(unit.tx, aging.of_whom(before, written)))
    for person in called:
        told += await notices.settled_anew(unit, person)
    for person in called:
        done = [each async for each in _judged(unit, person)]
        told += await notices.over(unit, person, [Ended(each, over=True) for each in done if _closes(each)])
    return told


def _closes(consent: Version) -> bool:
    body = evidence.body(consent)
    granted = body.get("status") == "active" and provisions.permits(body)
    return granted and verdict.read(consent.terms).aged == UNFOUNDED


async def _judged(unit: Beside, person: str) -> AsyncIterator[Version]:
    """The papers on which it bears, as it leaves them."""
    for version in await superseding.papers(unit.tx, person):
        kept, body = verdict.read(version.terms), evidence.body(version)
        if not aging.bears_on(kept):
            continue
        said = await aging.made_of(unit.tx, body)
        if said != aging.stands(kept):
            after = replace(version, terms=tuple(sorted({*version.terms, term(AGED, f"{unit.tx.instant} {said}")})))
            await unit.amend(after, version)
            yield after
