"""Evidence forged by those who have no right to make it, as data: who writes what, one transaction after another.

docs/policy.md, "standing". The agency `center` (p) keeps the household g of persons 1 and 2; `other` (q) and `council`
(co) may see it, its case and its persons by consent, and no more; `other` keeps the household h of person 9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from consent.actor import Actor
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(person) for person in ("p", "q", "co", "lead", "conv"))
WATCHED = ("Patient/1", "Patient/2", "Condition/c", "Group/g", "CarePlan/k", "CarePlan/plan")
"""What `center` keeps; who may read it is not for a forger to change."""

UNSEEN = "unseen"
"""Refused since its writer does not see what it would write, or name."""

Act = Callable[[Town], Any]
"""An operation that somebody calls."""

Step = tuple[Actor, tuple[Json, ...]] | Act


@dataclass(frozen=True, slots=True)
class Forgery:
    """`rule` is the rule by which the last step is refused; empty where it is stored and has no effect."""

    called: str
    rule: str
    steps: tuple[Step, ...]


def scene(town: Town) -> None:
    """Before anything is forged."""
    shown = [
        {"system": "http://hl7.org/fhir/resource-types", "code": code} for code in ("Patient", "Group", "CarePlan")
    ]
    actors = [{"role": IRCP, "reference": ref(f"Organization/{name}")} for name in ("other", "council")]
    permit = {"type": "permit", "actor": actors, "class": shown}
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), case())
    town.sign(
        P,
        *(
            consent(f"s{one}", patient=ref(f"Patient/{one}"), provision=permit, performer=[ref(f"Patient/{one}")])
            for one in "12"
        ),
    )
    town.write(P, case("plan", "total-care-plan"))
    town.write(Q, patient("9"), group("h", "9"), case("kh") | {"subject": ref("Group/h")})


def by(who: Actor, *records: Json) -> Step:
    return who, records


def done(town: Town, step: Step) -> None:
    if callable(step):
        step(town)
    else:
        town.write(step[0], *step[1])


def again(record: Json, **elements: Any) -> Json:
    """The next version of a record, with some elements changed; None takes one away."""
    found = record | elements | {"meta": {"versionId": "1"}}
    return {name: part for name, part in found.items() if part is not None}


def changed(record: Json, **elements: Any) -> Json:
    return {name: part for name, part in (record | elements).items() if part is not None}


def group(id: str, *members: str) -> Json:
    return household(*members) | {"id": id}


def call(**elements: Any) -> Json:
    """The other agency calls the coordinator about what it does not keep."""
    return changed(coordination("requested") | {"requester": ref("Organization/other")}, **elements)


OWN = {"focus": ref("CarePlan/kh"), "for": ref("Group/h")}
ASKED = by(P, coordination("requested"))
TAKEN = by(CO, again(coordination()))
LOGICAL = {"type": "Group", "identifier": {"system": "urn:x", "value": "g"}}
CONTAINED = {"contained": [patient("x")], "member": [{"entity": ref("#x")}]}
FOREIGN = case("kq") | {"subject": ref("Group/g")}
