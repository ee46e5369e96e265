"""What is asked of the store to judge the standing of evidence: whom it is about, and who has them in care.

docs/policy.md, "standing": by the facts before the transaction and what it registers itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from consent import verdict
from consent.facts import Facts
from consent.standing import care, signing
from consent.standing.filing import Filing
from resources.record import period, reference
from resources.record.reference import Look
from resources.record.version import Version
from resources.store.port import Snapshot

Resource = Mapping[str, Any]


async def of(
    view: Snapshot,
    resource: Resource,
    before: Version | None,
    custodian: str,
    facts: Facts,
    look: Look,
    registering: Mapping[str, Resource],
) -> Filing:
    """The evidence being written; `registering` are the records that its transaction creates."""
    persons = await _persons(view, resource, registering)
    having = dict(await care.of(view, persons, period.instant(facts.actor.now)))
    for person in persons & registering.keys():
        having[person] = having[person] | facts.agencies
    standing = before if before and not before.deleted else None
    signed = await signing.of(view, resource, custodian, look, facts.actor.now) if _is_consent(resource) else None
    return Filing(
        "update" if standing else "create",
        orjson.loads(standing.body) if standing else None,
        resource,
        custodian,
        facts,
        look,
        having,
        verdict.read(before.terms) if before else verdict.NONE,
        signed,
    )


def _is_consent(resource: Resource) -> bool:
    return resource["resourceType"] == "Consent" and resource.get("status") == "active"


async def _persons(view: Snapshot, resource: Resource, registering: Mapping[str, Resource]) -> frozenset[str]:
    """The Patients that a record names, and the members of the Groups it names."""
    names = reference.locals_of(resource)
    groups = {name for name in names if name.startswith("Group/")}
    new = groups & registering.keys()
    members = set(await care.members(view, groups - new))
    for group in new:
        members |= reference.locals_of(registering[group].get("member"))
    return frozenset(name for name in members | names if name.startswith("Patient/"))
