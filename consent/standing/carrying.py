"""What a Task carries, and the chain in which it hands a request on: written down when it is made, and never changed.

docs/policy.md, P2; R9, R12 and R12a of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.facts import Facts
from consent.relations import hidden_place, role
from consent.relations.contributions import AGENCY, CARRIED, TAKEN
from consent.relations.role import Role
from resources.record import coding, envelope, period, reference
from resources.record.version import Version
from resources.search.relation import Gathered, values
from resources.store.port import Snapshot

REQUESTS = ("ServiceRequest/", "Task/")
_ELEMENTS = ("focus", "basedOn", "partOf")
_NO_HAND = vocabulary.NO_CARE | {vocabulary.COORDINATE}
"""What is asked of a post by its office is handed on to nobody."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """`carried` are the requests that its asker may hand on, and those above them; `above` the agencies of the chain,
    `known` those of them that the writer is shown.

    `handed` are those Tasks of which it is part that the writer has a part in; of these `received` are those by which
    another agency asks something of the writer's now, whether or not that has accepted, and `role` is what one of them
    puts to the writer's agency.
    """

    carried: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    handed: frozenset[str] = frozenset()
    received: frozenset[str] = frozenset()
    role: Role | None = None


NOTHING = Carrying()


async def of(view: Snapshot, resource: Mapping[str, Any], stored: Mapping[str, Version], facts: Facts) -> Carrying:
    """Of a Task what it carries; everything else carries nothing."""
    if resource["resourceType"] != "Task":
        return NOTHING
    named = {one for element in _ELEMENTS for one in reference.many(resource, element) if one.startswith(REQUESTS)}
    found = {name: stored[name] for name in sorted(named & stored.keys()) if _may_be_handed_on(stored[name])}
    own = {name for name, version in found.items() if await _is_party(view, version, facts)}
    own |= await _taken(view, found, facts)
    parents = {name for name in reference.many(resource, "partOf") if name in found}
    kept = {name: verdict.read(version.terms) for name, version in found.items()}
    between = frozenset[str]().union(*(kept[name].note(verdict.BETWEEN) for name in parents))
    further_up = {name: kept[name].note(verdict.ABOVE) for name in parents}
    # Of a request about a protected person its parties are shown who asked them, and nobody above that (D1).
    hidden = {name for name, up in further_up.items() if up and await hidden_place.is_secret(view, found[name].stored)}
    known = between.union(*(up for name, up in further_up.items() if name not in hidden))
    received = {name for name in sorted(parents & own) if await _is_asked(view, found[name], facts)}
    further = (name for one in own for name in kept[one].fixed if name.startswith(REQUESTS))
    handed = frozenset(parents & own)
    put = (role.of(evidence.body(found[name]), kept[name]) for name in sorted(handed))
    mine = next((each for each in put if each and each.agency in facts.agencies), None)
    above = between.union(*further_up.values())
    return Carrying(frozenset(own.union(further)), above, known, handed, frozenset(received), mine)


def _may_be_handed_on(version: Version) -> bool:
    """What the server itself asks is for those whom it asks, and carried to nobody: who was merged with whom, what came
    of a household that was divided, who was named by mistake, whose place is protected."""
    return not version.deleted and vocabulary.ASKED_BY_THE_SERVER.isdisjoint(values(version.terms, ".code"))


async def _is_party(view: Snapshot, version: Version, facts: Facts) -> bool:
    """Whether the writer keeps a request, or it counts and asks something of the writer."""
    if envelope.value(version.terms, ".custodian") in facts.keeps:
        return True
    parties = values(version.terms, ".party")
    if not verdict.read(version.terms).counts:
        return False
    return bool(facts.answers.intersection(parties)) or bool(await _agencies(view, parties, facts) & facts.keeps)


async def _is_asked(view: Snapshot, version: Version, facts: Facts) -> bool:
    """Whether a Task asks the writer's agency for something to be done for a person, and nobody took it back."""
    task = evidence.body(version)
    kept = envelope.value(version.terms, ".custodian") in facts.keeps
    if kept or version.type != "Task" or task.get("status") not in vocabulary.ASKING:
        return False
    if not verdict.read(version.terms).counts or _NO_HAND & coding.of(task.get("code")):
        return False
    owner = reference.one(task, "owner")
    return owner in facts.answers or bool(await _agencies(view, [owner], facts) & facts.keeps)


async def _agencies(view: Snapshot, parties: Iterable[str], facts: Facts) -> frozenset[str]:
    world = Gathered(view.at, period.instant(facts.actor.now))
    rows = await view.rows((AGENCY, party) for party in parties)
    return frozenset(row.relation.to for row in rows if row.holds(world))


async def _taken(view: Snapshot, names: Iterable[str], facts: Facts) -> set[str]:
    """The requests that an accepted Task of the writer's carries."""
    world = Gathered(view.at, period.instant(facts.actor.now))
    asked = [(CARRIED, name) for name in names]
    rows = await view.rows(asked) if asked else ()
    mine = (row.relation for row in rows if row.holds(world) and row.relation.to in facts.answers)
    return {each.of for each in mine if each.tag == TAKEN}
