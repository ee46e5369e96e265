"""A town of two agencies and a conference, in a real store, in which everybody acts through the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pytest

from consent import vocabulary
from consent.actor import Actor
from consent.acts.place_checking import PlaceCheck
from consent.acts.protecting import Protect
from consent.acts.protection_list import OfList
from consent.auditing import audit_event
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.reading.page import Page
from consent.secrecy import protection
from consent.writing.prepared import Change
from consent.writing.written import Written
from profiles.spec import Spec
from resources import division
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request
from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query, Store
from resources.store.trail import TrailQuery
from tests.laws.worlds import concept, extension, index, own, ref
from tests.unit.consent.people import NOW, OFFICER

T = TypeVar("T")
Json = dict[str, Any]

BOTH_STORES = ("sqlite", pytest.param("mongodb", marks=pytest.mark.prove))
"""That a rule means the same in each is what the laws hold; `make prove` asks its scenes of the other one, too."""
INSTALLER = replace(OFFICER, client="installer", person="", purpose=vocabulary.INSTALLATION, scopes=())
STAFF = {
    "p": ("center", "officer"),
    "q": ("other", "officer"),
    "lead": ("lead", "lead-section"),
    "conv": ("lead", "convener"),
    "co": ("council", "coordinator"),
    "aud": ("lead", "auditor"),
    "em": ("council", "emergency"),
}


def actor(person: str, purpose: str = "CAREMGT", **changes: Any) -> Actor:
    return replace(OFFICER, person=f"Practitioner/{person}", purpose=vocabulary.purpose(purpose), **changes)


@dataclass(slots=True)
class Town:
    """`folder` is where its database lies, where that is a file; `address` names the store to who opens it again."""

    runner: asyncio.Runner
    store: Store
    gate: Gate
    folder: Path = Path()
    address: str = ""

    @classmethod
    def of(cls, runner: asyncio.Runner, store: Store, spec: Spec) -> Town:
        """What lies in a store that one was founded in."""
        return cls(runner, store, Gate(PolicyEngine.of(store, spec, index())))

    @classmethod
    def founded(cls, runner: asyncio.Runner, store: Store, spec: Spec) -> Town:
        """The directory and its staff are there, and no case yet."""
        town = cls.of(runner, store, spec)
        agencies = sorted({agency for agency, _ in STAFF.values()})
        town.write(INSTALLER, *({"resourceType": "Organization", "id": id, "name": id} for id in agencies))
        town.write(INSTALLER, *({"resourceType": "Practitioner", "id": id} for id in STAFF))
        town.write(INSTALLER, *(_post(id, *post) for id, post in STAFF.items()))
        desk = {"resourceType": "HealthcareService", "id": "desk", "providedBy": ref("Organization/center")}
        town.write(INSTALLER, desk | {"category": [concept("concern-field", "debts")]})
        return town

    def write(self, who: Actor, *resources: Json) -> list[Written]:
        """Create resources under their ids, or the next versions of those that have one, in one transaction.

        A Patient with a label that protects is written without it, and then protected so.
        """
        written = self.commit(who, *(_change(_unprotected(each)) for each in resources))
        for each in resources:
            for label in _new_labels(each):
                named = sorted(protection.named(label)) or ["HealthcareService/desk"]
                written += self.protect(who, f"Patient/{each['id']}", *named, code=label["code"])
        return written

    def protect(
        self, who: Actor, name: str, *named: str, code: str = "address-secret", **wanted: tuple[str, ...]
    ) -> list[Written]:
        """Protect a person; who else is in the household lives elsewhere, unless they are said to share."""
        bodies = [orjson.loads(row.body) for row in self.stored("Group")]
        groups = [each.get("member", ()) for each in bodies if not division.is_over(each)]
        members = [{each["entity"]["reference"] for each in group} for group in groups]
        others = set[str]().union(*(each for each in members if name in each)) - {name, *wanted.get("shares", ())}
        coding = {"system": own("secrecy-label", "")["system"], "code": code}
        asked = Protect(name, coding, named, **({"apart": tuple(sorted(others))} | wanted))
        return self.run(self.gate.protect(who, asked))[1]

    def lift(self, who: Actor, name: str, reason: str = "転居した", id: str = "") -> list[Written]:
        return self.of_list(who, "$lift-protection", name, reason, id)

    def of_list(
        self, who: Actor, operation: str, name: str, reason: str = "担当が替わった", id: str = "", **said: Any
    ) -> list[Written]:
        """Extend, confirm or lift a protection."""
        return self.run(self.gate.of_list(who, operation, OfList(name, reason, id, **said)))

    def check(self, who: Actor, name: str, *elements: str) -> list[Written]:
        """Mark texts of a record as telling no place."""
        type, _, id = name.partition("/")
        return self.run(self.gate.place_check(who, PlaceCheck(type, id, elements)))

    def sign(self, who: Actor, *resources: Json) -> list[Written]:
        """Write resources, each Consent with the paper that it was signed on."""
        papers = [paper(each) for each in resources if each["resourceType"] == "Consent"]
        return self.write(who, *papers, *resources)[len(papers) :]

    def commit(self, who: Actor, *changes: Change) -> list[Written]:
        return self.run(self.gate.commit(who, changes))

    def delete(self, who: Actor, name: str) -> list[Written]:
        type, _, id = name.partition("/")
        return self.commit(who, Change("delete", type, id))

    def read(self, who: Actor, name: str, number: int | None = None) -> Json:
        type, _, id = name.partition("/")
        found: Json = orjson.loads(self.run(self.gate.read(who, type, id, number)).body)
        return found

    def reads(self, who: Actor, name: str) -> bool:
        """Whether this one may read a record; of what is refused it is not told why."""
        try:
            self.read(who, name)
        except Problem:
            return False
        return True

    def search(self, who: Actor, type: str, *parameters: tuple[str, str]) -> list[str]:
        """What is found, by its names; `page` has it in its order."""
        return sorted(row.reference for row in self.page(who, type, *parameters).versions)

    def page(self, who: Actor, type: str, *parameters: tuple[str, str], after: str = "") -> Page:
        return self.run(self.gate.search(who, request.parse(index(), type, parameters), after))

    def stored(self, type: str) -> list[Version]:
        """Every current version of a type as the store has it."""

        async def look() -> list[Version]:
            async with self.store.snapshot() as view:
                return list((await view.find(Query(has(".type", type)), within=EVERYTHING)).versions)

        return self.run(look())

    def trail(self) -> list[Json]:
        """Every event, the oldest first, as an auditor would see it."""

        async def look() -> list[Json]:
            trail = self.store.trail
            found = await trail.find(TrailQuery(newest_first=False, limit=100_000))
            return [audit_event.of(entry) for entry in found.entries]

        return self.run(look())

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(what)


def found(folder: Path, spec: Spec, clock: Callable[[], datetime]) -> None:
    """A town in a folder, to be copied."""
    store = opened(str(folder), clock)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        Town.founded(runner, store, spec)
        runner.run(store.close())


def _new_labels(resource: Json) -> list[Json]:
    found = protection.labels(resource) if resource["resourceType"] == "Patient" else []
    return [each for each in found if not protection.id_of(each)]


def _unprotected(resource: Json) -> Json:
    for label in _new_labels(resource):
        resource = protection.less(resource, label)
    return resource


def patient(id: str, **elements: Any) -> Json:
    """Of age, unless another day of birth is told."""
    return {"resourceType": "Patient", "id": id, "name": [{"family": "水無瀬"}], "birthDate": "1980-01-01"} | elements


def paper(consent: Json, **elements: Any) -> Json:
    """The document on which a consent was signed, as its `sourceReference` names it."""
    name = consent["sourceReference"]["reference"].removeprefix("DocumentReference/")
    document = {"resourceType": "DocumentReference", "id": name, "status": "current", "date": f"{NOW.date()}T09:00:00Z"}
    attached = {"contentType": "text/plain", "title": "署名のある同意書"}
    return document | {"subject": consent["patient"], "content": [{"attachment": attached}]} | elements


def taken_on(town: Town) -> None:
    """The other agency has a person in care: it accepted a request of the center."""
    asked: Json = {"resourceType": "Task", "id": "taken", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    town.write(actor("p"), asked)
    town.write(actor("q"), asked | {"status": "accepted", "meta": {"versionId": "1"}})


def household(*members: str) -> Json:
    group: Json = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    listed = [{"entity": ref(f"Patient/{member}")} for member in members]
    return group | ({"member": listed} if listed else {})


def concern(id: str, person: str, **elements: Any) -> Json:
    code = concept("concern-field", "debts")
    return {"resourceType": "Condition", "id": id, "code": code, "subject": ref(f"Patient/{person}")} | elements


def case(id: str = "k", category: str = "case") -> Json:
    categories = [concept("record-category", category)]
    plan = {"resourceType": "CarePlan", "id": id, "status": "active", "intent": "plan", "category": categories}
    return plan | {"subject": ref("Group/g")}


def coordination(status: str = "accepted") -> Json:
    task: Json = {"resourceType": "Task", "id": "t", "status": status, "intent": "order", "for": ref("Group/g")}
    task |= {"code": concept("task-code", "coordinate"), "reasonCode": concept("coordination-ground", "no-roles")}
    task |= {"focus": ref("CarePlan/k"), "requester": ref("Organization/center")}
    return task | {"owner": ref("PractitionerRole/co")}


WITHOUT_A_PLAN: Json = {"statusReason": {"text": "連携先が決まった"}}
"""Why a coordination ends although nothing was planned (R17)."""


def roster(*members: str) -> Json:
    team: Json = {"resourceType": "CareTeam", "id": "standing", "status": "active"}
    team |= {"category": [concept("record-category", "standing-roster")]}
    return team | {"participant": [{"member": ref(f"PractitionerRole/{member}")} for member in members]}


def conference(status: str = "planned", *members: str) -> Json:
    seats = [("conv", "convener"), *((member, "member") for member in members)]
    return {
        "resourceType": "Encounter",
        "id": "m",
        "status": status,
        "class": own("encounter-class", "support-conference"),
        "type": [concept("conference-kind", "case-conference")],
        "subject": ref("Group/g"),
        "period": {"start": "2026-11-23", "end": "2026-11-23"},
        "participant": [
            {"type": [concept("role", function)], "individual": ref(f"PractitionerRole/{member}")}
            for member, function in seats
        ],
        "extension": [
            extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9")),
            extension("agenda", valueReference=ref("CarePlan/k")),
            extension("opened-category", valueCode="Condition"),
        ],
    }


def letter(id: str, kind: str, **elements: Any) -> Json:
    category = [concept("communication-category", kind)]
    word: Json = {"resourceType": "Communication", "id": id, "status": "completed", "category": category}
    return (
        word
        | {
            "topic": concept("secrecy-notice", "art9-from-2025-06"),
            "encounter": ref("Encounter/m"),
            "payload": [{"contentString": "漏らしてはならない"}],
        }
        | elements
    )


def _post(id: str, agency: str, function: str) -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    return post | {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}


def _change(resource: Json) -> Change:
    version = (resource.get("meta") or {}).get("versionId")
    return Change("update" if version else "create", resource["resourceType"], resource["id"], orjson.dumps(resource))
