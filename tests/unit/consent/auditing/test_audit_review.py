"""The trail as an auditor reads it, and what a look at it leaves on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent import trail
from consent.actor import Scope
from consent.auditing import audit_event, audit_review
from resources.record.problem import Problem
from resources.store.trail import Entry, Found, TooBroad, TrailQuery
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Town, actor, patient

P, AUDITOR = actor("p"), actor("aud", "audit-review")
ALL = TrailQuery()


def refused(town: Town, what: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        town.run(what)
    return caught.value


def search(town: Town, who: Any, query: TrailQuery = ALL, ids: frozenset[str] | None = None) -> Found:
    return town.run(audit_review.search(town.gate, who, query, ids))


def about(name: str) -> TrailQuery:
    return TrailQuery([("entity", frozenset({name}))])


def test_an_auditor_finds_and_reads_events_and_is_seen_to_do_so(town: Town) -> None:
    town.write(P, patient("1"))
    town.read(P, "Patient/1")
    found = search(town, AUDITOR, about("Patient/1"))
    assert [entry.event.kind for entry in found.entries] == ["read", "create"]
    entry = found.entries[0]
    assert town.run(audit_review.read(town.gate, AUDITOR, entry.id)) == entry
    shown = audit_event.of(entry)
    assert shown["agent"][1] == {"requestor": False, "who": {"reference": "Organization/center"}}
    looked, read = town.trail()[-2:]
    assert looked["agent"][0]["policy"] == ["https://tsunagu.example/fhir/policy/P11"]
    assert {each.get("what", {}).get("reference") for each in looked["entity"]} >= {
        f"AuditEvent/{entry.id}/_history/1",
        "Patient/1",
    }
    assert read["subtype"][0]["code"] == "read"


def test_nobody_else_finds_or_reads_any(town: Town) -> None:
    town.write(P, patient("1"))
    [entry] = search(town, AUDITOR, about("Patient/1")).entries
    for who in (P, actor("lead", "audit-review"), actor("aud")):
        assert search(town, who) == Found()
        assert refused(town, audit_review.read(town.gate, who, entry.id)).kind == "not-found"
    assert town.trail()[-1]["outcome"] == "4"
    narrow = replace(AUDITOR, scopes=(Scope("user", "Patient", frozenset("rs")),))
    assert refused(town, audit_review.search(town.gate, narrow, ALL)).kind == "forbidden"
    assert refused(town, audit_review.search(town.gate, NOBODY, ALL)).kind == "login"


@pytest.mark.parametrize("id", ["none", "none-1", "-1", "a-01", "a-0", "a-", "a-９", "a-1234567890123"])
def test_an_id_that_leads_nowhere_is_not_found(town: Town, id: str) -> None:
    assert refused(town, audit_review.read(town.gate, AUDITOR, id)).kind == "not-found"


def test_ids_are_asked_for_with_the_other_conditions(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(P, patient("2"))
    one, two = (search(town, AUDITOR, about(f"Patient/{n}")).entries[0] for n in (1, 2))
    both = frozenset({one.id, two.id, "none", "none-1"})
    assert [entry.id for entry in search(town, AUDITOR, replace(ALL, newest_first=False), both).entries] == [
        one.id,
        two.id,
    ]
    assert [entry.id for entry in search(town, AUDITOR, replace(ALL, limit=1), both).entries] == [two.id]
    assert [entry.id for entry in search(town, AUDITOR, about("Patient/1"), both).entries] == [one.id]
    early = replace(ALL, when=((0, 1),))
    assert search(town, AUDITOR, early, both).total == 0


def test_a_question_that_is_too_broad_is_refused_with_a_way_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(trail: Any, query: TrailQuery) -> Found:
        raise TooBroad

    monkeypatch.setattr(type(town.store.trail), "find", find)
    problem = refused(town, audit_review.search(town.gate, AUDITOR, ALL))
    assert problem.issues[0].at == "date"


def test_a_view_of_somebody_unknown_names_nobody(town: Town) -> None:
    town.run(town.gate.append(trail.denial(NOBODY, (), "read", "Patient/1")))
    event = town.trail()[-1]
    assert event["agent"] == [{"requestor": True, "altId": "anonymous"}]
    assert event["purposeOfEvent"][0]["coding"][0]["system"] == "http://terminology.hl7.org/CodeSystem/v3-ActReason"


def test_an_entry_says_its_id() -> None:
    assert audit_event.place(Entry("ab-c", 12, None, b"").id) == ("ab-c", 12)  # type: ignore[arg-type]  # no event needed
