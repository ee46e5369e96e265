from __future__ import annotations

import pytest
from pytest_bdd import scenarios, then, when

from demo.journey.play import play
from demo.journey.told import Told
from tests.world.server import Server

scenarios("journey.feature")


@pytest.fixture
def told() -> list[Told]:
    return []


@when("Ｈ世帯の道のりを初めから終わりまで進める")
def _(server: Server, told: list[Told]) -> None:
    told.extend(play(server.base, server.credentials))


@then("すべての場面が決まりのとおりに答えられる")
def _(told: list[Told]) -> None:
    assert [act for act in told if not act.held] == []


@then("aからiまでのすべての場面がある")
def _(told: list[Told]) -> None:
    assert {act.step for act in told} == set("abcdefghi")


@then("断られた場面には理由がある")
def _(told: list[Told]) -> None:
    refused = [act for act in told if act.status >= 400]
    assert refused
    assert [act for act in refused if not act.reason] == []
