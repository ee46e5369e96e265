from __future__ import annotations

import pytest
from pytest_bdd import parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import People
from demo.rest import Refused
from tests.world.scene import Scene
from tests.world.words import SYSTEMS, WHO

scenarios("installation.feature")

INSTALLATION = "installation"
DESK = "Organization/lead-section"


@then("サインインしていない人が窓口を探すと、相談機関一覧が出る")
def _(people: People) -> None:
    found = people.anyone().search("HealthcareService", _summary="count")
    assert found.status == 200
    assert found.total
    assert people.anyone().get(DESK).status == 200


@when(parsers.parse("{who}が設置の目的でトークンを求める"), target_fixture="refusal")
def _(people: People, who: str) -> str:
    asking = people.system(SYSTEMS[who], INSTALLATION) if who in SYSTEMS else people.officer(WHO[who], INSTALLATION)
    with pytest.raises(Refused) as refused:
        asking.token()
    return str(refused.value)


@then("トークンは出ない")
def _(refusal: str) -> None:
    assert "invalid_scope" in refusal


@when(parsers.parse("{who}が相談機関一覧に書き込もうとする"), target_fixture="before")
def _(scene: Scene, who: str) -> Answer:
    before = scene.person(who).get(DESK)
    scene.answer = scene.person(who).put(before.json | {"name": "書き換えた名前"})
    return before


@then("一覧は元のまま")
def _(people: People, before: Answer) -> None:
    assert people.anyone().get(DESK).json == before.json
