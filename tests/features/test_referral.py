from __future__ import annotations

from pytest_bdd import parsers, scenarios, then

from tests.features.conftest import Scene

scenarios("referral.feature")


@then(parsers.re(r"紹介の仕事の状態は「(?P<status>[a-z-]+)」のまま"))
def _(scene: Scene, status: str) -> None:
    task = scene.city.officer("yorisoi").get(scene.place("紹介の仕事"))
    assert task.json["status"] == status
