"""The records a decision rests on, read into what the rules ask of them."""

from __future__ import annotations

from typing import Any

import orjson

from consent import evidence
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW


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
