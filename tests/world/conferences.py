"""How a conference is closed with what it came to, and the advisers' conference that follows it."""

from __future__ import annotations

import json
from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.people import CONFERENCE
from tests.world import casework

BASE = "https://tsunagu.example/fhir"
ADVISER = "PractitionerRole/role-adviser-01"


def close(city: City, outcome: str, *said: tuple[str, str], asking: bool = False) -> Answer:
    """The conference is closed with its outcome, its direction and its priorities; what is said about it is asked
    for, or not."""
    coded = {"system": f"{BASE}/CodeSystem/conference-outcome", "code": outcome}
    parts: list[dict[str, Any]] = [{"url": "outcome", "valueCoding": coded}]
    parts += [{"url": url, "valueString": text} for url, text in said]
    decision = {"url": f"{BASE}/StructureDefinition/conference-decision", "extension": parts}
    meeting = city.officer("convener", CONFERENCE).get(city.known["conference"]).json
    extension = [*meeting["extension"], decision]
    if asking:
        return changed(city, status="finished", extension=extension)
    return casework.change(city, "convener", "conference", CONFERENCE, status="finished", extension=extension)


def advised(city: City) -> list[dict[str, Any]]:
    """The roster of the demo's conference, and an adviser."""
    return [*casework.full_roster(city), city.payload("conference-member", member=ADVISER)]


def changed(city: City, **changes: Any) -> Answer:
    """The convener changes the conference, and asks for what is to be said about it."""
    officer, name = city.officer("convener", CONFERENCE), city.known["conference"]
    headers = {"Prefer": "return=OperationOutcome", "Content-Type": "application/fhir+json"}
    body = json.dumps(officer.get(name).json | changes).encode()
    return officer.send("PUT", name, body=body, headers=headers)
