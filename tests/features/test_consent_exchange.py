from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, several

scenarios("consent_exchange.feature")

_WORDS = {"consent-begun": "始まり", "consent-ended": "終わり"}


@given("母が、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    assert casework.sign(scene.city, provision={"type": "deny"}).status == 201


@given(parsers.parse("寄り添いサポートセンターが、母の同意書を全部で {many:d} 件登録している"))
def _(scene: Scene, many: int) -> None:
    """One is there already."""
    _file(scene, many - 1, "proposed")


@given(parsers.parse("寄り添いサポートセンターが登録した母の有効な同意書が {many:d} 件ある"))
def _(scene: Scene, many: int) -> None:
    """One is there already."""
    _file(scene, many - 1, "active")


@given("寄り添いサポートセンターが登録した母の、どこにも提供しないという有効な同意書が、上限まである")
def _(scene: Scene) -> None:
    """Fifty are active, with the permit that is there already."""
    _file(scene, 49, "active", dateTime="2020-04-01", provision={"type": "deny"})


def _file(scene: Scene, many: int, status: str, **changes: Any) -> None:
    said = household.tagged(scene.city, scene.city.payload("consent-mother") | {"status": status} | changes)
    entry = [{"resource": said, "request": {"method": "POST", "url": "Consent"}}] * many
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entry}
    answer = scene.city.officer("yorisoi").post("", bundle)
    assert [each["response"]["status"][:3] for each in answer.json["entry"]] == ["201"] * many


@when("寄り添いサポートセンターの担当者が、終わった同意書を二件終了にする")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    signed = [each for each in scene.search(officer, "同意書").resources if each["provision"]["type"] == "permit"]
    for each in [each for each in signed if each["status"] == "active"][:2]:
        assert officer.put(each | {"status": "inactive"}).status == 200


@given("保健センターの担当者が母の困りごとを三度読んでいる")
def _(scene: Scene) -> None:
    for _ in range(3):
        assert scene.city.officer("health-center").get(scene.place("母の困りごと")).status == 200


@given(parsers.re("(?P<agency>[^がへ]+)への提供の取り消しが記録されている"))
def _(scene: Scene, agency: str) -> None:
    assert _revoke(scene, "寄り添いサポートセンターの担当者", agency).status == 200


@when(parsers.re("(?P<who>[^が]+)が、(?P<agency>[^がへ]+)への提供の取り消しを記録する"))
def _(scene: Scene, who: str, agency: str) -> None:
    scene.answer = _revoke(scene, who, agency)


@given("母の居所が秘匿されている")
def _(scene: Scene) -> None:
    assert household.protect(scene.city, "yorisoi", "mother", (household.NOBODY_HERE,)).status == 200


@when("寄り添いサポートセンターの担当者が、母の同意書をもう一件登録する")
def _(scene: Scene) -> None:
    scene.answer = casework.sign(scene.city, "one-more")


@when("寄り添いサポートセンターの担当者が、どこにも提供しないという母の同意書をもう一件登録する")
def _(scene: Scene) -> None:
    scene.answer = casework.sign(scene.city, "refusal", provision={"type": "deny"})


@when("寄り添いサポートセンターの担当者が、前の同意書に代わるという母の同意書を登録する")
def _(scene: Scene) -> None:
    scene.answer = casework.sign(scene.city, "replacing", extension=[casework.REPLACES])


@then("母の有効な拒否はない")
def _(scene: Scene) -> None:
    signed = scene.search(scene.city.officer("yorisoi"), "同意書").resources
    refusals = [each["status"] for each in signed if each["provision"]["type"] == "deny"]
    assert refusals
    assert "active" not in refusals


@when(parsers.re("(?P<who>[^が]+)が、この同意書の取り消しを記録する"))
def _(scene: Scene, who: str) -> None:
    scene.answer = _revoke(scene, who)


@when(parsers.re(r"(?P<day>\d{4}-\d\d-\d\d) に母が署名した同意書を、寄り添いサポートセンターの担当者が登録する"))
def _(scene: Scene, day: str) -> None:
    scene.answer = casework.sign(scene.city, "older-consent", dateTime=day)


@then(parsers.re("(?P<who>[^が]+)に届いた同意の知らせは「(?P<words>[^」]+)」"))
def _(scene: Scene, who: str, words: str) -> None:
    inbox = scene.person(who).get("Communication", category="consent-notice", patient=scene.place("母")).resources
    codes = [code for each in inbox for code in _WORDS if code in str(each["category"])]
    assert sorted(_WORDS[code] for code in codes) == sorted(several(words))
    assert "水無瀬" not in str(inbox)


@then(parsers.re("(?P<who>[^が]+)に、紹介の旗が見える"))
def _(scene: Scene, who: str) -> None:
    flags = scene.person(who).get("Flag", patient=scene.place("母")).resources
    flagged = {each["extension"][0]["valueReference"]["reference"] for each in flags}
    assert flagged == {scene.city.known["task"], scene.city.known["request"]}


@then(parsers.re("(?P<who>[^が]+)に、紹介の旗は見えない"))
def _(scene: Scene, who: str) -> None:
    assert scene.person(who).get("Flag", patient=scene.place("母")).references == ()


@then("同意書は有効のままで、提供先の機関はどこにも出ていない")
def _(scene: Scene) -> None:
    assert scene.answer.json["status"] == "active"
    assert not [each for each in ("保健センター", "地域ケア総合推進センター") if AGENCIES[each] in scene.answer.text]


@then("同意書は終わっている")
def _(scene: Scene) -> None:
    assert scene.answer.json["status"] == "inactive"


@then(parsers.re("答えには「(?P<words>[^」]+)」とある"))
def _(scene: Scene, words: str) -> None:
    assert scene.answer.says(words), scene.answer.text


def _revoke(scene: Scene, who: str, agency: str = "") -> Answer:
    """`$revokeConsent` by the recipients, or by the consent that is known."""
    recipients = [("recipient", AGENCIES[each]) for each in agency.split("と")] if agency else []
    said = [("patient", scene.place("母")), *(recipients or [("consent", scene.place("同意書"))])]
    parameters = [{"name": each, "valueReference": {"reference": one}} for each, one in said]
    return scene.person(who).post("Consent/$revokeConsent", {"resourceType": "Parameters", "parameter": parameters})
