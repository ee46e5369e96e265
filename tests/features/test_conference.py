from __future__ import annotations

from pytest_bdd import given, scenarios, when

from demo.journey.city import City
from demo.people import CONFERENCE
from tests.world import casework, household
from tests.world.scene import Scene

scenarios("conference.feature")

_KINDS = "https://tsunagu.example/fhir/CodeSystem/conference-kind"


@given("議題でない別の世帯がある")
def _(scene: Scene) -> None:
    other = City(scene.city.people)
    household.record(other)
    scene.remembered["別の世帯の母"] = other.known["mother"]


@given("支援調整会議が開かれている")
def _(scene: Scene, standing_roster: str) -> None:
    """The same people, notices and case, in the kind of conference that rests on consent."""
    city = scene.city
    kind = [{"coding": [{"system": _KINDS, "code": "support-coordination"}]}]
    convened = casework.convene(city, type=kind, participant=casework.full_roster(city))
    assert convened.status == 201, convened.text
    assert casework.invite(city).status == 201
    assert casework.open_meeting(city).status == 200
    assert casework.explain_secrecy(city).status == 201


@when("こども総合相談所の担当者が会議のために別の世帯の母の記録を読む")
def _(scene: Scene) -> None:
    officer = scene.city.officer("child-guidance", CONFERENCE)
    scene.answer = officer.get(scene.remembered["別の世帯の母"])
