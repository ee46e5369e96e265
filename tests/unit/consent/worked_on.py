"""A household, its case and its total care plan, and what others do about them, as records that lie in a store."""

from __future__ import annotations

from typing import Any

import orjson

from consent.verdict import Verdict
from resources.record.version import Version
from resources.search.predicate import term
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER, SINCE, terms
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

OTHER, THIRD = "Organization/other", "Organization/third"
HOUSE: Json = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
CASE: Json = {"resourceType": "CarePlan", "id": "k", "status": "active", "intent": "plan", "subject": ref("Group/g")}
CASE |= {"category": [concept("record-category", "case")]}
PLAN = CASE | {"id": "p", "category": [concept("record-category", "total-care-plan")]}
STRAYS: Json = {"supportingInfo": [ref("Group/h")]}
"""By this a case or a plan is of another household too."""
DRAFT, MISTAKEN = {"status": "draft"}, {"status": "entered-in-error"}

TASK: Json = {"resourceType": "Task", "id": "t", "status": "accepted", "intent": "order"}
TASK |= {"code": concept("task-code", "coordinate"), "focus": ref("CarePlan/k"), "for": ref("Group/g")}
ASKED = TASK | {"status": "requested"}
COUNTS = Verdict(True, fixed=frozenset({"Group/g"}))
MEETING: Json = {"resourceType": "Encounter", "id": "m", "status": "planned", "subject": ref("Group/x")}
MEETING |= {"class": own("encounter-class", "support-conference")}
MEETING |= {"extension": [extension("agenda", valueReference=ref("CarePlan/k"))]}
TEAM: Json = {"resourceType": "CareTeam", "id": "roles", "status": "active", "subject": ref("Group/g")}


def decided(
    lying: Lying, *carriers: str, keepers: tuple[str, ...] = (CENTER,), persons: tuple[str, ...] = (), **changes: Any
) -> None:
    """Roles are decided for the household and these persons, for who keeps its case and for these posts."""
    noted = frozenset(term(".carrier", one) for one in (*keepers, *(f"PractitionerRole/{one}" for one in carriers)))
    for id, agency in (("ours", CENTER), ("theirs", OTHER)):
        lying.put({"resourceType": "PractitionerRole", "id": id, "organization": ref(agency)})
    lying.put(TEAM | changes, judged=Verdict(True, noted=noted, fixed=frozenset({"Group/g", *persons})))


def handed(lying: Lying, name: str, agency: str) -> None:
    """What is written of it from now on is kept by another agency."""
    lying.runner.run(lying.store.transact(lambda tx: tx.derive(name, [term(".taker", agency)])))


def written(record: Json, keeper: str = CENTER, number: int = 1, **changes: Any) -> Version:
    """A version that lies in no store; without a body it is deleted."""
    body = record | changes
    return Version(body["resourceType"], body["id"], number, SINCE, False, orjson.dumps(body), terms(body, keeper))


def deleted(record: Json, keeper: str = CENTER) -> Version:
    return Version(record["resourceType"], record["id"], 2, SINCE, True, b"", terms(record, keeper))
