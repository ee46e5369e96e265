"""How things stand when a scenario begins.

docs/testing.md
"""

from __future__ import annotations

from pytest_bdd import given, parsers

from tests.world import casework, household, provision
from tests.world.scene import Scene
from tests.world.words import WHAT, WHO


@given("母と妹と長男の世帯を、寄り添いサポートセンターが記録している")
def _(scene: Scene) -> None:
    household.record(scene.city)


@given("母の特に慎重な記録がある")
def _(scene: Scene) -> None:
    assert household.restrict(scene.city).status == 201


@given("母が、保健センターと地域ケア総合推進センターへの提供に同意している")
def _(scene: Scene) -> None:
    assert casework.sign(scene.city).status == 201


@given(parsers.re(r"母が、(?P<element>[^「]+)を「(?P<value>[^」]*)」とする同意書に署名している"))
def _(scene: Scene, element: str, value: str) -> None:
    signed = casework.sign(scene.city, provision=provision.worded(scene.city, element, value))
    assert signed.status == 201, signed.text


@given(parsers.parse("{person}も同じように同意している"))
def _(scene: Scene, person: str) -> None:
    assert casework.sign_for(scene.city, WHAT[person]).status == 201


@given("妹の住所が秘匿されている")
def _(scene: Scene) -> None:
    assert household.protect_sister(scene.city).status == 200


@given("母を保健センターへ紹介している")
def _(scene: Scene) -> None:
    assert casework.refer(scene.city).status == 200


@given("事例を推進員に持ち込んでいる")
def _(scene: Scene) -> None:
    assert casework.bring(scene.city).status == 200


@given("推進員が事例を引き受けている")
def _(scene: Scene) -> None:
    if "coordination" not in scene.city.known:
        assert casework.bring(scene.city).status == 200
    assert casework.take_on(scene.city).status == 200


@given("所管課長がこの事例の支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    casework.call_meeting(scene.city)


@given("支援会議が開かれている")
def _(scene: Scene, standing_roster: str) -> None:
    casework.hold_meeting(scene.city)


@given(parsers.re(r"(?P<who>.+)を招かずに支援会議が開かれている"))
def _(scene: Scene, standing_roster: str, who: str) -> None:
    casework.hold_meeting(scene.city, participant=casework.full_roster(scene.city, WHO[who]))


@given("寄り添いサポートセンターの担当者がトータルケアプランを作っている")
def _(scene: Scene) -> None:
    drafted = casework.draft_plan(scene.city)
    assert drafted.status == 201, drafted.text


@given(parsers.re(r"(?P<who>.+)が招集時と冒頭の守秘義務を確認している"))
def _(scene: Scene, who: str) -> None:
    for notice in ("invitation", "opening-notice"):
        assert casework.acknowledge(scene.city, WHO[who], notice).status == 201


@given(parsers.re(r"(?P<who>[^は]+)は(?P<when>招集時|冒頭)の守秘義務だけを確認している"))
def _(scene: Scene, who: str, when: str) -> None:
    notice = "invitation" if when == "招集時" else "opening-notice"
    assert casework.acknowledge(scene.city, WHO[who], notice).status == 201


@given("会議が閉じられている")
def _(scene: Scene) -> None:
    assert casework.close_meeting(scene.city).status == 200


@given("母が同意を取り消している")
def _(scene: Scene) -> None:
    revoked = casework.change(scene.city, "yorisoi", "consent", status="inactive")
    assert revoked.status == 200, revoked.text


@given(parsers.re(r"(?P<person>母|妹)を保健センターが受け持っている"))
def _(scene: Scene, person: str) -> None:
    taken = casework.entrust(scene.city, WHAT[person])
    assert taken.status == 200, taken.text
