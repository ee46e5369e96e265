from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("programmes.feature")


@given("家計改善支援と一時生活支援を受ける計画がある")
def _(scene: Scene) -> None:
    activity = [_activity(name) for name in ("household-budget", "temporary-living")]
    drafted = casework.draft_plan(scene.city, activity=activity)
    assert drafted.status == 201, drafted.text
    scene.remembered["plan"] = scene.city.known["plan"]


@given("主管課が、計画の役割をその会議で決めている")
def _(scene: Scene) -> None:
    decided = casework.decide_roles(scene.city)
    assert decided.status == 201, decided.text


@when(parsers.re(r"(?P<who>[^、]+)が、計画を「(?P<side>[a-z-]+)」に移す"))
def _(scene: Scene, who: str, side: str) -> None:
    body = {"resourceType": "Parameters", "parameter": [{"name": "side", "valueCode": side}]}
    scene.answer = scene.city.officer(WHO[who]).post(f"{scene.city.known['plan']}/$cross-programmes", body)


@when("寄り添いサポートセンターの担当者が、家計の事業を被保護者就労準備支援事業に書き換える")
def _(scene: Scene) -> None:
    activity = [_activity(name) for name in ("assisted-work-preparation", "temporary-living")]
    scene.answer = casework.change(scene.city, "yorisoi", "plan", activity=activity)


@when(parsers.re(r"寄り添いサポートセンターの担当者が、計画を(書き換えて、)?(?P<how>家計.+|並べ替える)"))
def _(scene: Scene, how: str) -> None:
    budget, living = _activity("household-budget"), _activity("temporary-living")
    over = {"detail": budget["detail"] | {"status": "completed"}}
    unpaired, pair = _activity("assisted-work-preparation"), _activity("assisted-household-budget")
    activity = {
        "家計の事業を消し、終わりに対でない事業を加える": [living, unpaired],
        "家計の事業を消し、終わりに対になる事業を加える": [living, pair],
        "並べ替える": [living, budget],
        "家計の事業を終わったものとし、対でない事業を加える": [over, living, unpaired],
        "家計の事業を終わったものとする": [over, living],
        "家計の事業を何も言わずに消す": [living],
        "家計の事業を行わないことにしたとして残す": [{"detail": budget["detail"] | {"status": "cancelled"}}, living],
    }[how]
    scene.answer = casework.change(scene.city, "yorisoi", "plan", activity=activity)


@when(parsers.re(r"寄り添いサポートセンターの担当者が、計画を終えて、(?P<next>.+)の計画を作る"))
def _(scene: Scene, next: str) -> None:
    ended = casework.change(scene.city, "yorisoi", "plan", status="completed")
    assert ended.status == 200, ended.text
    service = {"対でない事業": "assisted-work-preparation", "対になる事業": "assisted-household-budget"}[next]
    scene.answer = casework.draft_plan(scene.city, activity=[_activity(service)])


@when(parsers.re(r"一覧の管理担当が、(?P<pair>.+)を、家計改善支援事業の対になる事業として登録する"))
def _(scene: Scene, pair: str) -> None:
    keeper = scene.city.officer("directory-keeper")
    budget = keeper.get("HealthcareService/programme-household-budget").json
    base = "https://tsunagu.example/fhir"
    side = {"system": f"{base}/CodeSystem/programme-side", "code": "assisted" if "被保護者" in pair else "in-hardship"}
    other = {"reference": "Organization/health-center-kita-chuo"}
    named = {"valueReference": {"reference": "HealthcareService/programme-household-budget"}}
    service: dict[str, Any] = {"resourceType": "HealthcareService", "active": True, "name": "対になる事業"}
    service |= {"providedBy": other if "別の" in pair else budget["providedBy"], "category": budget["category"]}
    service |= {"eligibility": [{"code": {"coding": [side]}}]} if "向けの事業" in pair else {}
    service |= {"extension": [{"url": f"{base}/StructureDefinition/programme-pair", **named}]}
    scene.answer = keeper.post("HealthcareService", service)


@then(parsers.re(r"終わった家計の事業は「(?P<name>[^」]+)」のまま"))
def _(scene: Scene, name: str) -> None:
    officer = scene.city.officer("yorisoi")
    performer = officer.get(scene.remembered["plan"]).json["activity"][0]["detail"]["performer"][0]["reference"]
    assert officer.get(performer).json["name"] == name


@then(parsers.re(r"計画は同じもので、家計の事業は「(?P<name>[^」]+)」になり、事業者は変わらない"))
def _(scene: Scene, name: str) -> None:
    officer = scene.city.officer("yorisoi")
    plan = officer.get(scene.remembered["plan"]).json
    performer = plan["activity"][0]["detail"]["performer"][0]["reference"]
    service, former = (officer.get(each).json for each in (performer, "HealthcareService/programme-household-budget"))
    assert service["name"] == name
    assert service["providedBy"] == former["providedBy"]
    assert plan["activity"][1]["detail"]["performer"][0]["reference"].endswith("programme-temporary-living")


def _activity(programme: str) -> dict[str, Any]:
    timing = {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}}
    performer = [{"reference": f"HealthcareService/programme-{programme}"}]
    detail = {"status": "scheduled", "code": {"text": "事業"}, "scheduledTiming": timing, "performer": performer}
    return {"detail": detail}
