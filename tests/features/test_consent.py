from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pytest_bdd import given, parsers, scenarios, when

from demo.template import TOKYO
from tests.world import casework, household
from tests.world.scene import Scene
from tests.world.words import AGENCIES, several

scenarios("consent.feature")

_DAYS = {"去年": -365, "昨日": -1, "今日": 0, "明日": 1, "来年": 365}
_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_TYPES = "http://hl7.org/fhir/resource-types"
_RECIPIENT = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}


@given(parsers.re(r"母が、(?P<element>[^「]+)を「(?P<value>[^」]*)」とする同意書に署名している"))
def _(scene: Scene, element: str, value: str) -> None:
    signed = casework.sign(scene.city, provision=_provision(scene, element, value))
    assert signed.status == 201, signed.text


@given("母が地域ケア総合推進センターで、どこにも提供しないという同意書に署名している")
def _(scene: Scene) -> None:
    consent = scene.city.payload("consent-mother") | {
        "organization": [{"reference": "Organization/community-care-center"}],
        "sourceAttachment": {"contentType": "application/pdf", "title": "署名のある申出書"},
        "provision": {"type": "deny"},
    }
    del consent["sourceReference"]
    written = household.write(scene.city, "community-care", "refusal", consent)
    assert written.status == 201, written.text


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
    }
    signatures: dict[str, dict[str, Any]] = {
        "署名したシートのない": {"sourceReference": None},
        "署名した人のない": {"performer": None},
        "本人でなく妹が署名した": {"performer": [{"reference": scene.place("妹")}]},
    }
    changes = signatures.get(form) or {"provision": casework.provision(scene.city, **provisions[form])}
    scene.answer = casework.sign(scene.city, **changes)


def _provision(scene: Scene, element: str, value: str) -> dict[str, Any]:
    changed: dict[str, dict[str, Any]] = {
        "期間": {"period": _period(value) if element == "期間" else None},
        "提供先": {
            "actor": [{"role": _RECIPIENT, "reference": {"reference": AGENCIES.get(w, w)}} for w in several(value)]
        },
        "目的": {"purpose": [{"system": _PURPOSES, "code": code} for code in several(value)]},
        "記録の種類": {"class": [{"system": _TYPES, "code": code} for code in several(value)]},
        "全体": {"type": value, "provision": None},
        "例外": {"provision": several(value) or None},
    }
    return casework.provision(scene.city, **changed[element])


def _period(value: str) -> dict[str, str]:
    today = datetime.now(TOKYO).date()
    start, end = value.removesuffix("まで").split("から")
    days = {"start": start, "end": end}
    return {edge: (today + timedelta(days=_DAYS[day])).isoformat() for edge, day in days.items()}
