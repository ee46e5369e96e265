"""A household with its case, two coordinators, an adviser, a directory keeper and a holder of the fund; refusals, and
the ways out that they offer.

docs/policy.md, "duties": each refusal names its rule, and says what is allowed instead
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from profiles.spec import Spec
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import INSTALLER, actor, case, concern, conference, household, patient, roster
from tests.world.acting import Acting, acting

Json = dict[str, Any]
MEETING = "support-conference"
SEATED = ("p", "q", "co", "lead")
POSTS = {
    "co2": ("council", "coordinator", ""),
    "adv": ("other", "adviser", "hardship"),
    "keeper": ("lead", "directory-keeper", ""),
    "holder": ("council", "fund-holder", ""),
    "p2": ("center", "officer", ""),
}


@dataclass(slots=True)
class Ways:
    """What is refused and what is done instead, by calls of plain values."""

    town: Acting

    def ask(self, who: str, method: str, url: str, body: Json | None = None, purpose: str = "CAREMGT") -> None:
        self.town.ask(who, method, url, body, purpose)

    def write(self, who: str, name: str, body: Json, purpose: str = "CAREMGT") -> None:
        self.town.create(who, name, body, purpose)

    def put(self, who: str, name: str, purpose: str = "CAREMGT", /, **elements: Any) -> None:
        self.town.put(who, name, purpose, **elements)

    def call(self, who: str, url: str, purpose: str = "CAREMGT", /, **said: Json) -> None:
        parts = [{"name": name, **value} for name, value in said.items()]
        body: Json = {"resourceType": "Parameters"}
        self.town.ask(who, "POST", url, body | ({"parameter": parts} if parts else {}), purpose)

    def refused(self, rule: str, *offered: str) -> None:
        """By this rule, and these words of the answer name what is walked next."""
        assert self.town.answer.status in (403, 422), self.town.said
        assert rule.replace(". ", "") in self.town.rules, self.town.said
        for words in offered:
            assert words in self.town.said

    def taken(self) -> None:
        assert self.town.answer.status in (200, 201), self.town.said

    def coordinated(self) -> None:
        self.write("p", "coordination", coordination())
        self.put("co", "coordination", status="accepted")
        self.taken()

    def called_meeting(self, day: str = "2026-12-10", name: str = "meeting") -> None:
        self.write("conv", name, meeting(day), MEETING)
        self.taken()

    def opened(self, day: str = "2026-12-10", name: str = "meeting") -> None:
        self.called_meeting(day, name)
        self.town.on(day)
        for status in ("", "in-progress"):
            if status:
                self.put("conv", name, MEETING, status=status)
                self.taken()
            self.call("conv", f"{self.town.known[name]}/$invite", MEETING, text={"valueString": "10時から"})
            self.taken()
            for who in ("conv", *SEATED):
                self.call(who, f"{self.town.known[name]}/$acknowledge", MEETING)
                self.taken()

    def closed(self, outcome: str = "decided", name: str = "meeting") -> None:
        parts: list[Json] = [{"url": "outcome", "valueCoding": own("conference-outcome", outcome)}]
        if outcome == "decided":
            parts += [{"url": "direction", "valueString": "訪問する"}, {"url": "priority", "valueString": "受診"}]
        said = self.town.read("conv", name, MEETING)["extension"]
        decision = extension("conference-decision", extension=parts)
        self.put("conv", name, MEETING, status="finished", extension=[*said, decision])
        self.taken()

    def decided(self, agency: str = "other") -> None:
        role = {"name": "agency", "valueReference": ref(f"Organization/{agency}")}
        parts = [{"name": "role", "part": [role, {"name": "role", "valueString": "訪問して見守る"}]}]
        body = {"resourceType": "Parameters", "parameter": parts}
        self.ask("lead", "POST", "CarePlan/k/$decide-roles", body, MEETING)

    def id(self, name: str) -> str:
        return self.town.known[name]


def task(who: str, owner: str, code: str = "", /, **elements: Any) -> Json:
    """A request of an agency's post."""
    made: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    made |= {"requester": ref(who if "/" in who else f"PractitionerRole/{who}"), "owner": ref(owner)}
    return made | ({"code": concept("task-code", code)} if code else {}) | elements


def coordination(owner: str = "co") -> Json:
    ground = {"reasonCode": concept("coordination-ground", "no-roles"), "focus": ref("CarePlan/k")}
    return task("Organization/center", f"PractitionerRole/{owner}", "coordinate", **{"for": ref("Group/g")}, **ground)


def seat(member: str, function: str = "member") -> Json:
    return {"type": [concept("role", function)], "individual": ref(f"PractitionerRole/{member}")}


def meeting(day: str, kind: str = "case-conference", *more: str) -> Json:
    found = {name: part for name, part in conference("planned", *SEATED, *more).items() if name != "id"}
    field: Json = {"url": "field", "valueCoding": own("concern-field", "debts")}
    gap = extension("roster-gap", extension=[field, {"url": "reason", "valueString": "次回に招く"}])
    said = {"type": [concept("conference-kind", kind)], "period": {"start": day, "end": day}}
    return copy.deepcopy(found | said | {"extension": [*found["extension"], gap]})


def outcome(code: str, text: str) -> Json:
    return {"type": concept("task-outcome", code), "valueString": text}


@pytest.fixture
def ways(tmp_path: Path, spec: Spec) -> Iterator[Ways]:
    with acting(tmp_path, spec) as town:
        founded = town.calling.town
        for id, (agency, role, field) in POSTS.items():
            post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
            post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", role)]}
            post |= {"specialty": [concept("adviser-field", field)]} if field else {}
            founded.write(INSTALLER, {"resourceType": "Practitioner", "id": id}, post)
        founded.write(actor("p"), patient("1"), household("1"), case(), concern("c", "1"))
        founded.write(actor("conv"), roster("p", "q", "co", "co2", "lead", "adv"))
        town.known |= {"case": "CarePlan/k", "household": "Group/g", "person": "Patient/1", "concern": "Condition/c"}
        yield Ways(town)
