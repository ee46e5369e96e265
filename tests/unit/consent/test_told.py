"""What the trail is told of a refusal and of an explanation: by whom, for which agency, and what was asked for."""

from __future__ import annotations

from dataclasses import replace

import orjson

from consent.actor import Scope
from consent.explaining import explain
from consent.writing.prepared import Change
from resources.search import request
from tests.laws.worlds import index
from tests.unit.consent.test_gate import P, Q, events, named, refused
from tests.unit.consent.town import Town, concern, patient


def test_whatever_is_refused_is_on_the_trail_with_all_that_was_asked_and_for_which_agency(town: Town) -> None:
    town.write(P, patient("1"))
    blind = replace(Q, scopes=(Scope("user", "Organization", frozenset("crus")),))
    number = {"identifier": {"system": "urn:x", "value": "1"}}
    tried = [Change("create", "Condition", id, orjson.dumps(concern(id, "1") | {"subject": number})) for id in "ab"]
    every = [*tried, Change("delete", "Patient", "1")]
    question = explain.Question("Patient", "1", "Practitioner/p")
    for asked, records, name in (
        (town.gate.read(blind, "Patient", "1"), ["Patient/1"], "denied"),
        (town.gate.read(Q, "Patient", "1", 1), ["Patient/1"], "denied"),
        (town.gate.history(blind, "Patient", "1", 5), ["Patient/1"], "denied"),
        (town.gate.search(blind, request.parse(index(), "Patient", [])), [], "Patient"),
        (explain.explain(town.gate, Q, question), ["Patient/1"], "$explain-access"),
        (town.gate.commit(Q, tried), ["Condition/a", "Condition/b"], "denied"),
        (town.gate.commit(Q, [every[-1], *tried]), ["Patient/1"], "denied"),
        (town.gate.commit(blind, tried), ["Condition/a", "Condition/b"], "denied"),
    ):
        before = len(events(town))
        refused(town, asked)
        found = events(town)[before:]
        assert found
        assert {each["outcome"] for each in found} == {"4"}
        # A Patient is named as the record and as the person.
        assert list(dict.fromkeys(named(found[0]))) == records
        assert found[0]["entity"][-1]["name"] == name
        assert [agent["who"]["reference"] for agent in found[0]["agent"]] == ["Practitioner/q", "Organization/other"]


def test_an_explanation_is_on_the_trail_with_the_record_and_whom_it_is_about(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    for who, id, about in ((P, "c", ["Condition/c/_history/1", "Patient/1"]), (Q, "none", ["Condition/none"])):
        town.run(explain.explain(town.gate, who, explain.Question("Condition", id)))
        assert named(events(town)[-1]) == about
