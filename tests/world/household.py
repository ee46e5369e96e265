"""One scenario's own household: a mother, her sister and her son, recorded by one agency."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.rest import Client
from demo.template import TOKYO

TAGS = "https://tsunagu.example/fhir/tests"
NOBODY_HERE = "Organization/public-health-office"
"""An agency of which nobody acts in the scenarios."""

_RELATIONS = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_FIELDS = "https://tsunagu.example/fhir/CodeSystem/concern-field"
_CATEGORIES = "https://tsunagu.example/fhir/CodeSystem/record-category"
_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"

ADDRESS = {
    "use": "temp",
    "text": "岡山県岡山市南区かくれみの町九番地",
    "city": "岡山市南区",
    "state": "岡山県",
    "postalCode": "999-0919",
    "country": "JP",
}
PHONE, EMAIL = "090-0000-0919", "kakure@mino.example"
ON_SHEET = ("南区　かくれみの町　９", "09000000919")
"""The same address and number as the sheet has them, in another hand."""
SECRET = (ADDRESS["text"], ADDRESS["postalCode"], PHONE, EMAIL, *ON_SHEET)
"""Where the sister is, and how she is reached."""

PERSONS = {
    "mother": ("水無瀬", "かおり", "female", "1976-05-14"),
    "sister": ("水無瀬", "みどり", "female", "1980-11-02"),
    "son": ("水無瀬", "はると", "male", "2006-08-30"),
}
KIN = {"sister": ("SIS", "妹"), "son": ("SON", "長男")}
"""How they are related to the mother: a record of its own, which is about both."""
CONCERNS = (("mother", "mental-health"), ("sister", "income-work"), ("son", "child-rearing"))


def record(city: City, officer: str = "yorisoi") -> Answer:
    """File the household; every record of it carries a tag of this scenario, by which it is searched."""
    filed = file(city, entries(), officer)
    assert filed.status == 200, filed.text
    return filed


def entries() -> dict[str, dict[str, Any]]:
    """The records of a household by the names of the scenarios; they refer to one another by `urn:uuid:`."""
    found = {name: _patient(*given) for name, given in PERSONS.items()}
    telecom = [{"system": "phone", "value": PHONE}, {"system": "email", "value": EMAIL}]
    found["sister"] |= {"address": [ADDRESS], "telecom": telecom}
    for name in KIN:
        found[name]["link"] = [{"other": {"reference": urn(f"{name}-kin")}, "type": "seealso"}]
    found |= {f"{who}-{field}": _concern(urn(who), field) for who, field in CONCERNS}
    found |= {f"{name}-kin": _kin(*relation) for name, relation in KIN.items()}
    found["household"] = _group()
    found["sheet"] = _sheet()
    return found


def file(city: City, records: dict[str, dict[str, Any]], officer: str = "yorisoi") -> Answer:
    """Send records as one transaction, under a tag of this scenario's own; remember what was created."""
    city.known["tag"] = f"{TAGS}|{uuid.uuid4()}"
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": urn(name),
                "resource": tagged(city, record),
                "request": {"method": "POST", "url": record["resourceType"]},
            }
            for name, record in records.items()
        ],
    }
    filed = city.officer(officer).post("", bundle)
    if filed.done:
        city.known |= dict(zip(records, filed.created, strict=True))
    return filed


def protect_sister(city: City, *told: str, shares: tuple[str, ...] = ()) -> Answer:
    """The sister's place becomes secret, for everybody but those who are told; who `shares` it lives there too."""
    return protect(city, "yorisoi", "sister", told or (NOBODY_HERE,), shares)


def protect(
    city: City, officer: str, person: str, named: tuple[str, ...], shares: tuple[str, ...] = (), *, sees: bool = True
) -> Answer:
    """Somebody protects a person of the household, and says of each other member whether they share the dwelling, where
    they see the household."""
    asked = [("to", each) for each in named]
    others = [each for each in PERSONS if each != person and sees]
    asked += [("shares" if each in shares else "apart", city.known[each]) for each in others]
    parameters = [{"name": name, "valueReference": {"reference": each}} for name, each in asked]
    body = {"resourceType": "Parameters", "parameter": parameters}
    return city.officer(officer).post(f"{city.known[person]}/$protect", body)


def restrict(city: City) -> Answer:
    """One concern of the mother becomes a very restricted record."""
    concern = _concern(city.known["mother"], "violence")
    concern["meta"] = {"security": [level("V")]}
    return write(city, "yorisoi", "mother-restricted", concern)


def level(code: str) -> dict[str, str]:
    """The label of a level of confidentiality."""
    return {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code}


def relabel(officer: Client, place: str, label: dict[str, Any], done: str = "付ける") -> Answer:
    """Put a label on a record, or take it off."""
    asked = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"security": [label]}}]}
    return officer.post(f"{place}/{'$meta-add' if done == '付ける' else '$meta-delete'}", asked)


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


def urn(name: str) -> str:
    """Under what name a record of a transaction is known in it."""
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


def _kin(code: str, word: str) -> dict[str, Any]:
    return {
        "resourceType": "RelatedPerson",
        "patient": {"reference": urn("mother")},
        "relationship": [{"coding": [{"system": _RELATIONS, "code": code}], "text": word}],
    }


def _group() -> dict[str, Any]:
    return {
        "resourceType": "Group",
        "type": "person",
        "actual": True,
        "name": "水無瀬世帯",
        "member": [{"entity": {"reference": urn(name)}} for name in PERSONS],
    }


def _sheet() -> dict[str, Any]:
    address, phone = ON_SHEET
    oneself = {"valueCoding": {"system": _RELATIONS, "code": "ONESELF"}}
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet",
        "status": "completed",
        "authored": datetime.now(TOKYO).date().isoformat(),
        "subject": {"reference": urn("household")},
        "author": {"reference": "PractitionerRole/role-yorisoi"},
        "item": [
            {"linkId": "date", "answer": [{"valueDate": datetime.now(TOKYO).date().isoformat()}]},
            {"linkId": "agency", "answer": [{"valueReference": {"reference": "Organization/yorisoi-center"}}]},
            {"linkId": "officer", "answer": [{"valueReference": {"reference": "PractitionerRole/role-yorisoi"}}]},
            {"linkId": "other-troubles", "answer": [{"valueBoolean": False}]},
            {
                "linkId": "member",
                "item": [
                    {"linkId": "member.relation", "answer": [oneself]},
                    {"linkId": "member.name", "answer": [{"valueString": "水無瀬　みどり"}]},
                    {"linkId": "member.address", "answer": [{"valueString": address}]},
                    {"linkId": "member.phone", "answer": [{"valueString": phone}]},
                ],
            },
        ],
    }
