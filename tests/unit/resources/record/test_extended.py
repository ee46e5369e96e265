"""An extension that R4 defines has the value, parts and place that R4 gives it; one of others may be anything."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from profiles.spec import Spec
from resources.record import validate

R4 = "http://hl7.org/fhir/StructureDefinition/"
ISO = f"{R4}iso21090-EN-representation"
LANG = {"url": "lang", "valueCode": "en"}
CONTENT = {"url": "content", "valueString": "Hanako"}


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


def extended(name: str, **value: Any) -> list[dict[str, Any]]:
    return [{"url": f"{R4}{name}", **value}]


def told(spec: Spec, resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [(issue.at, issue.code) for issue in validate.validate(spec, resource, orjson.dumps(resource))]


@pytest.mark.parametrize(
    ("resource", "at", "code"),
    [
        (
            patient(extension=extended("patient-birthPlace", valueString="岡山")),
            "extension[0].valueString",
            "structure",
        ),
        (
            patient(
                extension=extended(
                    "patient-birthPlace",
                    valueAddress={
                        "city": "岡山",
                        "extension": extended("patient-birthPlace", valueAddress={"city": "x"}),
                    },
                )
            ),
            "extension[0].valueAddress.extension[0]",
            "extension",
        ),
        (
            patient(name=[{"extension": [{"url": ISO, "valueCode": "漢字"}], "text": "x"}]),
            "name[0].extension[0].valueCode",
            "code-invalid",
        ),
        (patient(extension=[{"url": ISO, "valueCode": "IDE"}]), "extension[0]", "extension"),
        (
            patient(name=[{"text": "x", "_text": {"extension": extended("translation", extension=[LANG])}}]),
            "name[0]._text.extension[0].extension",
            "required",
        ),
        (
            patient(
                name=[{"text": "x", "_text": {"extension": extended("translation", extension=[LANG, CONTENT, LANG])}}]
            ),
            "name[0]._text.extension[0].extension",
            "structure",
        ),
        (
            patient(gender="female", _gender={"extension": extended("patient-birthTime", valueDateTime="2001-01-01")}),
            "_gender.extension[0]",
            "extension",
        ),
        (
            patient(extension=extended("patient-citizenship", extension=[{"url": "unheard", "valueString": "x"}])),
            "extension[0].extension[0].url",
            "extension",
        ),
        (
            patient(modifierExtension=extended("patient-birthPlace", valueAddress={"city": "x"})),
            "modifierExtension[0]",
            "extension",
        ),
    ],
)
def test_what_r4_does_not_define_so_is_refused_where_it_stands(
    spec: Spec, resource: dict[str, Any], at: str, code: str
) -> None:
    assert (f"Patient.{at}", code) in told(spec, resource)


@pytest.mark.parametrize(
    "resource",
    [
        patient(extension=extended("patient-birthPlace", valueAddress={"city": "岡山"})),
        patient(name=[{"extension": [{"url": ISO, "valueCode": "SYL"}], "text": "x"}]),
        patient(name=[{"text": "x", "_text": {"extension": extended("translation", extension=[LANG, CONTENT])}}]),
        patient(
            birthDate="2001-01-01",
            _birthDate={"extension": extended("patient-birthTime", valueDateTime="2001-01-01T01:00:00Z")},
        ),
        patient(_birthDate={"extension": extended("data-absent-reason", valueCode="unknown")}),
        patient(
            extension=extended(
                "patient-citizenship",
                extension=[
                    {"url": "code", "valueCodeableConcept": {"text": "x"}},
                    {"url": "https://elsewhere.example/x", "valueString": "x"},
                ],
            )
        ),
        patient(
            extension=[
                {"url": f"{R4}of-a-later-version", "valueString": "x"},
                {"url": "https://elsewhere.example/x", "valueCode": "x"},
            ]
        ),
    ],
)
def test_what_r4_allows_is_taken(spec: Spec, resource: dict[str, Any]) -> None:
    assert told(spec, resource) == []
