"""Where an agency stands in the city: what it is part of, and which department is in charge of it.

docs/policy.md, P12 and "standing". Who is in charge confirms the first post of an agency and names substitutes (D1).
What the installer writes counts at once, what a directory keeper writes once the agency concerned has confirmed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources.record import coding, reference
from resources.record.problem import Issue

TYPES = ("Organization", "OrganizationAffiliation")

_SAYS = {
    "Organization": ("partOf",),
    "OrganizationAffiliation": ("organization", "participatingOrganization", "code", "active", "period"),
}

Resource = Mapping[str, Any]


def above(organization: Resource) -> str:
    """What an agency is part of."""
    return reference.one(organization, "partOf")


def agency(record: Resource) -> str:
    """The agency whose place a record of the directory says; empty where it says none."""
    if record.get("resourceType") == "Organization":
        return f"Organization/{record['id']}" if above(record) else ""
    is_department = vocabulary.DEPARTMENT in coding.codes(record.get("code"), "role")
    return reference.one(record, "organization") if is_department else ""


def in_charge(record: Resource) -> str:
    """The agency that is said to stand above it."""
    return above(record) or reference.one(record, "participatingOrganization")


def refused(filing: Filing) -> Iterator[Issue]:
    """Nothing: it is written, and waits."""
    yield from ()


def judged(filing: Filing) -> Verdict:
    """Void until it is confirmed, and again once it has changed; that there is none waits for nobody."""
    if filing.facts.actor.purpose == vocabulary.INSTALLATION or not agency(filing.after):
        return NONE
    stands = filing.before is not None and not filing.had.void and not filing.changed(*_SAYS[filing.type])
    return NONE if stands else Verdict(void=True)


KIND = Kind(refused, judged)
