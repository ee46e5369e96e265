"""The vocabulary that all features share: who does what, over HTTP, and what comes of it.

docs/testing.md
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

from demo.answer import Answer
from demo.journey.city import City
from demo.people import CONFERENCE, People
from tests.world import casework, household
from tests.world.scene import PURPOSES, Scene
from tests.world.server import Server, start_server
from tests.world.words import KINDS, WHAT, WHO, several

_WHO = r"(?P<who>[^がは]+)が(?P<purpose>ふだんの業務として|会議のために|監査のために)?"
_WHAT = "(?P<what>" + "|".join(sorted(WHAT, key=len, reverse=True)) + ")"
_KIND = "(?P<kind>" + "|".join(sorted(KINDS, key=len, reverse=True)) + ")"


def pytest_configure(config: pytest.Config) -> None:
    """The tags of the features are markers: `pytest -m P3` runs what is written about P3."""
    texts = (file.read_text() for file in Path(__file__).parent.glob("*.feature"))
    tags = {word[1:] for text in texts for word in text.split() if word.startswith("@")}
    for tag in sorted(tags):
        config.addinivalue_line("markers", f"{tag}: scenarios about {tag}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with start_server(tmp_path_factory.mktemp("city")) as running:
        yield running


@pytest.fixture(scope="session")
def people(server: Server) -> Iterator[People]:
    everybody = People(server.base, server.credentials)
    yield everybody
    everybody.close()


@pytest.fixture(scope="session")
def standing_roster(people: People) -> str:
    """The one standing roster of the city, as the convener wrote it."""
    written = people.officer("convener", CONFERENCE).post("CareTeam", City(people).payload("standing-roster"))
    assert written.status == 201, written.text
    return written.created[0]


@pytest.fixture
def scene(people: People) -> Scene:
    return Scene(City(people))


# --- how things stand ---------------------------------------------------------------------------------------------


@given("母と妹と長男の世帯を、寄り添いサポートセンターが記録している")
def _(scene: Scene) -> None:
    household.record(scene.city)


@given("母の特に慎重な記録がある")
def _(scene: Scene) -> None:
    assert household.restrict(scene.city).status == 201


@given("母が、保健センターと地域ケア総合推進センターへの提供に同意している")
def _(scene: Scene) -> None:
    assert casework.sign(scene.city).status == 201


@given(parsers.parse("{person}も同じように同意している"))
def _(scene: Scene, person: str) -> None:
    assert casework.sign_for(scene.city, WHAT[person]).status == 201


@given("妹の住所が秘匿されている")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    sister = officer.get(scene.city.known["sister"]).json
    sister["meta"]["security"] = [scene.city.payload("secrecy-label")]
    assert officer.put(sister).status == 200


@given("母を保健センターへ紹介している")
def _(scene: Scene) -> None:
    assert casework.refer(scene.city).status == 200


@given("事例を推進員に持ち込んでいる")
def _(scene: Scene) -> None:
    assert casework.bring(scene.city).status == 200


@given("推進員が事例を引き受けている")
def _(scene: Scene) -> None:
    assert casework.bring(scene.city).status == 200
    assert casework.take_on(scene.city).status == 200


@given("所管課長がこの事例の支援会議を招集している")
def _(scene: Scene, standing_roster: str) -> None:
    casework.call_meeting(scene.city)


@given("支援会議が開かれている")
def _(scene: Scene, standing_roster: str) -> None:
    casework.call_meeting(scene.city)
    assert casework.invite(scene.city).status == 201
    opened = casework.open_meeting(scene.city)
    assert opened.status == 200, opened.text
    assert casework.explain_secrecy(scene.city).status == 201


@given(parsers.re(r"(?P<who>.+)が招集時と冒頭の守秘義務を確認している"))
def _(scene: Scene, who: str) -> None:
    for notice in ("invitation", "opening-notice"):
        assert casework.acknowledge(scene.city, WHO[who], notice).status == 201


@given(parsers.re(r"(?P<who>[^は]+)は(?P<when>招集時|冒頭)の守秘義務だけを確認している"))
def _(scene: Scene, who: str, when: str) -> None:
    notice = "invitation" if when == "招集時" else "opening-notice"
    assert casework.acknowledge(scene.city, WHO[who], notice).status == 201


@given("会議が閉じられている")
def _(scene: Scene) -> None:
    assert casework.close_meeting(scene.city).status == 200


@given("母が同意を取り消している")
def _(scene: Scene) -> None:
    revoked = casework.change(scene.city, "yorisoi", "consent", status="inactive")
    assert revoked.status == 200, revoked.text


# --- what somebody does -------------------------------------------------------------------------------------------


@when(parsers.re(_WHO + _WHAT + r"(の記録)?を読む"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    scene.answer = scene.person(who, purpose or "").get(scene.place(what))


@when(parsers.re(_WHO + _KIND + r"を検索する"))
def _(scene: Scene, who: str, purpose: str | None, kind: str) -> None:
    scene.answer = scene.search(scene.person(who, purpose or ""), kind)


@when(parsers.re(_WHO + r"(?P<task>紹介の仕事|調整の仕事)を「(?P<status>[a-z-]+)」にする"))
def _(scene: Scene, who: str, purpose: str | None, task: str, status: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], WHAT[task], PURPOSES[purpose or ""], status=status)


@when(parsers.re(_WHO + _WHAT + r"(の記録)?に書き込む"))
def _(scene: Scene, who: str, purpose: str | None, what: str) -> None:
    """With an If-Match on version 1, whether or not the writer can read it."""
    kind, _, identity = scene.place(what).partition("/")
    resource = {"resourceType": kind, "id": identity, "meta": {"versionId": "1"}}
    scene.answer = scene.person(who, purpose or "").put(resource)


# --- what comes of it ---------------------------------------------------------------------------------------------


@then("読める")
@then("受け付けられる")
def _(scene: Scene) -> None:
    assert scene.answer.status in (200, 201), scene.answer.text


@then("見つからない")
def _(scene: Scene) -> None:
    assert scene.answer.status == 404, scene.answer.text


@then("許されない")
def _(scene: Scene) -> None:
    assert scene.answer.status == 403, scene.answer.text


@then(parsers.re(r"(?P<rule>[RPDF]\d+a?|art\. \d)により断られる"))
def _(scene: Scene, rule: str) -> None:
    assert scene.answer.status == 422, scene.answer.text
    assert scene.answer.json["resourceType"] == "OperationOutcome"
    assert scene.answer.says(rule), scene.answer.text


@then(parsers.parse("検索に出るのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    _lists_exactly(scene, scene.answer, several(names))


@then("検索には何も出ない")
def _(scene: Scene) -> None:
    _lists_exactly(scene, scene.answer, [])


@then(parsers.re(_WHAT + r"を読めるのは(?P<purpose>会議のために)?「(?P<names>[^」]*)」だけ"))
def _(scene: Scene, what: str, purpose: str | None, names: str) -> None:
    """Everybody in the city is asked, by reading and by searching, and both must agree."""
    reference, allowed = scene.place(what), set(several(names))
    kind = next(word for word, type in KINDS.items() if type == reference.partition("/")[0])
    readers, finders = set(), set()
    for who in WHO:
        person = scene.person(who, purpose or "")
        if person.get(reference).status == 200:
            readers.add(who)
        if reference in scene.search(person, kind).references:
            finders.add(who)
    assert readers == allowed
    assert finders == allowed


@then(parsers.re(_WHO + _KIND + r"を検索すると「(?P<names>[^」]*)」だけが出る"))
def _(scene: Scene, who: str, purpose: str | None, kind: str, names: str) -> None:
    _lists_exactly(scene, scene.search(scene.person(who, purpose or ""), kind), several(names))


@then(parsers.re(_WHO + _WHAT + r"(の記録)?を読むと、?(?P<outcome>読める|見つからない)"))
def _(scene: Scene, who: str, purpose: str | None, what: str, outcome: str) -> None:
    answer = scene.person(who, purpose or "").get(scene.place(what))
    assert answer.status == (200 if outcome == "読める" else 404), answer.text


@then(parsers.re(r"答えには「(?P<words>.+)」とある"))
def _(scene: Scene, words: str) -> None:
    assert scene.answer.says(*several(words)), scene.answer.text


@then(parsers.re(r"状態は (?P<status>\d{3})"))
def _(scene: Scene, status: str) -> None:
    assert scene.answer.status == int(status), scene.answer.text


def _lists_exactly(scene: Scene, answer: Answer, names: list[str]) -> None:
    assert answer.status == 200, answer.text
    assert scene.called(answer) == sorted(names)
    assert answer.total == len(names)
