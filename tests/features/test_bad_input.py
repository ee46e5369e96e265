from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import orjson
from joserfc import jwk, jwt
from pytest_bdd import parsers, scenarios, then, when

from demo.answer import Answer
from demo.rest import JSON, read
from tests import trusting
from tests.world import household
from tests.world.scene import Scene
from tests.world.words import KINDS

scenarios("bad_input.feature")

_ANYTHING = {"Content-Type": JSON}
_TURNED = {"url": "https://example.org/not", "valueBoolean": True}


@when(parsers.re(r"寄り添いサポートセンターの担当者が困りごととして(?P<what>.+)を送る"))
def _(scene: Scene, what: str) -> None:
    good = _concern(scene)
    bodies: dict[str, Callable[[], bytes]] = {
        "壊れたJSON": lambda: orjson.dumps(good)[:-2],
        "同じ名前が二度あるJSON": lambda: b'{"resourceType":"Condition",' + orjson.dumps(good)[1:],
        "別の種類のリソース": lambda: orjson.dumps(good | {"resourceType": "Observation"}),
        "仕様にない要素のあるもの": lambda: orjson.dumps(good | {"colour": "blue"}),
        "必須の要素のないもの": lambda: orjson.dumps({name: good[name] for name in good if name != "subject"}),
        "決まりにないコードのもの": lambda: orjson.dumps(good | {"clinicalStatus": _unknown_status()}),
        "存在しない日付のもの": lambda: orjson.dumps(good | {"recordedDate": "2026-02-30"}),
        "知らない規則に従うもの": lambda: orjson.dumps(good | {"implicitRules": "https://example.org/rules"}),
        "意味を変える知らない拡張のもの": lambda: orjson.dumps(good | {"modifierExtension": [_TURNED]}),
        "深すぎるもの": lambda: orjson.dumps(good)[:-1] + b',"note":' + b"[" * 500 + b"]" * 500 + b"}",
        "大きすぎるもの": lambda: orjson.dumps(good | {"note": [{"text": "あ" * 8_000_000}]}),
    }
    scene.answer = scene.city.officer("yorisoi").send("POST", "Condition", body=bodies[what](), headers=_ANYTHING)


@when(parsers.re(r"寄り添いサポートセンターの担当者が(?P<what>.+)を書き込めるか確かめる"))
def _(scene: Scene, what: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "正しい困りごと": {},
        "存在しない日付の困りごと": {"recordedDate": "2026-02-30"},
        "決まりにないコードの困りごと": {"clinicalStatus": _unknown_status()},
        "存在しない人の困りごと": {"subject": {"reference": "Patient/nobody"}},
    }
    mode = {"name": "mode", "valueCode": "create"}
    given = [{"name": "resource", "resource": _concern(scene) | changes[what]}, mode]
    body = orjson.dumps({"resourceType": "Parameters", "parameter": given})
    officer = scene.city.officer("yorisoi")
    scene.answer = officer.send("POST", "Condition/$validate", body=body, headers=_ANYTHING)


@then(parsers.parse("確かめた答えは「{told}」"))
def _(scene: Scene, told: str) -> None:
    assert scene.answer.status == 200, scene.answer.text
    (issue,) = scene.answer.json["issue"]
    assert told in (issue["details"]["text"], *issue.get("expression", ()))


@when("寄り添いサポートセンターの担当者が、知らない条件で世帯員を検索する")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").get("Patient", colour="blue")


@when("寄り添いサポートセンターの担当者が、古い版にもとづいて母の記録を更新する")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    mother = officer.get(scene.place("母")).json
    assert officer.put(mother | {"active": False}).status == 200
    scene.answer = officer.put(mother | {"gender": "unknown"})


@when("寄り添いサポートセンターの担当者が、番号の合わない本文で母の記録を更新する")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    mother = officer.get(scene.place("母")).json
    body = orjson.dumps(mother | {"id": "somebody-else"})
    scene.answer = officer.send("PUT", scene.place("母"), body=body, headers=_ANYTHING)


