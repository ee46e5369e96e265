"""The next version of a record that the server itself writes: nobody becomes the writer of a value by it.

docs/policy.md, D1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from consent import after_image
from consent.prepared import Change, Prepared, timeless
from consent.redaction import texts
from resources.record import envelope, parse
from resources.record.version import Version


class Beside(after_image.Beside, Protocol):
    """The unit of work, in which records can be looked up."""

    async def look_up(self, name: str) -> Version | None: ...


async def of(unit: Beside, before: Version, sent: dict[str, Any]) -> tuple[Version, Mapping[str, Any]]:
    """The version after this one, of a resource in which no text has moved, and its resource."""
    resource = orjson.loads(parse.write(sent))
    for name in sorted(envelope.sources_of(resource) | envelope.read(before.terms).of):
        await unit.look_up(name)
    unsent = frozenset(f"{pointer} {pointer}" for pointer, _, _ in texts(unit.engine.harmless, resource))
    found = frozenset(unit.engine.terms(timeless(resource)))
    change = Change("update", before.type, before.id)
    return await after_image.of(unit, Prepared(change, sent, resource, found, masked=True, unsent=unsent), before)
