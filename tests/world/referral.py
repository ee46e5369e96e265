"""What agencies do with a request: hand it on, call the coordinator, answer it in the end."""

from __future__ import annotations

from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from tests.world import casework, household

BASE = "https://tsunagu.example/fhir"


def hand_on(
    city: City, officer: str, agency: str, owner: str, part_of: str = "task", status: str = "requested"
) -> Answer:
    """A request about the mother is handed on by an agency, with the Task that it received."""
    task = _task(city, agency, owner, part_of) | {"for": {"reference": city.known["mother"]}, "status": status}
    return household.write(city, officer, "handed-on", task)


def escalate(city: City, officer: str, agency: str, owner: str, part_of: str = "task") -> Answer:
    """A party of a request calls the coordinator about it."""
    code = {"coding": [{"system": f"{BASE}/CodeSystem/task-code", "code": "escalate-to-coordinator"}]}
    return household.write(city, officer, "escalation", _task(city, agency, owner, part_of) | {"code": code})


def outcome(code: str, **value: Any) -> dict[str, Any]:
    """What a Task has come to."""
    return {"type": {"coding": [{"system": f"{BASE}/CodeSystem/task-outcome", "code": code}]}} | value


def complete(city: City, officer: str, name: str, code: str = "supported", **value: Any) -> Answer:
    """Who was asked ends a request with its outcome."""
    output = [outcome(code, **(value or {"valueString": "面談し、受診に付き添った"}))]
    return casework.change(city, officer, name, status="completed", output=output)


def hold(city: City, officer: str, name: str, text: str = "", day: str = "") -> Answer:
    """Who was asked puts a request on hold, for a reason and until a day."""
    reason: dict[str, Any] = {"text": text} if text else {}
    if day:
        reason["extension"] = [{"url": f"{BASE}/StructureDefinition/look-again", "valueDate": day}]
    said = {"statusReason": reason} if reason else {}
    return casework.change(city, officer, name, status="on-hold", **said)


def _task(city: City, agency: str, owner: str, part_of: str) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "focus": {"reference": city.known["request"]},
        "partOf": [{"reference": city.known[part_of]}],
        "requester": {"reference": agency},
        "owner": {"reference": owner},
    }
