"""The records a decision rests on, read into what the rules ask of them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import evidence
from resources.record.version import Version
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import NOW

LABEL = own("secrecy-label", "address-secret")


def version(resource: dict[str, Any]) -> Version:
    return Version(resource["resourceType"], "1", 3, "", False, orjson.dumps(resource), ())


def test_a_post_is_what_is_held_now() -> None:
    held = {
        "resourceType": "PractitionerRole",
        "organization": ref("Organization/1"),
        "code": [concept("role", "officer")],
    }
    found = evidence.post(version(held), NOW)
    assert found == evidence.HeldRole(
        "PractitionerRole/1", "PractitionerRole/1/_history/3", "Organization/1", frozenset({"officer"})
    )
    assert evidence.post(version(held | {"active": False}), NOW) is None
    assert evidence.post(version(held | {"period": {"end": "2026-11-22"}}), NOW) is None


def test_a_record_that_is_deleted_says_nothing() -> None:
    assert evidence.body(Version("Patient", "1", 4, "", True, b"", ())) == {}


def test_a_protected_person_has_words_of_places_and_those_who_may_know() -> None:
    patient = {
        "resourceType": "Patient",
        "meta": {
            "security": [LABEL | {"extension": [extension("disclosable-to", valueReference=ref("Organization/1"))]}]
        },
        "address": [
            {"text": "山陽町三丁目", "line": ["三丁目", "山陽町三丁目四番"], "postalCode": "700-0001"},
            {"city": "岡山市"},
        ],
        "telecom": [{"value": "086-000-0001"}, {"value": "119"}, {"system": "phone"}],
    }
    found = evidence.protection(version(patient))
    assert evidence.disclosable(patient) == frozenset({"Organization/1"})
    assert found.places == ("086-000-0001", "700-0001", "山陽町三丁目", "山陽町三丁目四番")


@pytest.mark.parametrize("meta", [None, {}, {"security": [{"system": "urn:s", "code": "N"}]}])
def test_who_has_no_label_is_not_protected(meta) -> None:
    assert evidence.disclosable({"resourceType": "Patient", "meta": meta}) is None


def test_a_label_may_name_nobody() -> None:
    nobody = LABEL | {"extension": [extension("disclosable-to", valueReference={"display": "だれか"})]}
    assert evidence.disclosable({"resourceType": "Patient", "meta": {"security": [nobody]}}) == frozenset()
