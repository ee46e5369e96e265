from __future__ import annotations

from pytest_bdd import given, scenarios

from demo.people import CONFERENCE
from tests.world import casework
from tests.world.scene import Scene

scenarios("conference_material.feature", "lead_section.feature")


@given("こども総合相談所の担当者が会議の出席者から外されている")
def _(scene: Scene) -> None:
    seats = casework.full_roster(scene.city, "child-guidance")
    changed = casework.change(scene.city, "convener", "conference", CONFERENCE, participant=seats)
    assert changed.status == 200, changed.text


@given("つなぐシートが会議に配られている")
def _(scene: Scene) -> None:
    tabled = casework.table(scene.city, "sheet")
    assert tabled.status == 201, tabled.text
