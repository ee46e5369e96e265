"""Non-interference: worlds that differ only in what an actor may not see answer that actor alike.

docs/policy.md, "nothing leaks".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.engine import PolicyEngine
from consent.explaining import explain, simulating, who_can_see
from consent.explaining.explain import Question
from consent.explaining.who_can_see import Question as Seeing
from consent.gate import Gate
from consent.views import labels_in_use
from consent.writing.prepared import Change
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request
from resources.store.port import Store
from tests.laws import asking
from tests.laws.beside import beside, hidden_from, holding, on_sheets, otherwise, sheet
from tests.laws.drawn import LAW, drawn
from tests.laws.worlds import (
    HOUSEHOLDS,
    NOW,
    PATIENTS,
    SECRECY,
    Json,
    Record,
    World,
    coded,
    extension,
    index,
    own,
    phone,
    place,
    ref,
    worlds,
)

QUESTIONS: dict[str, tuple[tuple[tuple[str, str], ...], ...]] = {
    "Patient": ((), (("_count", "1"),), (("family", "水無瀬"), ("_sort", "-_lastUpdated"))),
    "Condition": (
        (),
        (("_count", "2"),),
        (("_sort", "-_lastUpdated"), ("_count", "1")),
        (("code", "medical"),),
        (("subject", "Patient/x"),),
        (("code:not", "medical"), ("_count", "1")),
        (("evidence-detail:missing", "true"),),
    ),
    "QuestionnaireResponse": ((), (("subject", "Group/g"),)),
    "ServiceRequest": ((), (("status", "active"),), (("_summary", "count"),)),
    "Task": ((), (("status", "requested"), ("_count", "1"))),
    "Communication": ((),),
    "CarePlan": ((), (("subject", "Group/h"),)),
    "Encounter": ((),),
}

PLACES = tuple(
    (name, value) for patient in PATIENTS for name, value in (("address", place(patient)), ("phone", phone(patient)))
)


@drawn(6, 70)
def test_what_an_actor_may_not_see_changes_no_answer(runner, spec: Spec, examples: int) -> None:
    seen: Counter[str] = Counter()

    @settings(LAW, max_examples=examples)
    @given(world=on_sheets, draw=st.data())
    def holds(world: World, draw: st.DataObject) -> None:
        third = world.actors[2]
        urgent = third.purpose == vocabulary.BREAK_THE_GLASS and draw.draw(st.booleans())
        actor = third if urgent or third.is_citizen else world.actors[0]
        seen[actor.purpose] += 1
        hidden, other = beside(runner, spec, world, draw, actor)
        here = runner.run(holding(world, spec, _answers, actor, hidden))
        assert here == runner.run(holding(other, spec, _answers, actor, hidden))
        seen["differ"] += bool(hidden)
        seen["found"] += any(isinstance(pages, list) and pages[0][1] for pages in here.values())
        seen["grounds"] += "'ground'" in repr(here.values())
        seen["gained"] += "'gained'" in repr(here.values())

    holds()
    assert min(seen["differ"], seen["found"]) > examples / 3, seen
    assert min(seen["grounds"], seen["gained"]) > examples / 14, seen
    assert examples < 70 or min(seen[vocabulary.PATIENT_REQUEST], seen[vocabulary.BREAK_THE_GLASS]) > 1, seen


def test_a_word_about_a_request_that_its_reader_does_not_see_is_shown_alike_whatever_became_of_the_request(
    runner, spec: Spec
) -> None:
    """Found by the law: it is about a protected person by the request alone."""
    label = own("secrecy-label", "address-secret")
    post: Json = {"resourceType": "PractitionerRole", "id": "a", "practitioner": ref("Practitioner/a")}
    request: Json = {"resourceType": "ServiceRequest", "id": "r", "status": "completed", "intent": "order"}
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "about": [ref("ServiceRequest/r")]}
    records = (
        Record(post | {"organization": ref("Organization/a")}, "Organization/lead", ""),
        Record({"resourceType": "Patient", "id": "x", "meta": {"security": [label]}}, "Organization/b", ""),
        Record(request | {"subject": ref("Patient/x"), "requester": ref("Organization/b")}, "Organization/b", ""),
        Record(word | {"recipient": [ref("Organization/a")], "note": [{"text": "かくれ家"}]}, "Organization/b", ""),
    )
    scopes = (Scope("user", "*", frozenset("rs")),)
    reader = Actor("desk", "Practitioner/a", "", coded("CAREMGT"), scopes, datetime.fromisoformat(NOW), "r")
    world = World(records, (reader,))
    assert runner.run(holding(world, spec, hidden_from, reader)) == {"ServiceRequest/r"}
    here = runner.run(holding(world, spec, _answers, reader, {"ServiceRequest/r"}))
    assert "Communication/w" in repr(here)
    assert "かくれ家" not in repr(here)
    for fate in ("gone", "other"):
        other = otherwise(world, {"ServiceRequest/r": fate})
        assert runner.run(holding(other, spec, _answers, reader, {"ServiceRequest/r"})) == here


@drawn(10, 100)
def test_where_a_protected_person_is_changes_no_answer(runner, spec: Spec, examples: int) -> None:
    seen: Counter[str] = Counter()

    @settings(LAW, max_examples=examples)
    @given(world=worlds())
    def holds(world: World) -> None:
        actor = world.actors[0]
        secret = runner.run(holding(world, spec, _secret, actor))
        other = world.with_records(_moved(each, secret) for each in world.records)
        here = runner.run(holding(world, spec, _places, actor))
        assert here == runner.run(holding(other, spec, _places, actor))
        text = repr(list(here.values()))
        assert not [patient for patient in secret if place(patient) in text or phone(patient) in text]
        seen["secret"] += bool(secret)
        seen["seen"] += any(f"'{patient}'" in text for patient in secret)
        seen["places"] += "山陽町" in text

    holds()
    assert seen["secret"] > examples / 7, seen
    assert min(seen["seen"], seen["places"]) > examples / 20, seen


async def _secret(store: Store, world: World, engine: PolicyEngine, actor: Actor) -> set[str]:
    """The protected persons whose label names neither the actor nor a post or agency of theirs."""
    async with asking.asked(store, actor) as view:
        known = await asking.known(view, actor, engine.ordinance, ())
    return {
        each.reference
        for each in world.records
        for label in each.body.get("meta", {}).get("security", ())
        if label["code"] in SECRECY and not _named(label) & known.identities
    }


async def _answers(store: Store, world: World, engine: PolicyEngine, actor: Actor, hidden: set[str]) -> dict[Any, Any]:
    """All the pages of every question, and what reading each hidden record is answered."""
    gate = Gate(engine)
    asked = [(type, parameters) for type, each in QUESTIONS.items() for parameters in each]
    answers: dict[Any, Any] = {question: await _pages(gate, actor, *question) for question in asked}
    answers["$meta"] = await _said(labels_in_use.of_system(gate, actor))
    for name in (*PATIENTS, *HOUSEHOLDS, *sorted(hidden)):
        type, _, id = name.partition("/")
        answers["$explain-access", name] = await _said(explain.explain(gate, actor, Question(type, id)))
    for name in (*PATIENTS, *HOUSEHOLDS):
        type, _, id = name.partition("/")
        answers["$who-can-see", name] = await _said(who_can_see.answered(gate, actor, Seeing(type, id)))
        another = Question(type, id, "Practitioner/b")
        answers["$explain-access", name, another.about] = await _said(explain.explain(gate, actor, another))
    for name in PATIENTS:
        change = Change("create", "Consent", "new", orjson.dumps(_consenting(name)))
        answers["$simulate", name] = await _said(simulating.simulated(gate, actor, [change]))
    return answers | {name: await _read(gate, actor, name) for name in sorted(hidden)}


async def _said(asked: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await asked
    except Problem as problem:
        return problem.kind, problem.issues


def _consenting(patient: str) -> dict[str, Any]:
    """To everybody, signed by the person, who is of age, on the sheet of the household."""
    return {
        "resourceType": "Consent",
        "id": "new",
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": patient},
        "dateTime": "2026-03-01",
        "performer": [{"reference": patient}],
        "policyRule": {"text": "様式"},
        "sourceReference": {"reference": sheet(patient)},
        "extension": [extension("of-age", valueBoolean=True)],
        "provision": {"type": "permit"},
    }


async def _places(store: Store, world: World, engine: PolicyEngine, actor: Actor) -> dict[Any, Any]:
    gate = Gate(engine)
    asked: list[tuple[str, tuple[tuple[str, str], ...]]] = [
        ("Patient", (question,)) for question in (*PLACES, ("address", "山陽町"), ("_count", "10"))
    ]
    asked += [("Patient", (("address:missing", "true"),)), ("Condition", ())]
    return {question: await _pages(gate, actor, *question) for question in asked}


async def _pages(gate: Gate, actor: Actor, type: str, parameters: tuple[tuple[str, str], ...]) -> Any:
    """Everything a client learns page by page: rows as shown, the total, whether there is more."""
    wanted = request.parse(index(), type, parameters)
    pages: list[Any] = []
    after = ""
    try:
        while not pages or after:
            page = await gate.search(actor, wanted, after)
            after = page.next
            pages.append(([_told(row) for row in page.versions], page.total, after))
    except Problem as problem:
        return problem.kind, problem.issues
    return pages


async def _read(gate: Gate, actor: Actor, name: str) -> Any:
    try:
        type, _, id = name.partition("/")
        return _told(await gate.read(actor, type, id))
    except Problem as problem:
        return problem.kind, problem.issues


def _told(row: Version) -> tuple[str, int, str, str]:
    return row.reference, row.number, row.since, row.body.decode()


def _moved(record: Record, persons: set[str]) -> Record:
    text = orjson.dumps(record.body).decode()
    for patient in persons:
        text = text.replace(place(patient), f"東古松{patient[-1]}丁目").replace(
            phone(patient), "086-999-99" + patient[-1]
        )
    return replace(record, body=orjson.loads(text))


def _named(label: dict[str, Any]) -> set[str]:
    return {each["valueReference"]["reference"] for each in label.get("extension", ())}
