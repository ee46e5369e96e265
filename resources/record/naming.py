"""Whom and what a record names, as the policy asks: what it is of, its parties and when these are asked, its rows.

docs/policy.md, "whom a record is about".
"""

from __future__ import annotations

from collections.abc import Iterator

from resources.record import coding, reference
from resources.record.reference import Resource

_PARTIES = {
    "Task": ("requester", "owner"),
    "ServiceRequest": ("requester", "performer"),
    "CommunicationRequest": ("requester", "sender", "recipient"),
    "Communication": ("sender", "recipient"),
}


OF = ("focus", "for", "basedOn", "partOf", "about", "inResponseTo", "encounter", "context")
"""The elements that say what a record is *of*: it is about whom that is about."""

OF_TYPE = {"Binary": "securityContext", "Provenance": "target"}
"""That of a type which belongs to another record: https://hl7.org/fhir/R4/binary.html"""

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

_REVOCATION = coding.own("record-category", "revocation")

_NOT_COPIED = frozenset(
    {
        *("HealthcareService", "Location", "Organization", "OrganizationAffiliation", "Practitioner"),
        *("PractitionerRole", "Questionnaire", "Group"),
    }
)
"""Types that are about nobody, whatever is of them; and households, whose members are followed at reading."""


def of_type(names: frozenset[str], type: str) -> frozenset[str]:
    """Those names that lead to a record of this type."""
    return frozenset(name for name in names if name.startswith(f"{type}/"))


def sources(resource: Resource, named: frozenset[str]) -> frozenset[str]:
    """The records that a record is of, among all that it names."""
    found = {name for name in _of(resource, named) if name.partition("/")[0] not in _NOT_COPIED}
    return frozenset(found - {f"{resource['resourceType']}/{resource['id']}"})


def _of(resource: Resource, named: frozenset[str]) -> Iterator[str]:
    """What a record is of; a RelatedPerson stands for whom it is about, but to a Patient's own link."""
    if resource["resourceType"] != "Patient":
        yield from of_type(named, "RelatedPerson")
    for element in (*OF, OF_TYPE.get(resource["resourceType"], "")):
        if element in resource:
            yield from reference.locals_of(resource[element])
    if resource["resourceType"] == "QuestionnaireResponse":
        yield from reference.locals_of(resource.get("item"))


def untied(resource: Resource) -> bool:
    """Whether a sheet, or one that the record contains, tells of a member in a row that is tied to no Patient."""
    sheets = [resource, *(resource.get("contained") or ())]
    return any(_untied(each) for each in sheets if each.get("resourceType") == "QuestionnaireResponse")


def tied_to(row: Resource) -> list[str]:
    """Whom a row of a sheet says that it is of."""
    return [reference.one(each, "valueReference") for each in coding.extension(row, "member-subject")]


def _untied(node: Resource) -> bool:
    """Below a sheet, a row or an answer: each may hold rows."""
    if node.get("linkId") == "member" and not _tied(node):
        return True
    return any(_untied(inner) for name in ("item", "answer") for inner in node.get(name) or ())


def _tied(row: Resource) -> bool:
    """By the extension `member-subject` and nothing else: an answer may name whom it will."""
    return any(name.startswith("Patient/") for name in tied_to(row))


def parties(resource: Resource) -> Iterator[str]:
    """Who asks and who is asked; of a consent to whom it permits something."""
    for element in _PARTIES.get(resource["resourceType"], ()):
        yield from reference.many(resource, element)
    if resource["resourceType"] in ("Encounter", "Appointment"):
        for participant in resource.get("participant") or ():
            yield from reference.locals_of(participant)

    if resource["resourceType"] == "Consent" and resource.get("status") in ("active", "inactive"):
        yield from recipients(resource)


def recipients(consent: Resource) -> Iterator[str]:
    """Whom a consent names that it permits something to, itself or by an exception; of a team its agencies as they are
    written down. A word that ends a consent permits nothing."""
    if _REVOCATION in coding.of(consent.get("category")):
        return
    root = consent.get("provision") or {}
    optout = any(code.endswith("v3-ActCode|OPTOUT") for code in coding.of(consent.get("policyRule")))
    for rule in (root, *(root.get("provision") or ())):
        if rule.get("type", "permit" if rule is root and optout else "") == "permit":
            for actor in rule.get("actor") or ():
                name = reference.one(actor, "reference")
                team = (reference.one(each, "valueReference") for each in coding.extension(actor, "recorded-in-team"))
                yield from filter(None, team if name.startswith("CareTeam/") else (name,))


def participants(resource: Resource) -> Iterator[str]:
    """Who takes part in a team."""
    if resource["resourceType"] == "CareTeam":
        for participant in resource.get("participant") or ():
            yield reference.one(participant, "member")
