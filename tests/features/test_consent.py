from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household, provision
from tests.world.scene import Scene
from tests.world.words import AGENCIES, several

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


@given(parsers.re(r"(?P<agency>\S+)の入ったチームがある"))
def _(scene: Scene, agency: str) -> None:
    team = {"resourceType": "CareTeam", "status": "active", "participant": [_in_team(agency)]}
    written = household.write(scene.city, "yorisoi", "team", team)
    assert written.status == 201, written.text


@pytest.fixture
def post(scene: Scene) -> Iterator[str]:
    """Another post of the health center's officer; it ends with its scenario, since everybody lives in one city."""
    role = {"system": "https://tsunagu.example/fhir/CodeSystem/role", "code": "officer"}
    body: dict[str, Any] = {"resourceType": "PractitionerRole", "code": [{"coding": [role]}]}
    body |= {"practitioner": {"reference": "Practitioner/practitioner-health-center"}}
    body |= {"organization": {"reference": AGENCIES["保健センター"]}}
    written = scene.person("一覧の管理担当").post("PractitionerRole", body)
    assert written.status == 201, written.text
    yield written.created[0]
    _end(scene, written.created[0])


def _end(scene: Scene, post: str) -> None:
    keeper = scene.person("一覧の管理担当")
    assert keeper.put(keeper.get(post).json | {"active": False}).status == 200


@given("保健センターの担当者に、もう一つの職が登録されている")
def _(post: str) -> None:
    assert post


@given("母が、その職を除いて保健センターへ提供する同意書に署名している")
def _(scene: Scene, post: str) -> None:
    named = {"role": provision.RECIPIENT, "reference": {"reference": post}}
    center = {"actor": [provision.recipient("保健センター")], "provision": [{"type": "deny", "actor": [named]}]}
    signed = casework.sign(scene.city, provision=casework.provision(scene.city, **center))
    assert signed.status == 201, signed.text


@given("母が、その職だけへ提供する同意書に署名している")
def _(scene: Scene, post: str) -> None:
    named = {"role": provision.RECIPIENT, "reference": {"reference": post}}
    worded = casework.provision(scene.city, actor=[named], provision=None)
    assert casework.sign(scene.city, provision=worded).status == 201


@when(parsers.re(r"その職が(?P<state>終わる|まだ確認されていない)"))
def _(scene: Scene, post: str, state: str) -> None:
    if state == "終わる":
        _end(scene, post)


@when(parsers.re(r"チームの機関が、(?P<agency>\S+)に入れ替わる"))
def _(scene: Scene, agency: str) -> None:
    assert casework.change(scene.city, "yorisoi", "team", participant=[_in_team(agency)]).status == 200


@given(parsers.re(r"母が、原則を「(?P<base>OPTIN|OPTOUT)」とする同意書に署名している"))
def _(scene: Scene, base: str) -> None:
    rule = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": base}]}
    without = dict.fromkeys(("type", "provision", "class", "purpose"))
    signed = casework.sign(scene.city, policyRule=rule, provision=casework.provision(scene.city, **without))
    assert signed.status == 201, signed.text


@then(parsers.re(r"同意書には、チームの機関として「(?P<agency>\S+)」が書き込まれている"))
def _(scene: Scene, agency: str) -> None:
    [actor] = scene.city.officer("yorisoi").get(scene.place("同意書")).json["provision"]["actor"]
    [written] = actor["extension"]
    assert written["url"].endswith("/recorded-in-team")
    assert written["valueReference"] == {"reference": AGENCIES[agency]}


@given("母が新しい同意を取り消している")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "newer-consent", status="inactive").status == 200


@when(parsers.re(r"母が、(?P<form>.+)同意書を登録しようとする"))
def _(scene: Scene, form: str) -> None:
    patients = [{"system": provision.TYPES, "code": "Patient"}]
    author = provision.recipient("保健センター") | {"role": provision.AUTHOR}
    relative = {"role": provision.RECIPIENT, "reference": {"reference": scene.place("妹")}}
    mother = scene.place("母")
    nobody = {"reference": {"reference": _empty_team(scene)}}
    deeper = {"type": "deny", "class": patients, "provision": [{"type": "permit", "class": patients}]}
    provisions: dict[str, dict[str, Any]] = {
        "許可の中の例外にまた許可を置いた": {"provision": [{"type": "permit", "class": patients}]},
        "例外の中にさらに例外を置いた": {"provision": [deeper]},
        "提供先を機関や担当者ではなく親族とした": {"actor": [relative]},
        "関連する記録（related）を挙げた": {"data": [{"meaning": "related", "reference": {"reference": mother}}]},
        "提供先の役割を文字だけで書いた": {
            "actor": [provision.recipient("保健センター") | {"role": {"text": "受け手"}}],
        },
        "目的に符号体系のない": {"purpose": [{"code": "CAREMGT"}]},
        "記録の種類を小文字で書いた": {"class": [{"system": provision.TYPES, "code": "condition"}]},
        "抽象的な種類（DomainResource）を拒んだ": {
            "type": "deny",
            "provision": None,
            "class": [{"system": provision.TYPES, "code": "DomainResource"}],
        },
        "期間だけの、種別のない": dict.fromkeys(("type", "actor", "purpose", "class", "provision")),
        "機関のいないチームを提供先とした": {"actor": [provision.recipient("保健センター") | nobody]},
        "許可か拒否かを書いていない": {"type": None},
        "提供先の役割を情報の受け手でないとした": {"actor": [author]},
        "記録の種類をほかの符号で書いた": {"class": [{"system": provision.PURPOSES, "code": "CAREMGT"}]},
    }
    modifier = {"modifierExtension": [{"url": "urn:tsunagu:not", "valueBoolean": True}]}
    absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    unknown = {"extension": [{"url": absent, "valueCode": "unknown"}]}
    research = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}
    signatures: dict[str, dict[str, Any]] = {
        "意味を変える拡張をつけた": modifier,
        "知らない規則（implicitRules）をつけた": {"implicitRules": "urn:tsunagu:rules"},
        "方針に意味を変える拡張をつけた": {"policy": [{"uri": "urn:tsunagu:policy", **modifier}]},
        "確認されていないとした": {"verification": [{"verified": False}]},
        "有効かどうかを「不明」とした": {"status": None, "_status": unknown},
        "研究のための": {"scope": {"coding": [research]}},
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


def _in_team(agency: str) -> dict[str, Any]:
    return {"member": {"reference": AGENCIES[agency]}}


def _empty_team(scene: Scene) -> str:
    team = {"resourceType": "CareTeam", "status": "active", "name": "空のチーム"}
    assert household.write(scene.city, "yorisoi", "empty-team", team).status == 201
    return scene.city.known["empty-team"]
