from __future__ import annotations

import orjson
import pytest
from pytest_bdd import parsers, scenarios, then, when

from demo.rest import Client
from tests import trusting
from tests.http.asking import Asking
from tests.world.scene import Scene

scenarios("bulk.feature")

ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def export() -> dict[str, str]:
    """Where the export of a scenario is looked after."""
    return {}


def asking(scene: Scene, who: str) -> Asking:
    client: Client = scene.person(who)
    return Asking(client.base, client.token())


@when(parsers.re(r"(?P<who>\S+)が、(?P<whom>\S+)についてのすべてを求める"))
def _(scene: Scene, who: str, whom: str) -> None:
    scene.answer = scene.person(who).get(f"{scene.place(whom)}/$everything", _count="500")


@then(parsers.re(r"すべての中に「(?P<one>\S+)」と「(?P<two>\S+)」があり、「(?P<three>\S+)」と「(?P<four>\S+)」はない"))
def _(scene: Scene, one: str, two: str, three: str, four: str) -> None:
    found = set(scene.answer.references)
    assert {scene.place(one), scene.place(two)} <= found
    assert not {scene.place(three), scene.place(four)} & found


@when(parsers.re(r"(?P<who>\S+)が、世帯員と困りごとの一括出力を終える"))
def _(scene: Scene, export: dict[str, str], who: str) -> None:
    with asking(scene, who) as client:
        begun = client.ask("GET", "Patient/$export?_type=Patient,Condition", headers=ASYNC)
        assert begun.status == 202, begun.text
        export["status"] = begun.headers["content-location"].partition("/fhir/")[2]
        scene.answer = client.ask("GET", export["status"])
        while scene.answer.status == 202:
            scene.answer = client.ask("GET", export["status"])
    export["who"] = who
    assert scene.answer.status == 200, scene.answer.text


@when(parsers.re(r"(?P<who>\S+)が、その一括出力を開く"))
def _(scene: Scene, export: dict[str, str], who: str) -> None:
    with asking(scene, who) as client:
        scene.answer = client.ask("GET", export["status"])


@when(parsers.re(r"(?P<who>\S+)が一括出力を始める"))
def _(scene: Scene, who: str) -> None:
    with asking(scene, who) as client:
        scene.answer = client.ask("GET", "$export", headers=ASYNC)


def files(scene: Scene, export: dict[str, str]) -> set[str]:
    """The names of what the files hold now, of all the city."""
    found = set()
    with asking(scene, export["who"]) as client, trusting.client() as web:
        for each in client.ask("GET", export["status"]).json["output"]:
            content = web.get(each["url"], headers={"Authorization": f"Bearer {client.token}"})
            assert content.status_code == 200, content.text
            records = (orjson.loads(line) for line in content.content.splitlines())
            found |= {f"{record['resourceType']}/{record['id']}" for record in records}
    return found


@then(
    parsers.re(r"ファイルの中に「(?P<one>\S+)」と「(?P<two>\S+)」があり、「(?P<three>\S+)」と「(?P<four>\S+)」はない")
)
def _(scene: Scene, export: dict[str, str], one: str, two: str, three: str, four: str) -> None:
    found = files(scene, export)
    assert {scene.place(one), scene.place(two)} <= found
    assert not {scene.place(three), scene.place(four)} & found


@then(parsers.re(r"ファイルの中に「(?P<one>\S+)」も「(?P<two>\S+)」もない"))
def _(scene: Scene, export: dict[str, str], one: str, two: str) -> None:
    assert not {scene.place(one), scene.place(two)} & files(scene, export)
