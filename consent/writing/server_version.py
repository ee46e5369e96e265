"""The next version of a record that the server itself writes: nobody becomes the writer of a value by it.

docs/policy.md, D1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from consent import verdict
from consent.secrecy.redaction import texts
from consent.verdict import Verdict
from consent.writing import after_image, as_worded
from consent.writing.after_image import Beside, Own
from consent.writing.prepared import Change, Prepared
from resources.record import envelope, parse
from resources.record.envelope import Origin
from resources.record.version import Version


async def of(
    unit: Beside,
    before: Version,
    sent: dict[str, Any],
    stands: Verdict | None = None,
    *,
    origin: Origin | None = None,
) -> tuple[Version, Mapping[str, Any]]:
    """The version after this one, of a resource in which no text has moved, and its resource.

    Evidence counts as it `stands` now, else for what it counted before; it is kept as before, or by another `origin`.
    """
    resource = orjson.loads(parse.write(sent))
    for name in sorted(envelope.sources_of(resource) | envelope.read(before.terms).of):
        await unit.look_up(name)
    unsent = frozenset(f"{pointer} {pointer}" for pointer, _, _ in texts(unit.engine.harmless, resource))
    ready = Prepared.of(unit.engine, Change("update", before.type, before.id), sent, resource)
    ready = replace(ready, masked=True, unsent=unsent)
    own = Own(origin, stands or verdict.read(before.terms), await as_worded.stays(unit, before))
    made = await after_image.of(unit, ready, before, own)
    return made.version, made.resource
