"""How somebody of household K's journey changes a record: reads it, and writes it back with some elements changed.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

from typing import Any

from demo.answer import Answer
from demo.journey.city import City
from demo.people import CARE

__all__ = ["Answer", "outcome", "record", "status"]

_OUTCOME = "https://tsunagu.example/fhir/CodeSystem/task-outcome"


def status(city: City, who: str, name: str, status: str, purpose: str = CARE, **elements: Any) -> Answer:
    """A record that is known by a name gets another status."""
    return record(city, who, name, purpose, status=status, **elements)


def record(city: City, who: str, name: str, purpose: str = CARE, **elements: Any) -> Answer:
    """A record that is known by a name gets other elements."""
    officer = city.officer(who, purpose)
    found = officer.get(city.known.get(name, "Basic/none"))
    return officer.put(found.json | elements) if found.done else found


def outcome(code: str, **value: Any) -> dict[str, Any]:
    """What a Task has come to."""
    return {"type": {"coding": [{"system": _OUTCOME, "code": code}]}, **value}
