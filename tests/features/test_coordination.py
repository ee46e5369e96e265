from __future__ import annotations

from pytest_bdd import parsers, scenarios, when

from tests.world import casework, household
from tests.world.scene import Scene

scenarios("coordination.feature")

_COORDINATOR = {"reference": "PractitionerRole/role-coordinator"}
_GROUNDS = "https://tsunagu.example/fhir/CodeSystem/coordination-ground"


@when(parsers.re(r"寄り添いサポートセンターの担当者が「(?P<ground>[a-z-]+)」という理由で調整を求める"))
def _(scene: Scene, ground: str) -> None:
    reason = {"coding": [{"system": _GROUNDS, "code": ground}]}
    scene.answer = casework.bring(scene.city, reasonCode=reason)


@when("寄り添いサポートセンターの担当者が理由を示さずに調整を求める")
def _(scene: Scene) -> None:
    scene.answer = casework.bring(scene.city, reasonCode=None)


@when("寄り添いサポートセンターの担当者が、母本人からの求めとして調整を求める")
def _(scene: Scene) -> None:
    scene.answer = casework.bring(scene.city, requester={"reference": scene.place("母")})


@when("寄り添いサポートセンターの担当者が推進員に支援の実施を頼む")
def _(scene: Scene) -> None:
    city = scene.city
    casework.prepare_referral(city)
    bundle = household.tagged_bundle(city, city.payload("referral"))
    bundle["entry"][1]["resource"]["owner"] = _COORDINATOR
    scene.answer = city.officer("yorisoi").post("", bundle)


@when("推進員が、自分を実施者とする計画を作ろうとする")
def _(scene: Scene) -> None:
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": scene.place("世帯")},
        "activity": [{"detail": {"status": "scheduled", "performer": [_COORDINATOR]}}],
    }
    scene.answer = household.write(scene.city, "coordinator", "plan", plan)
