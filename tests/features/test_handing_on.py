from __future__ import annotations

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, referral
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO

scenarios("handing_on.feature")

COORDINATOR = "PractitionerRole/role-coordinator"
_OWNERS = AGENCIES | {"推進員": COORDINATOR, "主管課": "PractitionerRole/role-lead-section"}


@given("保健センターが紹介の仕事を受け付けている")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "health-center", "task", status="accepted").status == 200


@given("保健センターの担当者が、母の紹介をこころの健康センターへ引き継いでいる")
def _(scene: Scene) -> None:
    agency, owner = AGENCIES["保健センター"], AGENCIES["こころの健康センター"]
    assert referral.hand_on(scene.city, "health-center", agency, owner).status == 201


@given("こころの健康センターが引き継ぎの仕事を受け付けている")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "mental-health", "handed-on", status="accepted").status == 200


@when(
    parsers.re(
        "寄り添いサポートセンターの担当者が、(?P<first>紹介の仕事を取り下げてから、)?紹介を妹についてのものに書き換える"
    )
)
def _(scene: Scene, first: str | None) -> None:
    if first:
        assert casework.change(scene.city, "yorisoi", "task", status="cancelled").status == 200
    about = {"reference": scene.place("妹")}
    scene.answer = casework.change(scene.city, "yorisoi", "request", subject=about)


@when(parsers.re(r"(?P<who>[^、]+)が、母の紹介を(?P<owner>[^へ]+)へ引き継ぐ"))
def _(scene: Scene, who: str, owner: str) -> None:
    agency = AGENCIES[who.removesuffix("の担当者")]
    part_of = "handed-on" if who.startswith("こころ") else "task"
    scene.answer = referral.hand_on(scene.city, WHO[who], agency, _OWNERS[owner], part_of)


@when(parsers.re(r"(?P<who>[^、]+)が、母の紹介について(?P<owner>推進員|主管課)に連絡する"))
def _(scene: Scene, who: str, owner: str) -> None:
    agency = AGENCIES[who.removesuffix("の担当者")]
    scene.answer = referral.escalate(scene.city, WHO[who], agency, _OWNERS[owner])


@when("こころの健康センターの担当者が引き継ぎの仕事を受け付け、支援して終える")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "mental-health", "handed-on", status="accepted").status == 200
    scene.answer = referral.complete(scene.city, "mental-health", "handed-on")


@when("保健センターの担当者が、引き継ぎを結果に書いて紹介の仕事を終える")
def _(scene: Scene) -> None:
    next = {"valueReference": {"reference": scene.place("引き継ぎの仕事")}}
    scene.answer = referral.complete(scene.city, "health-center", "task", "handed-on", **next)


@given("保健センターが、支援した結果を書いて紹介の仕事を終えている")
def _(scene: Scene) -> None:
    assert referral.complete(scene.city, "health-center", "task").status == 200


@when(parsers.re("保健センターの担当者が、次の機関が「(?P<status>.+)」としたことにして、母の紹介を引き継ぐ"))
def _(scene: Scene, status: str) -> None:
    agency, owner = AGENCIES["保健センター"], AGENCIES["こころの健康センター"]
    scene.answer = referral.hand_on(scene.city, "health-center", agency, owner, status=status)


@when("寄り添いサポートセンターの担当者が、紹介の仕事の結果を書き換える")
def _(scene: Scene) -> None:
    said = [referral.outcome("supported", valueString="何もしてもらえなかった")]
    scene.answer = casework.change(scene.city, "yorisoi", "task", output=said)


@when("保健センターの担当者が、引き継ぎの仕事に結果を書く")
def _(scene: Scene) -> None:
    said = [referral.outcome("supported", valueString="面談してもらった")]
    scene.answer = casework.change(scene.city, "health-center", "handed-on", output=said)


@then("紹介の仕事の結果は、保健センターの書いたままである")
def _(scene: Scene) -> None:
    [said] = scene.city.officer("health-center").get(scene.place("紹介の仕事")).json["output"]
    assert said["valueString"] == "面談し、受診に付き添った"


@when("保健センターの担当者が、窓口で母の署名した同意書を登録する")
def _(scene: Scene) -> None:
    paper = casework.file_paper(scene.city, "health-center", "mother")
    assert paper.status == 201, paper.text
    source = {"sourceReference": {"reference": scene.city.known["paper"]}}
    scene.answer = casework.sign(scene.city, "own-consent", "health-center", **source)


@then(parsers.parse("推進員が連絡の仕事を「{status}」にすると受け付けられる"))
def _(scene: Scene, status: str) -> None:
    changed = casework.change(scene.city, "coordinator", "escalation", status=status)
    assert changed.status == 200, changed.text


@then("許されない、または R12aにより断られる")
def _(scene: Scene) -> None:
    assert scene.answer.status == 422, scene.answer.text
    assert scene.answer.says("R12a"), scene.answer.text
