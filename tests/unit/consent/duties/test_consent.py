"""R3 and R4: an active consent is signed by the right person and can be enforced."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import consent
from tests.laws.worlds import V3, ref
from tests.unit.consent.people import breaches, change

Json = dict[str, Any]

CONSENT: Json = {
    "resourceType": "Consent",
    "status": "active",
    "scope": {"coding": [{"system": f"{V3}consentscope", "code": "patient-privacy"}]},
    "patient": ref("Patient/1"),
    "performer": [ref("Patient/1")],
    "dateTime": "2026-11-23",
    "sourceReference": ref("QuestionnaireResponse/1"),
    "provision": {"type": "permit"},
}
GUARD = {"coding": [{"system": f"{V3}v3-RoleCode", "code": "GUARD"}]}
KIN: Json = {
    "RelatedPerson/guardian": {"patient": ref("Patient/1"), "relationship": [GUARD]},
    "RelatedPerson/mother": {"patient": ref("Patient/1")},
    "RelatedPerson/stranger": {"patient": ref("Patient/2"), "relationship": [GUARD]},
}


def signed(born: str | None = None, **changes: Any) -> list[str]:
    written = {name: value for name, value in (CONSENT | changes).items() if value is not None}
    return breaches(consent.signed, change(None, written, records=KIN | {"Patient/1": {"birthDate": born}}))


@pytest.mark.parametrize("element", ["patient", "dateTime", "sourceReference", "performer"])
def test_an_active_consent_says_who_signed_when_and_on_what(element: str) -> None:
    assert signed() == []
    assert "R3" in signed(**{element: None})
    assert signed(status="proposed", **{element: None}) == []


def test_a_signed_paper_is_a_source() -> None:
    assert signed(sourceReference=None, sourceAttachment={"title": "同意書"}) == []


@pytest.mark.parametrize(
    ("performer", "born", "expected"),
    [
        ("RelatedPerson/guardian", "1980-01-01", []),
        ("RelatedPerson/guardian", None, []),
        ("RelatedPerson/mother", "2008-11-24", []),
        ("RelatedPerson/mother", "2008-11-23", ["R3"]),
        ("RelatedPerson/mother", "2008-12", []),
        ("RelatedPerson/mother", None, ["R3"]),
        ("RelatedPerson/stranger", "2020-01-01", ["R3"]),
        ("RelatedPerson/unknown", "2020-01-01", ["R3"]),
        ("Patient/2", "2020-01-01", ["R3"]),
    ],
)
def test_one_signs_oneself_or_a_guardian_for_a_minor_or_a_ward(performer: str, born: str | None, expected) -> None:
    assert signed(born, performer=[ref(performer)]) == expected


def test_an_active_consent_can_be_enforced() -> None:
    nested = CONSENT | {"provision": {"type": "permit", "implicitRules": "urn:x"}}
    assert breaches(consent.enforceable, change(None, nested)) == ["R4"]
    assert breaches(consent.enforceable, change(None, nested | {"status": "proposed"})) == []
    assert breaches(consent.enforceable, change(CONSENT, None)) == []
    assert breaches(consent.signed, change(CONSENT, None)) == []
