"""What the papers of a person do to one another, carried out in the transaction that files, ends or verifies one.

docs/policy.md, "consent"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent.writing import after_image, server_version, superseding
from consent.writing.superseding import Settled
from resources.record import parse
from resources.record.version import Version


class Beside(after_image.Beside, Protocol):
    """The unit of work: it stores versions, and knows of those whose rows have changed."""

    async def put(
        self, version: Version, resource: Mapping[str, Any] | None, before: Version | None, *, new: bool = False
    ) -> None: ...

    async def amend(self, version: Version, before: Version) -> None: ...


async def settle(unit: Beside, consent: Mapping[str, Any]) -> list[Settled]:
    """Let the papers of a person do to one another what they do; those that are over, each with its new version."""
    return await _done(unit, await superseding.settled(unit.tx, consent, unit.tx.instant))


async def settle_anew(unit: Beside, person: str) -> list[Settled]:
    """The same of all that a person ended by a word, under any name that they have."""
    return await _done(unit, await superseding.settled_anew(unit.tx, person, unit.tx.instant))


async def _done(unit: Beside, settled: Iterable[Settled]) -> list[Settled]:
    done, over = [], list[tuple[Version, Mapping[str, Any], Version]]()
    for each in settled:
        if each.over:
            sent = parse.editable(each.after.body) | {"status": "inactive"}
            over.append((*await server_version.of(unit, each.after, sent), each.after))
        done.append(replace(each, after=over[-1][0]) if each.over else each)
        if each.new:
            await unit.amend(each.after, each.before)
    for after, resource, before in over:
        await unit.put(after, resource, before)
    return done
