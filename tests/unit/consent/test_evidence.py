"""The records a decision rests on, read into what the rules ask of them."""

from __future__ import annotations

from typing import Any

import orjson

from consent import evidence
from resources.record.version import Version
from resources.search.relation import FOREVER, Relation, Row
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import ABSENT, NOW


def version(resource: dict[str, Any], *terms: str) -> Version:
    return Version(resource["resourceType"], "1", 3, "", False, orjson.dumps(resource), terms)


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
    assert evidence.post(version(held | {"active": True}), NOW) == found
    assert evidence.post(version(held | {"_active": ABSENT}), NOW) is None, "whether it is held cannot be told"
    assert evidence.post(version(held | {"period": {"end": "2026-11-22"}}), NOW) is None
    assert evidence.post(version(held, ".counts no"), NOW) is None, "nobody of its agency has confirmed it yet"
    assert evidence.post(version(held, ".counts yes"), NOW) == found
    at_desks = held | {"healthcareService": [ref("HealthcareService/b"), ref("HealthcareService/a")]}
    known = evidence.post(version(at_desks), NOW)
    assert known is not None
    assert known.desks == {"HealthcareService/a", "HealthcareService/b"}


def test_a_row_of_a_post_says_what_the_post_says() -> None:
    held: dict[str, Any] = {"organization": ref("Organization/1"), "code": [concept("role", "officer")]}
    held["healthcareService"] = [ref("HealthcareService/b"), ref("HealthcareService/a"), ref("HealthcareService/b")]
    tag = evidence.post_tag(held)
    assert tag == '["Organization/1",["officer"],["HealthcareService/a","HealthcareService/b"]]'
    row = Row(Relation("post", "Practitioner/p", "PractitionerRole/1", tag), "", FOREVER, "PractitionerRole/1", 3)
    assert evidence.held(row) == evidence.post(version(held | {"resourceType": "PractitionerRole"}), NOW)


def test_a_conflict_names_all_that_says_so() -> None:
    said = evidence.Conflict("Patient/1", "Flag/f/_history/2", "Task/m/_history/1", "Group/g/_history/4")
    assert said.versions == {"Flag/f/_history/2", "Task/m/_history/1", "Group/g/_history/4"}
    assert said.sources == {"Flag/f", "Task/m", "Group/g"}
    alone = evidence.Conflict("Patient/1", "Flag/f/_history/2")
    assert alone.versions == {"Flag/f/_history/2"}
    assert alone.sources == {"Flag/f"}


def test_a_team_names_somebody_for_periods_by_any_of_their_references() -> None:
    told = [
        {"member": ref("PractitionerRole/1"), "period": {"end": "2026"}},
        {"member": ref("PractitionerRole/2"), "period": {"end": "2027"}},
        {"member": ref("Practitioner/p")},
    ]
    names = frozenset({"PractitionerRole/1", "Practitioner/p"})
    assert list(evidence.participant_periods({"participant": told}, names)) == [{"end": "2026"}, None]
    assert list(evidence.participant_periods({}, names)) == []


def test_a_person_s_own_records_are_theirs_and_they_sign_for_nobody_unless_it_is_said() -> None:
    assert not evidence.Oneself("Patient/1", "Patient/1/_history/1").signs


def test_a_record_that_is_deleted_says_nothing() -> None:
    assert evidence.body(Version("Patient", "1", 4, "", True, b"", ())) == {}
