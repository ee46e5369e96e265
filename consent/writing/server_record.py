"""A record that the server itself writes: who keeps it is said, and no client can have written it so.

docs/policy.md, "standing": what a client may not write the server writes, in the transaction of an operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import orjson

from consent.secrecy.redaction import texts
from consent.writing import after_image, as_worded
from consent.writing.after_image import Own
from consent.writing.prepared import Change, Prepared
from resources.record import parse, reference
from resources.record.version import Version


class Beside(after_image.Beside, Protocol):
    """The unit of work, in which records can be looked up and stored."""

    async def look_up(self, name: str) -> Version | None: ...

    async def put(
        self, version: Version, resource: Mapping[str, Any] | None, before: Version | None, *, new: bool = False
    ) -> None: ...


async def written(unit: Beside, id: str, sent: dict[str, Any], own: Own, *, copied: Version | None = None) -> Version:
    """The first version of a new record, stored; of one that is `copied` from another nobody becomes the writer of a
    text by it, and who is asked for that one is asked for it."""
    for name in sorted(reference.locals_of(sent)):
        await unit.look_up(name)
    change = Change("create", sent["resourceType"], id)
    resource = orjson.loads(parse.write(sent | {"id": id}))
    ready = Prepared.of(unit.engine, change, sent, resource)
    if copied:
        unsent = frozenset(f"{pointer} {pointer}" for pointer, _, _ in texts(unit.engine.harmless, resource))
        ready = replace(ready, masked=True, unsent=unsent)
        own = replace(own, said=await as_worded.copied(unit, copied))
    made = await after_image.of(unit, ready, None, own)
    await unit.put(made.version, made.resource, None, new=True)
    return made.version
