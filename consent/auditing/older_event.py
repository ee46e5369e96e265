"""An AuditEvent that 0.1.0 kept among the records, read into an event of the trail.

docs/maintenance.md, "upgrade"; docs/trail.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from resources.record import moment, reference
from resources.store.trail import Event

TYPE = "AuditEvent"
_PATIENT, _EVIDENCE, _ASKED = "1", "20", "24"
"""Codes of FHIR's object-role, as 0.1.0 gave them."""


def read(found: Mapping[str, Any]) -> Event:
    """The event; for which agencies a person acted 0.1.0 did not write down."""
    [agent] = found["agent"]
    who = reference.one(agent, "who")
    agency = who.startswith("Organization/")
    entities = found["entity"]
    [asked] = [entity for entity in entities if _role(entity) == _ASKED]
    [detail] = asked["detail"]
    [subtype], [purpose] = found["subtype"], found["purposeOfEvent"]
    client, name = agent["altId"], asked["name"]
    return Event(
        kind=subtype["code"],
        action=found["action"],
        outcome=found["outcome"],
        purpose=purpose["coding"][0]["code"],
        client="" if client == "anonymous" else client,
        person="" if agency else who,
        agencies=(who,) if agency else (),
        asked="" if name == "request" else name,
        rules=tuple(agent.get("policy") or ()),
        at=moment.unix(found["recorded"]),
        request=detail["valueString"],
        records=_named(entities, ""),
        patients=_named(entities, _PATIENT),
        evidence=_named(entities, _EVIDENCE),
    )


def _named(entities: Iterable[Mapping[str, Any]], role: str) -> tuple[str, ...]:
    return tuple(entity["what"]["reference"] for entity in entities if "what" in entity and _role(entity) == role)


def _role(entity: Mapping[str, Any]) -> str:
    return str((entity.get("role") or {}).get("code") or "")
