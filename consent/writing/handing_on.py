"""Whom a record is about: taken from the records it is of, and handed on, as that grows, to the records that are of it.

docs/policy.md, "whom a record is about": the set never shrinks, so circles end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consent import derivation
from consent.relations import patient_links
from consent.relations.contributions import MEMBER
from consent.writing import as_closed
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, has, term
from resources.search.relation import FOREVER, values
from resources.store.port import Query, Transaction

DEPENDENT: Predicate = EVERYTHING
"""Under this the server finds the records that are of another; nothing of them is told."""


async def taken(tx: Transaction, sources: Iterable[Version]) -> frozenset[str]:
    """Of the records that another is of, whom it must take by name: who has left their households since they began.

    Who is a member now is followed at reading, and whom the records name is in their envelopes.
    """
    left = [await _left(tx, source, values(source.terms, ".household")) for source in sources]
    return frozenset().union(*left)


async def from_record(
    tx: Transaction,
    version: Version,
    resource: Mapping[str, Any] | None,
    before: Version | None,
    *,
    unnamed: bool = False,
) -> set[str]:
    """Bring along what depends on a version just put. The references of the records that have grown.

    Its own earlier versions are about whom it is about now; so are the records that are of it, deleted ones too. What
    belongs to it is as closed as it is now. A record is `unnamed` where it is so new that none can be of it.
    """
    grown: set[str] = set()
    waiting: list[tuple[Version, set[str]]] = []

    async def take(record: Version, handed: set[str]) -> None:
        if new := handed - set(record.terms):
            await tx.derive(record.reference, new)
            grown.add(record.reference)
            waiting.append((record, new))

    if new := set(derivation.handed(version.terms)).difference(derivation.handed(before.terms) if before else ()):
        if before:
            await tx.derive(version.reference, new)
        if not unnamed:
            waiting.append((version, new))
    for name in sorted(patient_links.same_as(resource or {})):
        if related := await tx.get(*name.split("/"), within=DEPENDENT):
            await take(related, {term(".subject", version.reference)})
    while waiting:
        source, new = waiting.pop()
        groups = [one.partition(" ")[2] for one in new if one.startswith(".household ")]
        handed = new | {term(".subject", one) for one in await _left(tx, source, groups)}
        found = await tx.find(Query(has(".of", source.reference), history=True), within=DEPENDENT)
        latest = {each.reference: each for each in sorted(found.versions, key=lambda each: each.number)}
        for name in sorted(latest):
            await take(latest[name], handed)
    return grown | await as_closed.follow(tx, version, before, unnamed=unnamed)


async def left(tx: Transaction, source: Version) -> list[tuple[str, str]]:
    """Who has left the households of a record since it was first written, and when."""
    return await _leaving(tx, source, values(source.terms, ".household"))


async def _left(tx: Transaction, source: Version, groups: Iterable[str]) -> frozenset[str]:
    return frozenset(person for person, _ in await _leaving(tx, source, groups))


async def _leaving(tx: Transaction, source: Version, groups: Iterable[str]) -> list[tuple[str, str]]:
    first, named = source.stored.first, sorted(groups)
    rows = await tx.rows((MEMBER, group) for group in named) if named else ()
    return [(row.relation.to, row.ended) for row in rows if first < row.ended != FOREVER]
