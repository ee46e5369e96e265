"""What the policy must know of a record, worked out by the server at every write and never taken from a client.

docs/policy.md, "what a record carries".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from resources.record import coding, reference
from resources.record.reference import Look, Resource
from resources.search.predicate import term

CONFERENCE = coding.own("encounter-class", "support-conference")
"""The class of an Encounter that is a 支援会議."""

OPEN = {
    "Task": {"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"},
    "ServiceRequest": {"active", "on-hold"},
    "CommunicationRequest": {"active", "on-hold"},
    "Communication": {"preparation", "in-progress", "on-hold", "completed"},
    "Appointment": {"proposed", "pending", "booked", "arrived", "checked-in", "waitlist"},
    "Encounter": {"planned", "arrived", "triaged", "in-progress", "onleave"},
    "Consent": {"active"},
    "CareTeam": {"active"},
    "CarePlan": {"active"},
    "List": {"current"},
}
"""The statuses in which a request still asks something of its parties, or a policy record still counts."""

_PARTIES = {
    "Task": ("requester", "owner"),
    "ServiceRequest": ("requester", "performer"),
    "CommunicationRequest": ("requester", "sender", "recipient"),
    "Communication": ("sender", "recipient"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who stands behind a record: the agency that keeps it, and who first wrote it (both references)."""

    custodian: str
    author: str


def terms(resource: Resource, provenance: Origin, look: Look) -> set[str]:
    """The envelope of a record as terms; `look` resolves the groups, desks, posts and meetings it names."""
    return {term(name, value) for name, value in _facts(resource, provenance, look) if value}


def value(record_terms: tuple[str, ...], name: str) -> str:
    """The one value an envelope has under a name, or empty."""
    return next(values(record_terms, name), "")


def values(record_terms: tuple[str, ...], name: str) -> Iterator[str]:
    """Every value an envelope has under a name."""
    start = f"{name} "
    return (entry[len(start) :] for entry in record_terms if entry.startswith(start))


def _facts(resource: Resource, provenance: Origin, look: Look) -> Iterator[tuple[str, str]]:
    kind = resource["resourceType"]
    itself = f"{kind}/{resource['id']}"
    yield ".type", kind
    yield ".id", itself
    yield ".custodian", provenance.custodian
    yield ".author", provenance.author
    named = reference.locals_of(resource) | {itself}
    groups = [name for name in named if name.startswith("Group/")]
    for name in named.union(*(_members(group, resource, look) for group in groups)):
        if name.startswith("Patient/"):
            yield ".subject", name
    for group in groups:
        yield ".household", group
    for party in _parties(resource, look):
        yield ".party", party
    if resource.get("status") in OPEN.get(kind, ()):
        yield ".open", "yes"
    yield ".conference", _conference(resource, look)
    meta = resource.get("meta")
    for label in coding.of(meta.get("security") if isinstance(meta, dict) else None):
        yield ".label", label
    for code in coding.of(resource.get("category")) | coding.of(resource.get("code")) | coding.of(resource.get("type")):
        yield ".code", code
    yield from _evidence(resource)


def _members(group: str, resource: Resource, look: Look) -> frozenset[str]:
    itself = f"{resource['resourceType']}/{resource['id']}"
    found = resource if group == itself else look(group)
    return reference.locals_of((found or {}).get("member"))


def is_conference(resource: Resource | None) -> bool:
    return bool(resource) and CONFERENCE in coding.of((resource or {}).get("class"))


def _parties(resource: Resource, look: Look) -> set[str]:
    named: set[str] = set()
    for element in _PARTIES.get(resource["resourceType"], ()):
        named.update(reference.many(resource, element))
    if resource["resourceType"] in ("Encounter", "Appointment"):
        for participant in resource.get("participant") or ():
            named.update(reference.locals_of(participant))
    agencies = {agency for party in named if (agency := _agency(party, look))}
    return named | agencies


def _conference(resource: Resource, look: Look) -> str:
    """The conference whose material a record is (a conference is its own), or empty."""
    if is_conference(resource):
        return f"Encounter/{resource['id']}"
    context = resource.get("context")
    named = reference.one(resource, "encounter") or next(
        iter(reference.many(context, "encounter") if isinstance(context, dict) else ()), ""
    )
    return named if named and is_conference(look(named)) else ""


def _agency(party: str, look: Look) -> str:
    element = {"PractitionerRole": "organization", "HealthcareService": "providedBy"}.get(party.partition("/")[0])
    found = look(party) if element else None
    return reference.one(found, element) if found and element else ""


def _evidence(resource: Resource) -> Iterator[tuple[str, str]]:
    """Keys by which the policy finds its own evidence."""
    match resource["resourceType"]:
        case "PractitionerRole":
            yield ".holder", reference.one(resource, "practitioner")
        case "Consent":
            actors = (resource.get("provision") or {}).get("actor") or []
            for actor in actors:
                yield ".grantee", reference.one(actor, "reference")
            if not actors:
                yield ".grantee", "*"
        case "CareTeam":
            for participant in resource.get("participant") or ():
                yield ".participant", reference.one(participant, "member")
