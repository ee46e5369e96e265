from __future__ import annotations

import pytest
from pytest_bdd import scenarios, then, when

from demo.journey.narration import Narration
from demo.journey.play import play
from tests.world.server import Server

scenarios("journey.feature")


@pytest.fixture
def narration() -> list[Narration]:
    return []


@when("Ｈ世帯の道のりを初めから終わりまで進める")
def _(server: Server, narration: list[Narration]) -> None:
    narration.extend(play(server.base, server.credentials))


@then("すべての場面が決まりのとおりに答えられる")
def _(narration: list[Narration]) -> None:
    assert [act for act in narration if not act.held] == []


@then("aからiまでのすべての場面がある")
def _(narration: list[Narration]) -> None:
    assert {act.step for act in narration} == set("abcdefghi")


@then("断られた場面には理由がある")
def _(narration: list[Narration]) -> None:
    refused = [act for act in narration if act.status >= 400]
    assert refused
    assert [act for act in refused if not act.reason] == []
