"""What the server writes to others because of a write: with that where it is little, and else right after it.

docs/policy.md, "what follows a revocation"; docs/operations.md, "limits". Much is left with the write, in the same
transaction: both are there, or neither.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from consent.writing import server_record
from consent.writing.after_image import Own
from consent.writing.apart import LETTERS, Apart
from resources.record.envelope import Origin
from resources.record.version import Version

LEFT = "letters"
"""Under which name those lie that are left: some by one key, to be written in one transaction."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record of the server's own making, without an id, and the agency that keeps it; empty for none."""

    resource: dict[str, Any]
    keeper: str


class Beside(server_record.Beside, Protocol):
    """The unit of work, in which some letters have room."""

    apart: Apart


async def written(unit: Beside, letters: Sequence[Letter]) -> list[Version]:
    """Write them where they are few, else leave them with what is written: those that are there already."""
    if len(letters) <= unit.apart.letters:
        unit.apart.letters -= len(letters)
        return [await _one(unit, each) for each in letters]
    for place in range(0, len(letters), LETTERS):
        some = [{"resource": each.resource, "keeper": each.keeper} for each in letters[place : place + LETTERS]]
        await unit.tx.leave(LEFT, str(uuid.uuid4()), orjson.dumps(some))
    unit.apart.left.add(LEFT)
    return []


async def fetched(unit: Beside) -> list[Version] | None:
    """Write some that were left, which are left no more; None where there are none."""
    some = await unit.tx.fetch(LEFT)
    return None if some is None else [await _one(unit, Letter(**each)) for each in orjson.loads(some)]


async def _one(unit: Beside, letter: Letter) -> Version:
    return await server_record.written(unit, str(uuid.uuid4()), letter.resource, Own(Origin(letter.keeper, "")))
