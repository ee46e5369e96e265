"""What the duties are told beside a record that is written: what stands around it, as far as its writer reads it.

docs/policy.md, "duties" and "nothing leaks".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent import duties, duty_context, sight
from consent.duty_context import DutyContext
from consent.writing import after_image, superseding
from resources.record import envelope
from resources.record.version import Version

Body = Mapping[str, Any] | None


class Beside(after_image.Beside, Protocol):
    """The unit of work; `sources` are the records that those written in it are of."""

    sources: set[str]

    async def sees(self, version: Version) -> bool: ...


async def of(
    unit: Beside, before: Body, after: Body, version: Version, stood: Version | None, beside: Collection[str] = ()
) -> DutyContext:
    """Around a record as it was and as it is to be, by this version; `stood` is the one before it. Those that come
    `beside` it may be of it, too."""
    law, now = unit.engine.ordinance, unit.facts.actor.now
    around = DutyContext()
    if version.type in duties.BY_TYPE:
        around = await duty_context.of(after or before or {}, unit.tx, now, law, unit.sees, before)
    if not after:
        return around
    if version.type == "Consent" and (before or {}).get("status") != after.get("status"):
        around = replace(
            around, papers=await superseding.filed(unit.tx, after, envelope.value(version.terms, ".custodian"))
        )
    kept = unit.facts.successions.kept_by({envelope.value(version.terms, ".custodian")})
    named = version.reference in unit.sources or bool(beside)
    return replace(around, sight=await sight.of(stood, version, unit.look_up, unit.tx, kept, named=named))
