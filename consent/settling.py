"""What the papers of a person do to one another, carried out in the transaction that files, ends or verifies one.

docs/policy.md, "consent"; docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from consent import evidence, superseding
from consent.engine import PolicyEngine
from consent.superseding import Settled
from resources.record.version import Version
from resources.store.port import Transaction


class Beside(Protocol):
    """The unit of work: it stores versions, and knows of those whose rows have changed."""

    engine: PolicyEngine
    tx: Transaction

    async def put(self, version: Version, resource: Mapping[str, Any] | None, before: Version | None) -> None: ...

    def put_down(self, version: Version, resource: Mapping[str, Any] | None, before: Version | None) -> None: ...


async def settle(unit: Beside, consent: Mapping[str, Any]) -> list[Settled]:
    """Let the papers of a person do to one another what they do; those that are over, each with its new version."""
    done = []
    for each in await superseding.settled(unit.tx, consent, unit.tx.instant):
        unit.put_down(each.after, evidence.body(each.after), each.before)
        if each.over:
            after, resource = superseding.over(each.after, unit.tx.instant)
            terms = tuple(sorted(unit.engine.terms(resource).union(after.terms)))
            after = replace(after, terms=terms)
            await unit.put(after, resource, each.after)
            done.append(replace(each, after=after))
        else:
            done.append(each)
    return done
