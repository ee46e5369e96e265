from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.people import EMERGENCY
from resources.record import coding
from tests.features.steps.phrases import RECORD
from tests.world import household
from tests.world.scene import Scene
from tests.world.words import WHO

scenarios("mistake.feature")

Json = dict[str, Any]

_CLINICAL, _VERIFIED = (
    f"http://terminology.hl7.org/CodeSystem/{name}" for name in ("condition-clinical", "condition-ver-status")
)
_WRONG: Json = {"verificationStatus": {"coding": [{"system": _VERIFIED, "code": "entered-in-error"}]}}
_MARK: Json = {"url": f"{coding.BASE}/StructureDefinition/entered-in-error", "valueBoolean": True}
_RIGHT: Json = {"clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]}}


@when(parsers.re(r"(?P<who>[^が]+)が、" + RECORD + r"を誤り(?P<done>とする|でないとする)"))
def _(scene: Scene, who: str, what: str, done: str) -> None:
    officer, found = scene.person(who), scene.city.officer("yorisoi").get(scene.place(what)).json
    if found["resourceType"] in ("Group", "Patient"):
        scene.answer = officer.put(found | {"modifierExtension": [_MARK]})
        return
    if found["resourceType"] != "Condition":
        scene.answer = officer.put(found | {"status": "entered-in-error"})
        return
    kept = {name: part for name, part in found.items() if name not in (*_WRONG, *_RIGHT)}
    scene.answer = officer.put(kept | (_WRONG if done == "とする" else _RIGHT))


@when("寄り添いサポートセンターの担当者が、母の記録に誤りの印を付ける")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    scene.answer = officer.put(officer.get(scene.place("母")).json | {"modifierExtension": [_MARK]})


@when(parsers.re(r"(?P<who>[^が]+)が、妹を世帯(?P<out>から外し、誤って加えていた|に誤って加えた)と届け出る"))
def _(scene: Scene, who: str, out: str) -> None:
    if out.startswith("から"):
        _taken_out(scene, "妹")
    scene.answer = _said(scene, who, "妹")


@given("妹と長男を世帯に誤って加えていた間に、世帯の困りごとを記録している")
def _(scene: Scene) -> None:
    trouble = scene.city.officer("yorisoi").get(scene.place("母の困りごと")).json
    trouble = {name: part for name, part in trouble.items() if name not in ("id", "meta")}
    trouble |= {"subject": {"reference": scene.place("世帯")}}
    assert household.write(scene.city, "yorisoi", "household-concern", trouble).status == 201
    _taken_out(scene, "妹", "長男")


@then(parsers.re(r"保健センターの担当者は世帯の困りごとを読め(?P<sees>ず、検索にも出ない|、検索にも出る)"))
def _(scene: Scene, sees: str) -> None:
    officer, name = scene.city.officer("health-center"), scene.city.known["household-concern"]
    listed = officer.get("Condition", subject=scene.place("世帯")).references
    assert (officer.get(name).status, listed) == ((404, ()) if sees.startswith("ず") else (200, (name,)))


@given("母の困りごとを、誤って別の世帯のものとして記録し、書き直している")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    stranger = officer.post("Patient", {"resourceType": "Patient", "name": [{"family": "高瀬"}]})
    member = {"entity": {"reference": f"Patient/{stranger.json['id']}"}}
    group = officer.post("Group", {"resourceType": "Group", "type": "person", "actual": True, "member": [member]})
    assert group.status == 201, group.text
    scene.city.known["stranger"] = member["entity"]["reference"]
    scene.city.known["other-household"] = f"Group/{group.json['id']}"
    trouble = officer.get(scene.place("母の困りごと")).json
    trouble = {name: part for name, part in trouble.items() if name not in ("id", "meta")}
    wrong = trouble | {"subject": {"reference": scene.city.known["other-household"]}}
    assert household.write(scene.city, "yorisoi", "moved-concern", wrong).status == 201
    written = officer.get(scene.city.known["moved-concern"]).json
    right = officer.put(written | {"subject": {"reference": scene.place("母")}})
    assert right.status == 200, right.text


@when("寄り添いサポートセンターの担当者が、その世帯を誤って挙げていたと届け出る")
def _(scene: Scene) -> None:
    wrong = scene.city.known["other-household"]
    scene.answer = _said_of(scene, "寄り添いサポートセンターの担当者", scene.city.known["moved-concern"], wrong)


@then(parsers.re(r"保健センターの担当者は、書き直した困りごとを読め(?P<sees>ず、検索にも出ない|、検索にも出る)"))
def _(scene: Scene, sees: str) -> None:
    officer, name = scene.city.officer("health-center"), scene.city.known["moved-concern"]
    listed = name in officer.get("Condition", subject=scene.place("母")).references
    assert (officer.get(name).status, listed) == ((404, False) if sees.startswith("ず") else (200, True))


@then(parsers.re(r"主管課が、その世帯の人の基本情報を読むと(?P<outcome>読める|見つからない)"))
def _(scene: Scene, outcome: str) -> None:
    found = scene.city.officer("lead-section").get(scene.city.known["stranger"])
    assert found.status == (200 if outcome == "読める" else 404)


@given("緊急対応担当が、母のために緊急閲覧を開いている")
def _(scene: Scene) -> None:
    lead = scene.city.officer("lead-section")
    found = {"coding": [{"system": f"{coding.BASE}/CodeSystem/emergency-outcome", "code": "justified"}]}
    for task in lead.get("Task", code="emergency-review", status="requested").resources:
        done = {"output": [{"type": {"text": "審査の結果"}, "valueCodeableConcept": found}]}
        assert lead.put(task | {"status": "completed"} | done).status == 200
    asked: list[Json] = [{"name": "reason", "valueString": "倒れているとの通報"}]
    asked += [{"name": "record", "valueReference": {"reference": scene.place("母")}}]
    opened = scene.city.officer("emergency", EMERGENCY).post(
        "$break-glass", {"resourceType": "Parameters", "parameter": asked}
    )
    assert opened.status == 200, opened.text


@when("妹と長男について、届出を主管課が認める")
def _(scene: Scene) -> None:
    for who in ("妹", "長男"):
        assert _said(scene, "寄り添いサポートセンターの担当者", who).status == 200
        assert _decided(scene, "主管課", accept=True).status == 200


@when(parsers.re(r"(?P<who>[^が]+)が、その届出を理由を書いて(?P<word>認める|認めない)"))
def _(scene: Scene, who: str, word: str) -> None:
    scene.answer = _decided(scene, who, accept=word == "認める")


@given("妹の住所が秘匿され、名簿に保健センターだけがある")
def _(scene: Scene) -> None:
    assert household.protect_sister(scene.city, "PractitionerRole/role-health-center").status == 200


@then("届出は断られる")
def _(scene: Scene) -> None:
    assert scene.answer.status == 422, scene.answer.text
    assert scene.answer.says("mistake"), scene.answer.text


def _taken_out(scene: Scene, *persons: str) -> None:
    officer = scene.city.officer("yorisoi")
    group = officer.get(scene.place("世帯")).json
    gone = {scene.place(who) for who in persons}
    left = [each for each in group["member"] if each["entity"]["reference"] not in gone]
    assert officer.put(group | {"member": left}).status == 200


def _said(scene: Scene, who: str, person: str) -> Answer:
    return _said_of(scene, who, scene.place("世帯"), scene.place(person))


def _said_of(scene: Scene, who: str, record: str, named: str) -> Answer:
    given = [{"name": "person", "valueReference": {"reference": named}}]
    given.append({"name": "reason", "valueString": "同姓の別の人を加えていた"})
    answer = scene.person(who).post(f"{record}/$mark-mistake", _parameters(given))
    if answer.status == 200:
        scene.city.known["misnaming"] = f"Task/{answer.json['id']}"
    return answer


def _decided(scene: Scene, who: str, *, accept: bool) -> Answer:
    given: list[Json] = [{"name": "accept", "valueBoolean": accept}]
    given.append({"name": "reason", "valueString": "住民票で確かめた"})
    return scene.person(who).post(f"{scene.city.known['misnaming']}/$mark-mistake", _parameters(given))


def _parameters(given: list[Json]) -> Json:
    return {"resourceType": "Parameters", "parameter": given}


@given("寄り添いサポートセンターの担当者が、母の困りごとに来歴を付けている")
def _(scene: Scene) -> None:
    agent = [{"who": {"reference": "Organization/yorisoi-center"}}]
    history: Json = {"resourceType": "Provenance", "recorded": "2026-11-20T10:00:00+09:00", "agent": agent}
    history |= {"target": [{"reference": scene.place("母の困りごと")}]}
    assert household.write(scene.city, "yorisoi", "provenance", history).status == 201


@given("保健センターが紹介の仕事を受け付けている")
def _(scene: Scene) -> None:
    officer = scene.city.officer("health-center")
    task = officer.get(scene.place("紹介の仕事")).json
    assert officer.put(task | {"status": "accepted"}).status == 200


@then(parsers.re(RECORD + r"の最初の版を、(?P<who>[^が]+)が読むと(?P<outcome>読める|見つからない)"))
def _(scene: Scene, what: str, who: str, outcome: str) -> None:
    answer = scene.city.officer(WHO[who]).get(f"{scene.place(what)}/_history/1")
    assert answer.status == (200 if outcome == "読める" else 404), answer.text
