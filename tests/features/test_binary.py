from __future__ import annotations

import base64
from typing import Any

from pytest_bdd import parsers, scenarios, then, when

from demo.people import CARE, CONFERENCE
from tests.features.steps.phrases import RECORD
from tests.http.asking import Asking
from tests.world import household
from tests.world.scene import Scene
from tests.world.words import COLLEAGUES, WHO

scenarios("binary.feature")

_CONTENT = "かくれみの町の地図".encode()
_FILE = {"resourceType": "Binary", "contentType": "text/plain", "data": base64.b64encode(_CONTENT).decode()}
_WHO = r"(?P<who>[^が、]+)が(?P<purpose>会議のために)?、"


def _send(scene: Scene, who: str, purpose: str | None, **context: Any) -> None:
    asked = CONFERENCE if purpose else CARE
    scene.answer = household.write(scene.city, WHO[who], "file", _FILE | context, asked)


@when(parsers.re(_WHO + RECORD + "にファイルを付ける"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    _send(scene, who, purpose, securityContext={"reference": scene.place(what)})


@when(parsers.re(_WHO + "どの記録のものとも書かずにファイルを送る"))
def _(scene: Scene, who: str, purpose: str | None) -> None:
    _send(scene, who, purpose)


@then(parsers.re(r"(?P<who>[^に]+)には、ファイルの中身(がそのまま|は)(?P<out>出る|出ない)"))
def _(scene: Scene, who: str, out: str) -> None:
    person = scene.city.officer((WHO | COLLEAGUES)[who])
    with Asking(scene.city.people.base, person.token()) as asking:
        plain = asking.ask("GET", scene.place("ファイル"), headers={"Accept": "*/*"})
        resource = asking.ask("GET", scene.place("ファイル")).json
    assert plain.status == 200
    if out == "出る":
        assert (plain.text, plain.headers["content-type"]) == (_CONTENT.decode(), "text/plain")
    else:
        assert not {"data", "contentType"} & resource.keys()
        assert resource["securityContext"] == {"reference": scene.place("妹の困りごと")}
        assert plain.json == resource
