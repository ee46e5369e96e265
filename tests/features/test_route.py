from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.world.scene import Scene

scenarios("route.feature")


@when(parsers.re(r"サインインしていない人が、学区 (?P<area>\S+) の「(?P<field>[a-z-]+)」の窓口を探す"))
def _(scene: Scene, area: str, field: str) -> None:
    scene.answer = scene.city.anyone().get("HealthcareService/$route", field=field, area=f"Location/{area}")


@then(parsers.re(r"最初に出る窓口は (?P<agency>\S+) のもの"))
def _(scene: Scene, agency: str) -> None:
    assert scene.answer.resources[0]["providedBy"]["reference"] == agency


@then("窓口が少なくとも一つ出る")
def _(scene: Scene) -> None:
    assert scene.answer.status == 200, scene.answer.text
    assert scene.answer.resources
    assert {desk["resourceType"] for desk in scene.answer.resources} == {"HealthcareService"}


@then(parsers.re(r"サインインしていない人が (?P<place>\S+) を探すと (?P<status>\d+)"))
def _(scene: Scene, place: str, status: str) -> None:
    counted = {} if "/" in place else {"_count": "1"}
    assert scene.city.anyone().get(place, **counted).status == int(status)


@then(parsers.re(r"(?P<who>[^が]+)が担当者を探すと、名前が出る"))
def _(scene: Scene, who: str) -> None:
    found = scene.person(who).get("Practitioner", _id="practitioner-yorisoi")
    assert [bool(person["name"][0]["text"]) for person in found.resources] == [True]
