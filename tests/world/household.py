"""One scenario's own household: a mother, her sister and her son, recorded by one agency."""

from __future__ import annotations

import uuid
from typing import Any

from demo.answer import Answer
from demo.journey.city import City

TAGS = "https://tsunagu.example/fhir/tests"
_FIELDS = "https://tsunagu.example/fhir/CodeSystem/concern-field"
_CATEGORIES = "https://tsunagu.example/fhir/CodeSystem/record-category"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

SECRET = ("岡山県岡山市南区かくれみの町九番地", "090-0000-0919")
"""Where the sister is, and how she is reached."""

PERSONS = {
    "mother": ("水無瀬", "かおり", "female", "1976-05-14"),
    "sister": ("水無瀬", "みどり", "female", "1980-11-02"),
    "son": ("水無瀬", "はると", "male", "2009-08-30"),
}
CONCERNS = (("mother", "mental-health"), ("sister", "income-work"), ("son", "child-rearing"))


def record(city: City, officer: str = "yorisoi") -> Answer:
    """File the household; every record of it carries a tag of this scenario, by which it is searched."""
    city.known["tag"] = f"{TAGS}|{uuid.uuid4()}"
    entries = {name: _patient(*given) for name, given in PERSONS.items()}
    address, phone = SECRET
    entries["sister"] |= {"address": [{"text": address}], "telecom": [{"system": "phone", "value": phone}]}
    entries |= {f"{who}-{field}": _concern(_urn(who), field) for who, field in CONCERNS}
    entries["household"] = _group()
    entries["sheet"] = _sheet()
    return _file(city, officer, entries)


def restrict(city: City) -> Answer:
    """One concern of the mother becomes a very restricted record."""
    concern = _concern(city.known["mother"], "violence")
    concern["meta"] = {"security": [{"system": _CONFIDENTIALITY, "code": "V"}]}
    return write(city, "yorisoi", "mother-restricted", concern)


def write(city: City, officer: str, name: str, resource: dict[str, Any], purpose: str = "CAREMGT") -> Answer:
    """Create one record with the scenario's tag, and remember it under a name where it was created."""
    written = city.officer(officer, purpose).post(resource["resourceType"], tagged(city, resource))
    if written.done:
        city.known[name] = written.created[0]
    return written


def tagged(city: City, resource: dict[str, Any]) -> dict[str, Any]:
    system, _, code = city.known["tag"].partition("|")
    meta = resource.get("meta", {})
    return resource | {"meta": meta | {"tag": [{"system": system, "code": code}]}}


def tagged_bundle(city: City, bundle: dict[str, Any]) -> dict[str, Any]:
    entries = [entry | {"resource": tagged(city, entry["resource"])} for entry in bundle["entry"]]
    return bundle | {"entry": entries}


def _file(city: City, officer: str, entries: dict[str, dict[str, Any]]) -> Answer:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": _urn(name),
                "resource": tagged(city, resource),
                "request": {"method": "POST", "url": resource["resourceType"]},
            }
            for name, resource in entries.items()
        ],
    }
    filed = city.officer(officer).post("", bundle)
    assert filed.status == 200, filed.text
    city.known |= dict(zip(entries, filed.created, strict=True))
    return filed


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def _patient(family: str, given: str, gender: str, born: str) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "active": True,
        "name": [{"use": "official", "text": f"{family}　{given}", "family": family, "given": [given]}],
        "gender": gender,
        "birthDate": born,
        "address": [{"use": "home", "text": "岡山県岡山市北区つなぎ町一丁目１番地", "city": "岡山市北区"}],
    }


def _concern(person: str, field: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": _STATUS, "code": "active"}]},
        "category": [{"coding": [{"system": _CATEGORIES, "code": "concern"}]}],
        "code": {"coding": [{"system": _FIELDS, "code": field}]},
        "subject": {"reference": person},
    }


def _group() -> dict[str, Any]:
    return {
        "resourceType": "Group",
        "type": "person",
        "actual": True,
        "name": "水無瀬世帯",
        "member": [{"entity": {"reference": _urn(name)}} for name in PERSONS],
    }


def _sheet() -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet",
        "status": "completed",
        "subject": {"reference": _urn("household")},
        "author": {"reference": "PractitionerRole/role-yorisoi"},
    }
