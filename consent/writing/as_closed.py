"""What belongs to a record stays as closed as that is: what closes a record later closes what belongs to it at once.

docs/policy.md, "what belongs to a record" and "mistakes". No version comes of it, as where whom a record is
about grows.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from consent.relations import told_of
from resources.record import codes_said, envelope, mistake
from resources.record.envelope import LABEL, Envelope
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, has_one_of, term
from resources.search.relation import values
from resources.store.port import Query, Transaction

BELONGING: Predicate = EVERYTHING
"""Under this the server finds what belongs to a record, and what that belongs to; nothing of them is told."""


async def follow(tx: Transaction, version: Version, before: Version | None, *, unnamed: bool = False) -> set[str]:
    """Close what belongs to a record just put, or open it again, and its own earlier versions if it belongs to others
    itself, or is marked as a mistake now, or no longer. The references of those that have changed; nothing belongs to
    one that is `unnamed`."""
    done: set[str] = set()
    if before and _turns(before, version) and await _settled(tx, version):
        done.add(version.reference)
    had = envelope.closing(before.terms) if before else frozenset()
    waiting = [] if unnamed or had == envelope.closing(version.terms) else [version.reference]
    while waiting:
        belonging = all_of([has_one_of(".type", told_of.ELEMENT), has(".of", waiting.pop())])
        found = await tx.find(Query(belonging, history=True), within=BELONGING)
        latest = {each.reference: each for each in sorted(found.versions, key=lambda each: each.number)}
        for name in sorted(latest):
            if await _settled(tx, latest[name]):
                done.add(name)
                waiting.append(name)
    return done


def _turns(before: Version, version: Version) -> bool:
    """Whether the versions before this one may be closed otherwise from now on."""
    if (MISTAKEN in before.terms) != (MISTAKEN in version.terms):
        return True
    closes = envelope.closing(before.terms) != envelope.closing(version.terms)
    return version.type in told_of.ELEMENT and (
        closes or set(values(before.terms, ".of")) != set(values(version.terms, ".of"))
    )


async def _settled(tx: Transaction, current: Version) -> bool:
    """Whether the terms of a record had to change: what closes it as it is now closes every version of it."""
    versions = [await _numbered(tx, current, number) for number in range(1, current.number + 1)]
    belongs = current.type in told_of.ELEMENT
    closed = (await _closed(tx, current) if belongs else frozenset[str]()) | _mistake(versions)
    terms, own, changed = dict[int, tuple[str, ...]](), frozenset[str](), False
    for each in versions:
        own = _own(each) if belongs and not each.deleted else own
        over = envelope.closing(each.terms) if belongs else frozenset({MISTAKEN})
        wanted = (frozenset(each.terms) - over).union(own, closed, mistake.said(each.terms))
        terms[each.number], changed = tuple(sorted(wanted)), changed or wanted != frozenset(each.terms)
    if changed:
        await tx.amend(current.reference, terms, None)
    return changed


async def _closed(tx: Transaction, current: Version) -> frozenset[str]:
    """What closes the records that this one belongs to."""
    known: dict[str, Envelope | None] = {}
    for name in values(current.terms, ".of"):
        found = await tx.get(*name.split("/"), within=BELONGING)
        known[name] = envelope.read(found.terms) if found else None
    return told_of.closed(known, known.get)


async def _numbered(tx: Transaction, current: Version, number: int) -> Version:
    found = await tx.get(current.type, current.id, within=BELONGING, number=number)
    assert found is not None
    return found


def _mistake(versions: Sequence[Version]) -> frozenset[str]:
    """Whether a record is marked as a mistake as it is now; a deleted one as it last was."""
    last = next(each for each in reversed(versions) if not each.deleted)
    return frozenset({MISTAKEN} if mistake.is_marked(orjson.loads(last.body)) else ())


def _own(version: Version) -> frozenset[str]:
    """What it says itself; a deleted one as it last was."""
    meta = orjson.loads(version.body).get("meta") or {}
    return frozenset(term(LABEL, one) for one in codes_said.labels(meta.get("security")))
