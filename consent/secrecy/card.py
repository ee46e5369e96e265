"""The card of a person: who they are and how they are reached, and nothing else of their record.

docs/policy.md, P2: the parties of an open request about somebody, and who has them in care, read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resources.record import parse
from resources.record.version import Version
from resources.search.request import SearchRequest

ELEMENTS = ("name", "gender", "birthDate", "telecom")
FOUND_BY = frozenset(
    {
        *("_id", "_lastUpdated"),
        *("name", "family", "given", "phonetic", "gender", "birthdate", "telecom", "phone", "email"),
    }
)
"""The search parameters that ask for nothing but what is on the card, or sort by it."""

_STAMPS = ("versionId", "lastUpdated")


def asks_for_it_alone(wanted: SearchRequest) -> bool:
    """Whether a search asks for nothing that is not on the card: else it would tell of what is not shown."""
    return wanted.type == "Patient" and not wanted.beyond and wanted.names <= FOUND_BY


def of(version: Version) -> Version:
    """The version with the card of the person alone."""
    patient = parse.editable(version.body)
    stamps = {name: value for name, value in (patient.get("meta") or {}).items() if name in _STAMPS}
    return replace(version, body=parse.write(_key(patient) | {"meta": stamps} | _shown(patient)))


def _key(patient: Mapping[str, Any]) -> dict[str, Any]:
    return {name: patient[name] for name in ("resourceType", "id")}


def _shown(patient: Mapping[str, Any]) -> dict[str, Any]:
    named = {name for element in ELEMENTS for name in (element, f"_{element}")}
    return {name: value for name, value in patient.items() if name in named}
