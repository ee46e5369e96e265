from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import WHAT

scenarios("death.feature")

_OURS = "https://tsunagu.example/fhir/CodeSystem/"
_WHERE = "かくれみの町の家に移った"
_DAYS = {"今日": casework.day(0), "今年": casework.day(0)[:4], "明日": casework.day(1), "来年": casework.day(366)[:4]}


@given("妹が、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    sister = {"reference": scene.place("妹")}
    signed = casework.sign(scene.city, patient=sister, performer=[sister], provision={"type": "deny"})
    assert signed.status == 201, signed.text


@given("妹の死亡を、主管課が書面により確認している")
@when("妹の死亡を、主管課が書面により確認する")
def _(scene: Scene) -> None:
    assert _asked(scene, casework.day(0)).status == 201
    _confirmed(scene)


@given("寄り添いサポートセンターの担当者が、妹の死亡の確認を、書面を添えて主管課に頼んでいる")
def _(scene: Scene) -> None:
    assert _asked(scene, casework.day(0)).status == 201


@when(
    parsers.re(r"寄り添いサポートセンターの担当者が、(?P<day>\S+)に妹が死亡したとして、書面を添えて主管課に確認を頼む")
)
def _(scene: Scene, day: str) -> None:
    scene.answer = _asked(scene, _DAYS.get(day, day))


@when("寄り添いサポートセンターの担当者が、妹の死亡の確認を、書面なしで主管課に頼む")
def _(scene: Scene) -> None:
    scene.answer = _asked(scene, casework.day(0), paper=False)


@when("主管課が、その死亡を確認する")
def _(scene: Scene) -> None:
    _confirmed(scene)


@when("主管課が、死亡の確認を取り消す")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "lead-section", "death", status="entered-in-error").status == 200


@when("寄り添いサポートセンターの担当者が、その死亡を自分で確認しようとする")
def _(scene: Scene) -> None:
    scene.answer = casework.change(scene.city, "yorisoi", "death", status="completed")


@when("寄り添いサポートセンターの担当者が、死亡の確認を消そうとする")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").send("DELETE", scene.city.known["death"])


@when("寄り添いサポートセンターの担当者が、妹の記録から死亡を消す")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    sister = officer.get(scene.place("妹")).json
    assert officer.put({name: part for name, part in sister.items() if name != "deceasedDateTime"}).status == 200


@when(
    parsers.re(
        r"寄り添いサポートセンターの担当者が、(?P<persons>\S+?)(だけ)?の世帯の事例を、?(?P<where>居場所のわかる言葉で)?書く"
    )
)
def _(scene: Scene, persons: str, where: str | None) -> None:
    members = [{"entity": {"reference": scene.place(person)}} for person in persons.split("と") if person in WHAT]
    group: dict[str, Any] = {"resourceType": "Group", "type": "person", "actual": True, "member": members}
    assert household.write(scene.city, "yorisoi", "those", group).status == 201
    plan: dict[str, Any] = {"resourceType": "CarePlan", "status": "active", "intent": "plan"}
    plan |= {"category": [_code("record-category", "case")], "subject": {"reference": scene.city.known["those"]}}
    plan |= {"description": _WHERE} if where else {}
    written = household.write(scene.city, "yorisoi", "case", plan)
    assert written.status == 201, written.text


@when("寄り添いサポートセンターの担当者が、事例に書き足す")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "case", title="葬儀のあと").status == 200


@then("保健センターの担当者は、書き足す前の事例の版を読めない")
def _(scene: Scene) -> None:
    assert scene.city.officer("health-center").get(f"{scene.place('事例')}/_history/1").status == 404


@then("保健センターの担当者に、その言葉は見えない")
def _(scene: Scene) -> None:
    assert _WHERE not in scene.city.officer("health-center").get(scene.place("事例")).text
    assert _WHERE in scene.city.officer("yorisoi").get(scene.place("事例")).text


def _asked(scene: Scene, day: str, *, paper: bool = True) -> Any:
    """The death is written in the sister's record, and the lead section is asked to confirm it."""
    assert casework.change(scene.city, "yorisoi", "sister", deceasedDateTime=day).status == 200
    if paper:
        kind = {"type": _code("death-paper", "death-certificate")}
        assert casework.file_paper(scene.city, "yorisoi", "sister", "certificate", **kind).status == 201
    sister = {"reference": scene.place("妹")}
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": sister}
    task |= {"for": sister, "code": _code("task-code", "confirm-death")}
    task |= {"input": [{"type": {"text": "死亡の日"}, "valueDateTime": day}]}
    task |= {"requester": {"reference": "Organization/yorisoi-center"}}
    owner = {"owner": {"reference": "PractitionerRole/role-lead-section"}}
    return household.write(scene.city, "yorisoi", "death", task | owner)


def _confirmed(scene: Scene) -> None:
    answer = casework.change(scene.city, "lead-section", "death", status="completed")
    assert answer.status == 200, answer.text


def _code(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{_OURS}{system}", "code": code}]}
