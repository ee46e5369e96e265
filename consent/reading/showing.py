"""A version as its reader may see it: whole, or without what tells a protected place or, to oneself, who reported.

docs/policy.md, D1 and P7. Who wrote a value is found from the versions, for the few records that are masked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from consent.engine import PolicyEngine
from consent.facts import Facts
from consent.reading import linked
from consent.relations import names
from consent.relations.contributions import PROTECTED, RELEASED
from consent.rule import Decision
from consent.secrecy import card, locks, protection, unreported, writers
from consent.secrecy.harmless_value import Sight
from consent.secrecy.redaction import Redaction
from resources.record import parse
from resources.record.envelope import CHECKED, PARTIES, PERSONS
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Around, values
from resources.store.port import Snapshot

_LISTS = f'/{protection.NAMED}"'.encode()

WRITTEN: Predicate = EVERYTHING
"""Under this the versions before one that may be read are looked at, for who wrote what stands in it."""


async def shown(engine: PolicyEngine, view: Snapshot, version: Version, decision: Decision, known: Facts) -> Version:
    """The version as its reader may see it; a list of whom a protection names is for those it names alone."""
    if version.deleted:
        return version
    if decision.masks:
        redaction = await redaction_of(engine, view, version, known)
        version = replace(version, body=parse.write(redaction.show(parse.editable(version.body))))
    elif version.type == "Patient" and _LISTS in version.body:
        version = _without_lists(version, known)
    if decision.card:
        version = card.of(version)
    if known.oneself:
        version = replace(version, body=parse.write(unreported.shown(parse.editable(version.body))))
    return await linked.shown(view, version, known) if version.type == "Patient" else version


def key_of(version: Version) -> Version:
    """As much of a version as is told to who has done something with a record that they may not read."""
    key = {"resourceType": version.type, "id": version.id, "meta": {"versionId": str(version.number)}}
    return replace(version, body=parse.write(key))


def _without_lists(version: Version, known: Facts) -> Version:
    """A Patient's version without the protections, lifted since, that do not name its reader."""
    body = parse.editable(version.body)
    for label in protection.labels(body):
        if not locks.tells(label, known.world.now) & known.identities:
            body = protection.less(body, label)
    return replace(version, body=parse.write(body))


async def redaction_of(engine: PolicyEngine, view: Snapshot, version: Version, known: Facts) -> Redaction:
    """What of a masked version is shown to this reader."""
    return Redaction(engine.harmless, version.type, await sight_of(engine, view, version, known))


async def sight_of(engine: PolicyEngine, view: Snapshot, version: Version, known: Facts) -> Sight:
    """What of a masked version is this reader's own."""
    parties = frozenset(PARTIES.of(version.terms, Around(version.stored, known.world)))
    wrote, checked = await written(engine, view, version, known.writer), frozenset(values(version.terms, CHECKED))
    is_party, released = bool(parties & known.identities), _released(version, known)
    return Sight(known.answers, is_party, lambda at: at in checked or wrote(at), released)


def _released(version: Version, known: Facts) -> frozenset[str]:
    """Who is released by the protections of every protected person that the version is about."""
    world = known.world
    persons = names.every(world, PERSONS.of(version.terms, Around(version.stored, world)))
    found = [
        frozenset(row.relation.to for row in world.rows(RELEASED, one) if row.holds(world))
        for one in persons
        if any(row.holds(world) for row in world.rows(PROTECTED[0], one))
    ]
    return frozenset.intersection(*found) if found else frozenset()


async def written(engine: PolicyEngine, view: Snapshot, version: Version, who: str) -> Callable[[str], bool]:
    """Says of the pointer of a text whether this person or system wrote it."""
    if not who or engine.harmless.entire(version.type):
        return lambda pointer: False
    first = max(1, version.number - writers.MOST_VERSIONS + 1)
    older = [await view.get(version.type, version.id, within=WRITTEN, number=at) for at in range(first, version.number)]
    known = writers.of(engine.harmless, [*(each for each in older if each), version])
    return lambda pointer: who in known.get(pointer, ())
