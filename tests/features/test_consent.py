from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, provision
from tests.world.scene import Scene
from tests.world.words import several

scenarios("consent.feature")


@given("母が、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    written = casework.sign(scene.city, "newer-consent", provision={"type": "deny"})
    assert written.status == 201, written.text


@given("母が昨日、保健センターと地域ケア総合推進センターへの提供に同意している")
def _(scene: Scene) -> None:
    written = casework.sign(scene.city, dateTime=casework.day(-1))
    assert written.status == 201, written.text


@given(
    parsers.re(
        r"母が、(?P<recipients>[^へ、]+)へ提供(?P<words>し、前の同意書に代わる|する)という新しい同意書に署名している"
    )
)
def _(scene: Scene, recipients: str, words: str) -> None:
    said = {"extension": [casework.REPLACES]} if words.startswith("し") else {}
    worded = provision.worded(scene.city, "提供先", recipients)
    written = casework.sign(scene.city, "newer-consent", provision=worded, **said)
    assert written.status == 201, written.text


@given("母が新しい同意を取り消している")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "newer-consent", status="inactive").status == 200


@when(parsers.re(r"母が、(?P<form>.+)同意書を登録しようとする"))
def _(scene: Scene, form: str) -> None:
    patients = [{"system": provision.TYPES, "code": "Patient"}]
    author = provision.recipient("保健センター") | {"role": provision.AUTHOR}
    relative = {"role": provision.RECIPIENT, "reference": {"reference": scene.place("妹")}}
    deeper = {"type": "deny", "class": patients, "provision": [{"type": "permit", "class": patients}]}
    provisions: dict[str, dict[str, Any]] = {
        "許可の中の例外にまた許可を置いた": {"provision": [{"type": "permit", "class": patients}]},
        "例外の中にさらに例外を置いた": {"provision": [deeper]},
        "提供先を機関や担当者ではなく親族とした": {"actor": [relative]},
        "判定できない要素（dataPeriod）を置いた": {"dataPeriod": {"start": "2019-01-01"}},
        "許可か拒否かを書いていない": {"type": None},
        "提供先の役割を情報の受け手でないとした": {"actor": [author]},
        "記録の種類をほかの符号で書いた": {"class": [{"system": provision.PURPOSES, "code": "CAREMGT"}]},
    }
    signatures: dict[str, dict[str, Any]] = {
        "署名したシートのない": {"sourceReference": None},
        "署名した人のない": {"performer": None},
        "署名の日時のない": {"dateTime": None},
        "署名の年しか分からない": {"dateTime": casework.day(0)[:4]},
        "署名の日が来年の": {"dateTime": casework.day(365)},
        "添付だけで、保管した用紙のない": {"sourceReference": None, "sourceAttachment": {"title": "署名のある申出書"}},
        "本人の記入のない": {"patient": None},
        "本人でなく妹が署名した": {"performer": [{"reference": scene.place("妹")}]},
    }
    changes = signatures.get(form) or {"provision": casework.provision(scene.city, **provisions[form])}
    scene.answer = casework.sign(scene.city, **changes)


@then(parsers.re(r"同意書の履歴は、新しい順に「(?P<statuses>[^」]+)」"))
def _(scene: Scene, statuses: str) -> None:
    history = scene.city.officer("yorisoi").get(f"{scene.place('同意書')}/_history")
    assert [consent["status"] for consent in history.resources] == several(statuses)
