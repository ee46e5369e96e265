"""The one date of a record, which a consent may limit: profiles/consent.json says where it stands, type by type.

docs/policy.md, "consent", dataPeriod
"""

from __future__ import annotations

from typing import Any

from profiles import consent
from resources.record import period
from resources.record.reference import Resource
from resources.search.relation import FOREVER


def of(resource: Resource) -> tuple[str, str]:
    """From when to when; empty where there is none, or it cannot be told. When the server got a record is none."""
    found: Any = resource
    for name in consent.dates().get(resource["resourceType"], ("",)):
        found = found.get(name) if isinstance(found, dict) else None
    span = period.span({"start": found, "end": found}) if isinstance(found, str) else None
    return span if span and FOREVER not in span else ("", "")