@when(
    parsers.re(
        r"(?P<token>トークンなし|でたらめなトークン|一文字変えたトークン|別のサーバーのトークン)で母の記録を求める"
    )
)
def _(scene: Scene, token: str) -> None:
    officer = scene.city.officer("yorisoi")
    good = officer.token()
    tokens = {
        "トークンなし": "",
        "でたらめなトークン": "abc.def.ghi",
        "一文字変えたトークン": good[:-5] + ("A" if good[-5] != "A" else "B") + good[-4:],
        "別のサーバーのトークン": _foreign(good),
    }
    bearer = {"Authorization": f"Bearer {tokens[token]}"} if tokens[token] else {}
    with trusting.client() as web:
        scene.answer = read(web.get(f"{officer.base}/{scene.place('母')}", headers=bearer))


@when(parsers.re(r"寄り添いサポートセンターの担当者が、(?P<fault>\S+)世帯の記録一式を送る"))
def _(scene: Scene, fault: str) -> None:
    """The faulty record is the last of the bundle: everything before it is good."""
    city, records = scene.city, household.entries()
    concern = records["mother-mental-health"]
    mother, group = (records[name]["subject"]["reference"] for name in ("mother-mental-health", "sheet"))
    nobody = {"reference": "Patient/nobody"}
    unsigned = city.payload("consent-mother", mother=mother, sheet="")
    baseless = city.payload("conference", household=group, case="")
    del unsigned["performer"], unsigned["sourceReference"], baseless["extension"]
    faults: dict[str, dict[str, Any]] = {
        "困りごとの一つが決まりにない符号の": concern | {"clinicalStatus": _unknown_status()},
        "存在しない人の困りごとを含む": concern | {"subject": nobody},
        "署名のない同意書を含む": unsigned,
        "招集できない支援会議を含む": baseless,
    }
    scene.answer = household.file(city, records | {"last": faults[fault]})


@when("こども総合相談所の担当者が、母の記録と、存在しない記録を求める")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("child-guidance").get(scene.place("母"))


@then("二つの答えは、番号のほかは同じ")
def _(scene: Scene) -> None:
    identity = scene.place("母").partition("/")[2]
    other = identity[:-1] + ("0" if identity[-1] != "0" else "1")
    absent = scene.city.officer("child-guidance").get(f"Patient/{other}")
    assert scene.answer.status == absent.status == 404
    assert scene.answer.text.replace(identity, "*") == absent.text.replace(other, "*")
    assert _lasting(scene.answer, identity) == _lasting(absent, other)


@then("どの種類の記録も残っていない")
def _(scene: Scene) -> None:
    officer = scene.city.officer("yorisoi")
    left = [reference for kind in KINDS for reference in scene.search(officer, kind).references]
    assert left == []


@then("答えは OperationOutcome で、誤りを述べている")
def _(scene: Scene) -> None:
    assert scene.answer.json["resourceType"] == "OperationOutcome"
    assert scene.answer.json["issue"][0]["severity"] in ("error", "fatal")
    assert scene.answer.reason


@then("母の記録は元のまま")
def _(scene: Scene) -> None:
    mother = scene.city.officer("yorisoi").get(scene.place("母")).json
    assert mother["gender"] == "female"
    assert mother["meta"]["versionId"] == "2"


def _concern(scene: Scene) -> dict[str, Any]:
    withheld = scene.city.payload("withheld-concern")
    return household.tagged(scene.city, withheld)


def _unknown_status() -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "sleepy"}]}


def _foreign(token: str) -> str:
    """The same claims, signed by another server with a key of the same name."""
    parts = token.split(".")
    key = jwk.ECKey.generate_key("P-256", auto_kid=True)
    header, claims = (orjson.loads(_decoded(part)) for part in parts[:2])
    return jwt.encode({**header, "typ": header.get("typ", "at+jwt")}, claims, key, algorithms=[header["alg"]])


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _lasting(answer: Answer, identity: str) -> dict[str, str]:
    """The headers that could tell two answers apart, without those that differ with every request."""
    passing = re.compile(r"date|x-request-id|server-timing")
    return {name: value.replace(identity, "*") for name, value in answer.headers.items() if not passing.fullmatch(name)}
