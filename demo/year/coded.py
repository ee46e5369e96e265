"""The few words of FHIR that every paper of the year is made of.

https://hl7.org/fhir/R4/datatypes.html
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

BASE = "https://tsunagu.example/fhir"


def coding(system: str, code: str) -> Json:
    return {"system": f"{BASE}/CodeSystem/{system}", "code": code}


def concept(system: str, code: str) -> Json:
    return {"coding": [coding(system, code)]}


def extension(name: str, **value: Any) -> Json:
    return {"url": f"{BASE}/StructureDefinition/{name}", **value}


def ref(name: str) -> Json:
    return {"reference": name}


def transaction(*entries: tuple[str, Json]) -> Json:
    """The records of one transaction, by the `urn:uuid:` that the others name them by."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": url, "resource": each, "request": {"method": "POST", "url": each["resourceType"]}}
            for url, each in entries
        ],
    }


def urn(number: int) -> str:
    """A name within one transaction."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
