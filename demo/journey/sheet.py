"""a. The つなぐシート: the whole household's problems, written once, become household, persons and concerns.

docs/domain.md R1–R3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.journey.narration import Narration

PERSONS = ("mother", "sister", "elder-son", "second-son")
"""The members in the order of the sheet's household table."""


def file_sheet(city: City) -> list[Narration]:
    yorisoi = city.officer("yorisoi")
    sheet = city.payload("sheet")
    extracted = yorisoi.post("QuestionnaireResponse/$extract", sheet)
    bundle = _bundle(extracted)
    filed = yorisoi.post("", bundle)
    if filed.done:
        city.known |= _named(bundle, filed.created)
    members = ",".join(city.known.get(name, "Patient/none").partition("/")[2] for name in PERSONS)
    found = city.system("yorisoi-system").search("Patient", _id=members)
    return [
        city.tell(
            "a",
            "yorisoi",
            "つなぐシートから世帯を起こす",
            "turns the sheet into a household",
            extracted,
            holds=len(bundle.get("entry", ())) > len(PERSONS),
        ),
        city.tell(
            "a",
            "yorisoi",
            "世帯・世帯員・困りごとを登録する",
            "files household, persons and concerns",
            filed,
            holds=len(set(PERSONS) & set(city.known)) == len(PERSONS),
        ),
        city.tell(
            "a",
            "yorisoi-system",
            "自分の機関が登録した世帯員を検索する",
            "searches the members its own agency filed",
            found,
            holds=found.total == len(PERSONS),
        ),
    ]


def protect_sister(city: City) -> list[Narration]:
    """The sister's place is kept secret from everyone but one agency; nobody else of the household lives there (D1)."""
    yorisoi = city.officer("yorisoi")
    sister = yorisoi.get(city.known["sister"])
    protected = yorisoi.post(f"{city.known['sister']}/$protect", city.payload("protection"))
    if sister.done:
        city.known["sister-address"] = sister.json["address"][0]["text"]
        city.known["sister-phone"] = sister.json["telecom"][0]["value"]
    return [
        city.tell(
            "a",
            "yorisoi",
            "母の妹の住所を秘匿にする",
            "keeps the sister's address secret",
            protected,
        ),
    ]


def withhold_concern(city: City) -> list[Narration]:
    """One concern of the mother is written down as very restricted; her consent will except such records."""
    written = city.officer("yorisoi").post("Condition", city.payload("withheld-concern"))
    if written.done:
        city.known["withheld-concern"] = written.created[0]
    return [
        city.tell(
            "a",
            "yorisoi",
            "母が相談員だけに話したことを「特に慎重な記録」として残す",
            "records what the mother told in confidence as very restricted",
            written,
            expect=201,
        ),
    ]


def _bundle(extracted: Answer) -> dict[str, Any]:
    """The transaction, whether it came bare or as the `return` of a Parameters."""
    body = extracted.json if isinstance(extracted.json, dict) else {}
    if body.get("resourceType") == "Parameters":
        return next((part["resource"] for part in body.get("parameter", ()) if part.get("name") == "return"), {})
    return body


def _named(bundle: Mapping[str, Any], created: tuple[str, ...]) -> dict[str, str]:
    """The references of what the transaction made, by the names that the other payloads use."""
    entries = bundle["entry"]
    place = {entry.get("fullUrl", ""): made for entry, made in zip(entries, created, strict=True)}
    resources = [(entry["resource"], place[entry.get("fullUrl", "")]) for entry in entries]
    known: dict[str, str] = {}
    for resource, made in resources:
        if resource["resourceType"] == "QuestionnaireResponse":
            known["sheet"] = made
        if resource["resourceType"] == "Group":
            known["household"] = made
            members = [place[member["entity"]["reference"]] for member in resource["member"]]
            known |= dict(zip(PERSONS, members, strict=True))
    for resource, made in resources:
        if resource["resourceType"] == "Condition":
            who = next(name for name in PERSONS if known[name] == place[resource["subject"]["reference"]])
            known[f"{who}-{resource['code']['coding'][0]['code']}"] = made
    return known
