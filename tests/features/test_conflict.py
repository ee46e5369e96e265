from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from pytest_bdd import parsers, scenarios, then, when

from demo.people import EMERGENCY
from resources.record import coding
from tests import warm
from tests.world import household
from tests.world.scene import Scene
from tests.world.server import Server
from tests.world.words import WHO, several

scenarios("conflict.feature")

_STAFF = f"{coding.BASE}/StructureDefinition/staff-person"
_CATEGORIES = f"{coding.BASE}/CodeSystem/record-category"


@when(parsers.re(r"(?P<who>[^が]+)が、(?P<staff>.+)と母との利害の衝突を届け出る"))
def _(scene: Scene, who: str, staff: str) -> None:
    named = {"reference": f"PractitionerRole/role-{WHO[staff]}"}
    asked = (
        {"name": "staff", "valueReference": named},
        {"name": "person", "valueReference": {"reference": scene.place("母")}},
    )
    parameters = {"resourceType": "Parameters", "parameter": list(asked)}
    scene.answer = scene.person(who).post("$declare-conflict", parameters)
    if scene.answer.status == 200:
        scene.remembered["flag"] = f"Flag/{scene.answer.json['entry'][0]['resource']['id']}"


@when("緊急対応担当が、母の記録を示して緊急閲覧を求める")
def _(scene: Scene) -> None:
    named = {"name": "record", "valueReference": {"reference": scene.place("母")}}
    asked = {"resourceType": "Parameters", "parameter": [{"name": "reason", "valueString": "火事"}, named]}
    lead = scene.city.officer("lead-section")
    for task in lead.get("Task", code="emergency-review", status="requested").resources:
        found = {"coding": [{"system": f"{coding.BASE}/CodeSystem/emergency-outcome", "code": "justified"}]}
        done = {"output": [{"type": {"text": "審査の結果"}, "valueCodeableConcept": found}]}
        assert lead.put(task | {"status": "completed"} | done).status == 200
    scene.answer = scene.city.officer("emergency", EMERGENCY).post("$break-glass", asked)


@when(parsers.re(r"(?P<who>[^が]+)が、その届出を終わらせる"))
def _(scene: Scene, who: str) -> None:
    flag = scene.person(who).get(scene.remembered["flag"]).json
    scene.answer = scene.person(who).put(flag | {"status": "inactive"})


@when("寄り添いサポートセンターの担当者が、届出と同じ記録を自分で作ろうとする")
def _(scene: Scene) -> None:
    staff = {"url": _STAFF, "valueReference": {"reference": "Practitioner/practitioner-health-center"}}
    flag: dict[str, Any] = {"resourceType": "Flag", "status": "active", "extension": [staff]}
    flag |= {"category": [{"coding": [{"system": _CATEGORIES, "code": "conflict"}]}], "code": {"text": "衝突"}}
    scene.answer = household.write(scene.city, "yorisoi", "flag", flag | {"subject": {"reference": scene.place("母")}})


@pytest.fixture
def operator(server: Server) -> Callable[[str], int]:
    """Says at the command line who the health center's officer is; the exit code."""

    def said(person: str) -> int:
        environment = os.environ | {"TSUNAGU_DATA": str(server.folder)}
        return warm.ran(("account", "also", "health-center", person), environment).returncode

    return said


@when("運用者が、保健センターの担当者は妹でもあると、アカウントに登録する")
def _(scene: Scene, operator: Callable[[str], int]) -> None:
    assert operator(scene.place("妹")) == 0
    [flag] = scene.city.officer("lead-section").get("Flag", subject=scene.place("妹")).references
    scene.remembered["flag"] = flag


@when("母が世帯から外れる")
def _(scene: Scene) -> None:
    officer, mother = scene.city.officer("yorisoi"), scene.place("母")
    [name] = officer.get("Group", member=mother).references
    group = officer.get(name).json
    left = [each for each in group["member"] if each["entity"]["reference"] != mother]
    scene.answer = officer.put(group | {"member": left})
    assert scene.answer.status == 200, scene.answer.text


@when("運用者が、いない人のことを、保健センターの担当者のアカウントに登録する")
def _(scene: Scene, operator: Callable[[str], int]) -> None:
    scene.remembered["code"] = str(operator("Patient/none"))


@when("運用者が、保健センターの担当者の職のことを、そのアカウントに登録する")
def _(scene: Scene, operator: Callable[[str], int]) -> None:
    scene.remembered["code"] = str(operator("PractitionerRole/role-health-center"))


@then("登録できない")
def _(scene: Scene) -> None:
    assert scene.remembered["code"] == "2"


@then(parsers.parse("利害の衝突の届出が見えるのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    """By reading and by searching, and both must agree."""
    name = scene.remembered["flag"]
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get("Flag", _count="500").references}
    assert readers == finders == set(several(names))
