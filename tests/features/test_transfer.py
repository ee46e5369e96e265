from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from tests.features.test_worklist import parts
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHAT, WHO, several

scenarios("transfer.feature")

_OFFICE = "PractitionerRole/role-{}"
Json = dict[str, Any]


@given(parsers.re(r"母の困りごとの引き継ぎが、(?P<agency>[^に]+)に申し出てある"))
def _(scene: Scene, agency: str) -> None:
    assert _offered(scene, "寄り添いサポートセンターの担当者", "母の困りごと", agency).status == 200


@given("母の困りごとを、保健センターが引き継いでいる")
def _(scene: Scene) -> None:
    assert _offered(scene, "寄り添いサポートセンターの担当者", "母の困りごと", "保健センター").status == 200
    assert _answered(scene, "保健センターの担当者", accept=True).status == 200


@given(parsers.re(r"妹の住所が秘匿され、名簿に(?P<named>[^だあ]+)(だけ)?がある"))
def _(scene: Scene, named: str) -> None:
    posts = [_OFFICE.format(WHO[f"{each}の担当者"]) for each in named.removesuffix("だけ").split("と")]
    assert household.protect_sister(scene.city, *posts).status == 200


@when(parsers.re(r"(?P<who>[^が]+)が、(?P<what>[^、]+)の管理を(?P<agency>[^に]+)に移すと申し出る"))
def _(scene: Scene, who: str, what: str, agency: str) -> None:
    scene.answer = _offered(scene, who, what, agency)


@when(parsers.re(r"(?P<who>[^が]+)が、引き継ぎを引き受ける"))
def _(scene: Scene, who: str) -> None:
    scene.answer = _answered(scene, who, accept=True)


@when(parsers.re(r"(?P<who>[^が]+)が、引き継ぎを理由を書(?P<said>いて|かずに)断る"))
def _(scene: Scene, who: str, said: str) -> None:
    scene.answer = _answered(scene, who, accept=False, reason="担当の区ではない" if said == "いて" else "")


@when("保健センターの担当者が、それまでの版を読む必要を主管課に伝える")
def _(scene: Scene) -> None:
    scene.answer = _answered(scene, "保健センターの担当者", accept=True, reason="経過を知らないと支援できない")


@when(
    parsers.re(
        r"主管課が、その求めに「(?P<word>開く|開かない|移す)」と理由を(?P<said>書いて|書かずに|点だけ書いて)答える"
    )
)
def _(scene: Scene, word: str, said: str) -> None:
    reason = {"書いて": "記録を見て判断した", "点だけ書いて": "。"}.get(said, "")
    scene.answer = _answered(scene, "主管課", _waiting(scene), accept=word != "開かない", reason=reason)


@when(parsers.re(r"主管課が、(?P<which>先|後)の求めに「移す」と理由を書いて答える"))
def _(scene: Scene, which: str) -> None:
    task = scene.city.known["earlier-transfer" if which == "先" else "transfer"]
    scene.answer = _answered(scene, "主管課", task, accept=True, reason="記録を見て判断した")


@when("保健センターの担当者が、その求めに自分で「開く」と答える")
def _(scene: Scene) -> None:
    scene.answer = _answered(scene, "保健センターの担当者", _waiting(scene), accept=True, reason="自分で決める")


@when(parsers.re(r"(?P<who>[^が]+)が母の困りごとに追記する"))
def _(scene: Scene, who: str) -> None:
    note = [{"text": "続きを書いた"}]
    scene.answer = casework.change(scene.city, WHO[who], WHAT["母の困りごと"], note=note)


@when(parsers.re(r"(?P<who>[^が]+)が、引き継ぎの申し出を「(?P<status>[a-z]+)」にする"))
def _(scene: Scene, who: str, status: str) -> None:
    scene.answer = casework.change(scene.city, WHO[who], "transfer", status=status)


@then(
    parsers.re(
        r"引き継ぎの申し出が、(?P<taker>.+)には答えるものとして、(?P<giver>.+)には待つものとして、仕事の一覧に出る"
    )
)
def _(scene: Scene, taker: str, giver: str) -> None:
    for who, kind in ((taker, "answer-request"), (giver, "await-answer")):
        asked = parts(scene.person(who).get("$worklist"), "item")
        records = [each.get("record") for each in asked if each["kind"] == kind]
        assert {"reference": scene.city.known["transfer"]} in records


@then(parsers.parse("引き継ぎの申し出が見えるのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    """By reading, and by searching for the Tasks of this kind."""
    name = scene.city.known["transfer"]
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get("Task", code="transfer", _count="500").references}
    assert readers == finders == set(several(names))


@then(parsers.re(r"(?P<who>[^に]+)に見える母の困りごとの版は「(?P<numbers>[^」]+)」だけ"))
def _(scene: Scene, who: str, numbers: str) -> None:
    """By the record's history and by each version's own address."""
    person, name = scene.person(who), scene.place("母の困りごと")
    listed = {each["meta"]["versionId"] for each in person.get(f"{name}/_history").resources}
    read = {one for one in "123" if person.get(f"{name}/_history/{one}").status == 200}
    assert listed == read == set(several(numbers))


def _offered(scene: Scene, who: str, what: str, agency: str) -> Answer:
    to = {"name": "to", "valueReference": {"reference": AGENCIES[agency]}}
    done = _called(scene, who, scene.place(what), [to, {"name": "reason", "valueString": "担当の区が変わった"}])
    if done.status == 200:
        scene.city.known["earlier-transfer"] = scene.city.known.get("transfer", "")
        scene.city.known["transfer"] = f"Task/{done.json['id']}"
    return done


def _answered(scene: Scene, who: str, task: str = "", *, accept: bool, reason: str = "") -> Answer:
    said: list[Json] = [{"name": "accept", "valueBoolean": accept}]
    said += [{"name": "reason", "valueString": reason}] if reason else []
    return _called(scene, who, task or scene.city.known["transfer"], said)


def _called(scene: Scene, who: str, name: str, said: list[Json]) -> Answer:
    return scene.person(who).post(f"{name}/$transfer", {"resourceType": "Parameters", "parameter": said})


def _waiting(scene: Scene) -> str:
    """The Task that waits for the lead section about this scenario's persons."""
    persons = {name for name in scene.city.known.values() if name.startswith("Patient/")}
    asked = {"code": "open-transferred,move-keeping", "status": "requested", "_count": "500"}
    tasks = scene.city.officer("lead-section").get("Task", **asked).resources
    [found] = [task for task in tasks if task["for"]["reference"] in persons]
    return f"Task/{found['id']}"
