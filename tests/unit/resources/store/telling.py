"""Events for tests of the trail: who read whom, when, and on what ground."""

from __future__ import annotations

from typing import Any

from resources.store.trail import Event

NOON = 1_790_000_000_000
"""An instant in September 2026."""


def event(n: int = 0, **changes: Any) -> Event:
    """The nth read of one officer, a second after the one before."""
    usual: dict[str, Any] = {
        "kind": "read",
        "action": "R",
        "outcome": "0",
        "purpose": "http://terminology.hl7.org/CodeSystem/v3-ActReason|CAREMGT",
        "client": "desk",
        "person": "Practitioner/p",
        "agencies": ("Organization/center",),
        "asked": "",
        "rules": ("https://tsunagu.example/fhir/policy/P1",),
        "at": NOON + 1000 * n,
        "request": f"00000000-0000-4000-8000-{n:012x}",
        "records": (f"Condition/c{n}/_history/1",),
        "patients": (f"Patient/0a0a0a0a-0000-4000-8000-{n:012x}",),
        "evidence": ("PractitionerRole/p/_history/3",),
    }
    return Event(**{**usual, **changes})
