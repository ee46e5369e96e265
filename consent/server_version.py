"""The next version of a record that the server itself writes: nobody becomes the writer of a value by it.

docs/policy.md, D1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from consent import after_image
from consent.prepared import Change, Prepared
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
    ready = Prepared.of(unit.engine, Change("update", before.type, before.id), sent, resource)
    return await after_image.of(unit, replace(ready, masked=True, unsent=unsent), before)
