from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from tests.world import casework, household, provision
from tests.world.scene import Scene
from tests.world.words import AGENCIES, several

scenarios("consent.feature")

_ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_RELATIONS = {"保護者": "MTH", "後見人": "GUARD", "姉": "SIS", "ほかの人の保護者": "MTH"}


@given("母が地域ケア総合推進センターで、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    written = provision.signed_at(scene.city, "地域ケア総合推進センター", {"type": "deny"})
    assert written.status == 201, written.text


@given(parsers.re(r"母が(?P<agency>\S+)で、(?P<recipients>\S+)へ提供するという新しい同意書に署名している"))
def _(scene: Scene, agency: str, recipients: str) -> None:
    written = provision.signed_at(scene.city, agency, provision.worded(scene.city, "提供先", recipients))
    assert written.status == 201, written.text


@given(parsers.re(r"(?P<agency>\S+)の入ったチームがある"))
def _(scene: Scene, agency: str) -> None:
    team = {"resourceType": "CareTeam", "status": "active", "participant": [_in_team(agency)]}
    written = household.write(scene.city, "yorisoi", "team", team)
    assert written.status == 201, written.text


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
    research = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "research"}
    signatures: dict[str, dict[str, Any]] = {
        "意味を変える拡張をつけた": modifier,
        "知らない規則（implicitRules）をつけた": {"implicitRules": "urn:tsunagu:rules"},
        "方針に意味を変える拡張をつけた": {"policy": [{"uri": "urn:tsunagu:policy", **modifier}]},
        "確認されていないとした": {"verification": [{"verified": False}]},
        "研究のための": {"scope": {"coding": [research]}},
        "署名したシートのない": {"sourceReference": None},
        "署名した人のない": {"performer": None},
        "署名の日時のない": {"dateTime": None},
        "本人の記入のない": {"patient": None},
        "本人でなく妹が署名した": {"performer": [{"reference": scene.place("妹")}]},
    }
    changes = signatures.get(form) or {"provision": casework.provision(scene.city, **provisions[form])}
    scene.answer = casework.sign(scene.city, **changes)


@when(parsers.re(r"(?P<person>妹|長男)の同意書に、(?P<relation>\S+)の母が署名して登録しようとする"))
def _(scene: Scene, person: str, relation: str) -> None:
    city, concerned = scene.city, "妹" if relation == "ほかの人の保護者" else person
    kin = {
        "resourceType": "RelatedPerson",
        "patient": {"reference": scene.place(concerned)},
        "relationship": [{"coding": [{"system": _ROLES, "code": _RELATIONS[relation]}]}],
    }
    assert household.write(city, "yorisoi", "signer", kin).status == 201
    patient, signer = {"reference": scene.place(person)}, {"reference": city.known["signer"]}
    scene.answer = casework.sign(city, patient=patient, performer=[signer])


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
