"""Whether an officer is named by every protection of a person, under each of their names, and by none is kept away.

docs/policy.md, D1 and "merging two Patients": of a protected person only with an officer on the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from consent import evidence, gathering
from consent.facts import Facts
from consent.secrecy import locks, protection
from consent.writing.change import UnitOfWork
from resources.record import period


async def one_of(unit: UnitOfWork, officers: Iterable[str], persons: Iterable[str]) -> bool:
    """Whether nobody of these persons is protected, or one of these officers is on every list now."""
    bodies = [evidence.body(found) for one in sorted(persons) if (found := await unit.look_up(one))]
    if not any(protection.labels(body) for body in bodies):
        return True
    for officer in officers:
        if officer.startswith(("Practitioner/", "PractitionerRole/")):
            actor = replace(unit.facts.actor, person=officer, organization="")
            if _is_on(await gathering.of_actor(unit.tx, actor), bodies):
                return True
    return False


def _is_on(facts: Facts, bodies: Iterable[dict[str, object]]) -> bool:
    now = period.instant(facts.actor.now)
    for body in bodies:
        against = frozenset[str]().union(*map(protection.against, protection.labels(body)))
        opened = (any(now < lock.get(one, "") for one in facts.identities) for lock in locks.of(body))
        if against & facts.seats or f"Patient/{body['id']}" in facts.conflicting or not all(opened):
            return False
    return True
