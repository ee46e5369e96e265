from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_bdd import parsers, scenarios, then

from demo.client import Officer
from tests.http.asking import Asking
from tests.world import citizen
from tests.world.scene import Scene
from tests.world.server import Server

scenarios("public.feature")


@pytest.fixture
def mother(scene: Scene, server: Server) -> Iterator[Officer]:
    """The mother's own account, for the scenario."""
    officer, browser = citizen.enrolled(server.folder, server.base, server.credentials, scene.place("母"))
    yield officer
    officer.close()
    browser.close()


@then(parsers.re(r"(?P<who>サインインしていない人|通用しないトークンの人)が (?P<place>\S+) を探すと (?P<status>\d+)"))
def _(scene: Scene, who: str, place: str, status: str) -> None:
    counted = "" if "/" in place else "?_count=1"
    with Asking(scene.city.people.base, "over.and.done" if who.startswith("通用") else "") as asking:
        assert asking.ask("GET", f"{place}{counted}").status == int(status)


@then(parsers.re(r"(?P<who>[^が]+)が担当者を探すと、名前が出る"))
def _(scene: Scene, who: str) -> None:
    found = scene.person(who).get("Practitioner", _id="practitioner-yorisoi")
    assert [bool(person["name"][0]["text"]) for person in found.resources] == [True]


@then("市民としての母は、相談機関一覧を読める")
def _(mother: Officer) -> None:
    assert mother.get("HealthcareService", _count="1").resources


@then("市民としての母には、担当者名が一つも出ない")
def _(mother: Officer) -> None:
    for type in ("Practitioner", "PractitionerRole"):
        found = mother.get(type)
        assert found.status == 403 or found.references == (), found.text
    assert mother.get("Practitioner/practitioner-yorisoi").status in (403, 404)
