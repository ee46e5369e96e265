"""What the papers of a person do to one another, carried out in the transaction that files, ends or verifies one.

docs/policy.md, "consent"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent import evidence
from consent.writing import after_image, server_version, superseding
from consent.writing.superseding import Settled
from resources.record import parse
from resources.record.version import Version
from resources.search.relation import Relation


class Beside(after_image.Beside, Protocol):
    """The unit of work: it stores versions, and knows of those whose rows have changed."""

    async def put(
        self, version: Version, resource: Mapping[str, Any] | None, before: Version | None, *, new: bool = False
    ) -> None: ...

    def put_down(
        self, version: Version, resource: Mapping[str, Any] | None, before: Version | None
    ) -> frozenset[Relation]: ...


async def settle(unit: Beside, consent: Mapping[str, Any]) -> list[Settled]:
    """Let the papers of a person do to one another what they do; those that are over, each with its new version."""
    done = []
    for each in await superseding.settled(unit.tx, consent, unit.tx.instant):
        unit.put_down(each.after, evidence.body(each.after), each.before)
        if each.over:
            sent = parse.editable(each.after.body) | {"status": "inactive"}
            after, resource = await server_version.of(unit, each.after, sent)
            await unit.put(after, resource, each.after)
            done.append(replace(each, after=after))
        else:
            done.append(each)
    return done
