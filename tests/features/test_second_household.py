from __future__ import annotations

import pytest
from pytest_bdd import parsers, scenarios, then, when

from demo.journey.narration import Narration
from demo.journey_k.play import play
from tests.world.server import Server

scenarios("second_household.feature")


@pytest.fixture(scope="module")
def narration(server: Server) -> list[Narration]:
    """The journey, played once; every scenario looks at it."""
    return list(play(server.base, server.credentials))


@when("Ｋ世帯の道のりを初めから終わりまで進める")
def _(narration: list[Narration]) -> None:
    assert {act.step for act in narration} == set("123456789")


@then("すべての場面が決まりのとおりである")
def _(narration: list[Narration]) -> None:
    assert [act for act in narration if not act.held] == []


@then("断られた場面には理由がある")
def _(narration: list[Narration]) -> None:
    refused = [act for act in narration if act.status >= 400]
    assert refused
    assert [act for act in refused if not act.reason] == []


@then(parsers.re(r"場面(?P<step>\d)で、(?P<who>[^「]+)が「(?P<what>[^」]+)」と(?P<answer>\S+)"))
def _(narration: list[Narration], step: str, who: str, what: str, answer: str) -> None:
    (act,) = [each for each in narration if (each.step, each.who, each.ja) == (step, who, what)]
    assert act.held, act
    if answer == "見つからない":
        assert act.status == 404
    elif answer == "何も出ない":
        assert (act.status, act.allowed) == (200, False)
    elif rule := answer.removesuffix("により断られる").removesuffix("により認められる"):
        refused = answer.endswith("断られる")
        assert (act.status == 422) if refused else (200 <= act.status < 300), act
        assert answer == "認められる" or rule in act.rules, act
