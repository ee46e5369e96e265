from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import orjson
from pytest_bdd import parsers, scenarios, then, when

from resources.record import coding
from tests.http import launch
from tests.world.scene import Scene
from tests.world.server import Server
from tests.world.words import AGENCIES, WHO, several

scenarios("unclassified.feature")

Json = dict[str, Any]

_FIELD = {"coding": [{"system": f"{coding.BASE}/CodeSystem/concern-field", "code": "debts"}]}
_MARK = {"system": f"{coding.BASE}/CodeSystem/handling-label", "code": "unclassified"}
_EARLIER = {"system": "http://hl7.org/fhir/v3/Confidentiality", "code": "V"}
_UNKNOWN = {"system": "urn:oid:1.2.3", "code": "部外秘"}


@when(parsers.re(r"寄り添いサポートセンターの母の記録として、(?P<what>.+)を一括で取り込む"))
def _(scene: Scene, server: Server, tmp_path: Path, what: str) -> None:
    of_mother: Json = {"subject": {"reference": scene.place("母")}}
    concern: Json = {"resourceType": "Condition", "id": str(uuid.uuid4())} | of_mother
    document: Json = {"resourceType": "DocumentReference", "id": str(uuid.uuid4()), "status": "current"} | of_mother
    record: Json = {
        "分野の分かる困りごと": concern | {"code": _FIELD},
        "分野の分からない困りごと": concern | {"code": {"text": "暮らしのこと"}},
        "知らない機密表示の付いた困りごと": concern | {"code": _FIELD, "meta": {"security": [_UNKNOWN]}},
        "符号体系のないVの付いた困りごと": concern | {"code": _FIELD, "meta": {"security": [{"code": "V"}]}},
        "古い書き方のVの付いた困りごと": concern | {"code": _FIELD, "meta": {"security": [_EARLIER]}},
        "種類の分からない文書": document | {"content": [{"attachment": {"title": "控え"}}]},
    }[what]
    file = tmp_path / "lines.ndjson"
    file.write_bytes(orjson.dumps(record) + b"\n")
    keeper = AGENCIES["寄り添いサポートセンター"]
    words = ("--custodian", keeper, "--report", str(tmp_path / "report"), str(file))
    ended = launch.ran(server.folder, "import", *words)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    scene.remembered["imported"] = f"{record['resourceType']}/{record['id']}"


@when(parsers.re(r"(?P<who>[^が]+)が、分類されていないという印を外す"))
def _(scene: Scene, who: str) -> None:
    scene.answer = scene.person(who).post(f"{scene.remembered['imported']}/$meta-delete", _meta())


@when("寄り添いサポートセンターの担当者が、母の困りごとに分類されていないという印を付ける")
def _(scene: Scene) -> None:
    scene.answer = scene.city.officer("yorisoi").post(f"{scene.place('母の困りごと')}/$meta-add", _meta())


@then(parsers.parse("取り込んだ記録を読めるのは「{names}」だけ"))
def _(scene: Scene, names: str) -> None:
    """By reading and by searching, and both must agree."""
    name = scene.remembered["imported"]
    type, _, id = name.partition("/")
    readers = {who for who in WHO if scene.person(who).get(name).status == 200}
    finders = {who for who in WHO if name in scene.person(who).get(type, _id=id).references}
    assert readers == finders == set(several(names))


def _meta() -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"security": [_MARK]}}]}
