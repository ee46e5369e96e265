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


def test_each_protection_of_a_person_is_a_lock_of_its_own() -> None:
    def label(*named: str) -> dict[str, Any]:
        return LABEL | {"extension": [extension("disclosable-to", valueReference=ref(each)) for each in named]}

    labels = [label("Organization/1", "Practitioner/p"), {"system": "urn:s", "code": "N"}, label("Organization/2")]
    patient = {"resourceType": "Patient", "meta": {"security": labels}}
    found = evidence.locks(patient)
    assert found == (frozenset({"Organization/1", "Practitioner/p"}), frozenset({"Organization/2"}))
    many = {"resourceType": "Patient", "meta": {"security": [label("Organization/1")] * 9}}
    assert evidence.locks(many) == (*[frozenset({"Organization/1"})] * (evidence.MOST_LOCKS - 1), frozenset())


@pytest.mark.parametrize("meta", [None, {}, {"security": [{"system": "urn:s", "code": "N"}]}])
def test_who_has_no_label_is_not_protected(meta) -> None:
    assert evidence.locks({"resourceType": "Patient", "meta": meta}) == ()


def test_a_label_may_name_nobody() -> None:
    nobody = LABEL | {"extension": [extension("disclosable-to", valueReference={"display": "だれか"})]}
    assert evidence.locks({"resourceType": "Patient", "meta": {"security": [nobody]}}) == (frozenset(),)
