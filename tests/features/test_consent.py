from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, then, when

from demo.answer import Answer
from demo.template import TOKYO
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, WHO, several

scenarios("consent.feature")

_DAYS = {"去年": -365, "昨日": -1, "今日": 0, "明日": 1, "来年": 365}
_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_TYPES = "http://hl7.org/fhir/resource-types"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_RECIPIENT, _AUTHOR = ({"coding": [{"system": _PARTICIPATION, "code": code}]} for code in ("IRCP", "AUT"))
_ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_RELATIONS = {"保護者": "MTH", "後見人": "GUARD", "姉": "SIS", "ほかの人の保護者": "MTH"}


@given(parsers.re(r"母が、(?P<element>[^「]+)を「(?P<value>[^」]*)」とする同意書に署名している"))
def _(scene: Scene, element: str, value: str) -> None:
    signed = casework.sign(scene.city, provision=_provision(scene, element, value))
    assert signed.status == 201, signed.text


@given("母が地域ケア総合推進センターで、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    written = _sign_at(scene, "地域ケア総合推進センター", {"type": "deny"})
    assert written.status == 201, written.text


@given(parsers.re(r"母が(?P<agency>\S+)で、(?P<recipients>\S+)へ提供するという新しい同意書に署名している"))
def _(scene: Scene, agency: str, recipients: str) -> None:
    written = _sign_at(scene, agency, _provision(scene, "提供先", recipients))
    assert written.status == 201, written.text


@given("母が新しい同意を取り消している")
def _(scene: Scene) -> None:
    assert casework.change(scene.city, "yorisoi", "newer-consent", status="inactive").status == 200


@when(parsers.re(r"母が、(?P<form>.+)同意書を登録しようとする"))
def _(scene: Scene, form: str) -> None:
    patients = [{"system": _TYPES, "code": "Patient"}]
    relative = {"role": _RECIPIENT, "reference": {"reference": scene.place("妹")}}
    deeper = {"type": "deny", "class": patients, "provision": [{"type": "permit", "class": patients}]}
    provisions: dict[str, dict[str, Any]] = {
        "許可の中の例外にまた許可を置いた": {"provision": [{"type": "permit", "class": patients}]},
        "例外の中にさらに例外を置いた": {"provision": [deeper]},
        "提供先を機関や担当者ではなく親族とした": {"actor": [relative]},
        "判定できない要素（dataPeriod）を置いた": {"dataPeriod": {"start": "2019-01-01"}},
        "許可か拒否かを書いていない": {"type": None},
        "提供先の役割を情報の受け手でないとした": {"actor": [{**_agency("保健センター"), "role": _AUTHOR}]},
        "記録の種類をほかの符号で書いた": {"class": [{"system": _PURPOSES, "code": "CAREMGT"}]},
    }
    signatures: dict[str, dict[str, Any]] = {
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


def _sign_at(scene: Scene, agency: str, provision: dict[str, Any]) -> Answer:
    """Signed on paper at an agency, and filed by its officer."""
    return casework.sign(
        scene.city,
        "newer-consent",
        WHO[f"{agency}の担当者"],
        organization=[{"reference": AGENCIES[agency]}],
        sourceReference=None,
        sourceAttachment={"contentType": "application/pdf", "title": "署名のある申出書"},
        provision=provision,
    )


def _agency(name: str) -> dict[str, Any]:
    return {"role": _RECIPIENT, "reference": {"reference": AGENCIES[name]}}


def _types(words: list[str]) -> list[dict[str, str]] | None:
    return None if words == ["すべて"] else [{"system": _TYPES, "code": code} for code in words]


def _provision(scene: Scene, element: str, value: str) -> dict[str, Any]:
    words = several(value)
    changed: dict[str, Callable[[], dict[str, Any]]] = {
        "期間": lambda: {"period": _period(value)},
        "提供先": lambda: {"actor": [_agency(name) for name in words]},
        "目的": lambda: {"purpose": [{"system": _PURPOSES, "code": code} for code in words]},
        "記録の種類": lambda: {"class": _types(words)},
        "全体": lambda: {"type": value, "provision": None},
        "例外": lambda: {"provision": words or None},
    }
    return casework.provision(scene.city, **changed[element]())


def _period(value: str) -> dict[str, str]:
    today = datetime.now(TOKYO).date()
    start, end = value.removesuffix("まで").split("から")
    days = {"start": start, "end": end}
    return {edge: (today + timedelta(days=_DAYS[day])).isoformat() for edge, day in days.items()}
