from __future__ import annotations

from pytest_bdd import given, scenarios, then, when

from demo.journey.conference import STRANGER
from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene

scenarios("roster.feature")


@given("所管課長が、こころの健康センターを招かずに支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    convened = casework.convene(scene.city, participant=casework.full_roster(scene.city, "mental-health"))
    assert convened.status == 201, convened.text


@given("所管課長が、こころの健康センターを招かずに、理由を書いて支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    convened = casework.convene(
        scene.city,
        participant=casework.full_roster(scene.city, "mental-health"),
        extension=casework.with_reason(scene.city, "mental-health", "主治医の意見を書面で受け取る"),
    )
    assert convened.status == 201, convened.text


@when("寄り添いサポートセンターの担当者が支援会議を招集しようとする")
def _(scene: Scene, standing_roster: str) -> None:
    scene.answer = casework.convene(scene.city, "yorisoi", participant=casework.full_roster(scene.city))


@when("所管課長が、名簿にない人を加えて支援会議を招集しようとする")
def _(scene: Scene, standing_roster: str) -> None:
    stranger = scene.city.payload("conference-member", member=STRANGER)
    scene.answer = casework.convene(scene.city, participant=[*casework.full_roster(scene.city), stranger])


@when("所管課長が会議を開く")
def _(scene: Scene) -> None:
    scene.answer = casework.open_meeting(scene.city)


@when("こころの健康センターの担当者が、こども総合相談所の担当者に代わって守秘義務を確認しようとする")
def _(scene: Scene) -> None:
    city = scene.city
    someone_else = city.payload(
        "acknowledgement", notice=city.known["invitation"], member="PractitionerRole/role-child-guidance"
    )
    scene.answer = household.write(city, "mental-health", "forged", someone_else, CONFERENCE)


@then("支援会議は招集されていない")
def _(scene: Scene) -> None:
    assert scene.answer.says("art. 4")
    found = scene.search(scene.city.officer("convener", CONFERENCE), "支援会議")
    assert found.total == 0


@when("寄り添いサポートセンターの担当者が構成員名簿を定めようとする")
def _(scene: Scene) -> None:
    roster = scene.city.payload("standing-roster")
    scene.answer = household.write(scene.city, "yorisoi", "roster", roster, CONFERENCE)


@when("寄り添いサポートセンターの担当者が冒頭の説明を出そうとする")
def _(scene: Scene) -> None:
    recipients = [{"reference": "PractitionerRole/role-child-guidance"}]
    notice = scene.city.payload("opening-notice", recipients=recipients)
    scene.answer = household.write(scene.city, "yorisoi", "usurped", notice, CONFERENCE)
