"""What may be asked of the trail, and how the rest is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.interactions import audit_request
from resources.record.problem import Problem
from resources.store.trail import TrailQuery

BASE = "https://records.example/fhir"
LATEST = audit_request.LATEST


def query(*parameters: tuple[str, str]) -> TrailQuery:
    return audit_request.parse(parameters, BASE).query


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


DAY = (at("2026-11-23T00:00:00+09:00"), at("2026-11-24T00:00:00+09:00"))
DATES = {
    "2026-11-23": (DAY,),
    "eq2026-11-23": (DAY,),
    "ap2026-11-23": (DAY,),
    "ne2026-11-23": ((-LATEST, DAY[0]), (DAY[1], LATEST)),
    "gt2026-11-23": ((DAY[1], LATEST),),
    "sa2026-11-23": ((DAY[1], LATEST),),
    "ge2026-11-23": ((DAY[0], LATEST),),
    "lt2026-11-23": ((-LATEST, DAY[0]),),
    "eb2026-11-23": ((-LATEST, DAY[0]),),
    "le2026-11-23": ((-LATEST, DAY[1]),),
}


@pytest.mark.parametrize("text", sorted(DATES))
def test_a_date_is_a_range_of_instants(text: str) -> None:
    assert query(("date", text)).when == DATES[text]


def test_dates_all_hold_and_those_after_a_comma_are_alternatives() -> None:
    assert query(("date", "ge2026-11-23"), ("date", "lt2026-11-24")).when == (DAY,)
    assert query(("date", "2026-11-23,2026-11-24T00:00:00.000Z")).when == (
        DAY,
        (at("2026-11-24T00:00:00+00:00"), at("2026-11-24T00:00:00+00:00") + 1),
    )
    assert query(("date", "gt2026"), ("date", "lt2026")).when == ()


READ = {
    ("patient", "Patient/1"): "Patient/1",
    ("patient", "1"): "Patient/1",
    ("patient", f"{BASE}/Patient/1/_history/3"): "Patient/1",
    ("agency", "center"): "Organization/center",
    ("agent", "Practitioner/p"): "Practitioner/p",
    ("entity", "Condition/c/_history/1"): "Condition/c",
    ("action", "R"): "R",
    ("action", "http://hl7.org/fhir/audit-event-action|R"): "R",
    ("outcome", "http://hl7.org/fhir/audit-event-outcome|4"): "4",
    ("policy", "https://tsunagu.example/fhir/policy/P1"): "https://tsunagu.example/fhir/policy/P1",
}


@pytest.mark.parametrize("asked", sorted(READ))
def test_a_value_is_read_as_the_trail_has_it(asked: tuple[str, str]) -> None:
    assert query(asked).having == ((asked[0], frozenset({READ[asked]})),)


def test_what_shapes_the_answer_is_read_and_kept_for_the_link() -> None:
    parameters = [
        ("_sort", "date"),
        ("_count", "7"),
        ("_cursor", "c"),
        ("_format", "json"),
        ("agent", "Device/a,Device/b"),
    ]
    wanted = audit_request.parse(parameters, BASE)
    assert (wanted.query.newest_first, wanted.query.limit, wanted.cursor, wanted.rows) == (False, 7, "c", True)
    assert wanted.canonical == (("_sort", "date"), ("_count", "7"), ("agent", "Device/a,Device/b"))
    assert wanted.query.having == (("agent", frozenset({"Device/a", "Device/b"})),)
    assert not audit_request.parse([("_summary", "count")], BASE).rows
    assert audit_request.parse([("_id", "a-1,b-2"), ("_id", "b-2,c-3")], BASE).ids == frozenset({"b-2"})


REFUSED = [
    ("colour", "blue"),
    ("address", "127.0.0.1"),
    ("_lastUpdated", "2026"),
    ("_include", "AuditEvent:agent"),
    ("entity:missing", "true"),
    ("patient:Patient", "1"),
    ("agent", "p"),
    ("agent", "https://elsewhere.example/fhir/Practitioner/p"),
    ("patient", "Condition/1"),
    ("agency", "Practitioner/p"),
    ("action", "urn:x|R"),
    ("date", "yesterday"),
    ("date", "xx2026"),
    ("date", ""),
    ("entity", "Patient/1,"),
    ("entity", ",".join(f"Patient/{n}" for n in range(201))),
    ("_sort", "_id"),
    ("_sort", "date,-date"),
    ("_count", "many"),
]


@pytest.mark.parametrize("asked", REFUSED)
def test_anything_else_is_refused_by_its_name(asked: tuple[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        audit_request.parse([asked], BASE)
    assert caught.value.kind in ("structure", "not-supported")
    assert (caught.value.issues[0].at or "").partition(":")[0] == asked[0].partition(":")[0]
