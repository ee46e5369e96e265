"""The fixed rules, asked of another policy engine too: Cedar reads `fixed_rules.cedar`, and comes to the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import cedarpy

from consent import policy, vocabulary
from consent.actor import Actor, Scope
from consent.evidence import HeldRole
from consent.facts import Facts
from consent.rule import Action
from consent.rules import addressed, audit_review, directory, installation, own_duty, scope
from profiles import served
from resources.search.predicate import term
from resources.search.relation import Stored
from tests.unit.consent.people import NOW

Json = dict[str, Any]

POLICIES = Path(__file__).with_name("fixed_rules.cedar").read_text(encoding="utf-8")
PERMITS = (own_duty, addressed, directory, audit_review, installation)
ACTIONS: tuple[Action, ...] = ("read", "search", "create", "update", "delete")
LETTERS = {"read": "r", "search": "s", "create": "c", "update": "u", "delete": "d"}
A, B = "Organization/a", "Organization/b"
PEOPLE = {
    "nobody": ("", ""),
    "officer": ("Practitioner/p", ""),
    "auditor": ("Practitioner/x", ""),
    "directory-keeper": ("Practitioner/k", ""),
    "system": ("", A),
}
PURPOSES = ("CAREMGT", "support-conference", "TREAT", "statistics", "audit-review", "installation")
SCOPES = {"all": "*:cruds", "some": "Consent:rs", "none": ""}
TYPES = ("Patient", "Condition", "Task", "Communication", "Encounter", "Consent", "Organization", "Practitioner")


def facts(who: str, purpose: str, words: str) -> Facts:
    person, agency = PEOPLE[who]
    type, _, letters = SCOPES[words].partition(":")
    scopes = (Scope("user" if person else "system", type, frozenset(letters)),) if type else ()
    client = "" if who == "nobody" else "desk"
    actor = Actor(client, person, agency, vocabulary.purpose(purpose), scopes, NOW, "r")
    function = who if who in ("auditor", "directory-keeper") else "officer"
    post = HeldRole(f"PractitionerRole/{who}", "", A, frozenset({function}))
    return Facts(actor, (post,) if person else ())


def records() -> Iterator[tuple[Json, Stored]]:
    """Every type, by each keeper, to each party, open or not, counted or not; with its terms as the store has them."""
    kinds = served.kinds()
    parties = (A, "Practitioner/p", B)
    for type, keeper, party, open, counts in product((*TYPES, "AuditEvent"), (A, B), parties, (0, 1), (0, 1)):
        kind = next(name for name in ("casework", "directory", "staff", "trail") if type in kinds[name])
        told: Json = {"type": type, "kind": kind, "parties": [party] if party else []}
        told |= {"open": bool(open), "counts": bool(counts)} | ({"custodian": keeper} if keeper else {})
        said = [(".type", type), (".custodian", keeper), (".party", party)]
        said += [(".open", "yes" if open else ""), (".counts", "yes" if counts else "")]
        yield told, Stored(tuple(sorted(term(name, value) for name, value in said if value)), "", "")


def entity(kind: str, id: str, attributes: Json) -> Json:
    return {"uid": {"type": kind, "id": id}, "attrs": attributes, "parents": []}


def test_cedar_comes_to_the_same_by_the_same_rules() -> None:
    listed = list(records())
    entities = [entity("Record", str(place), told) for place, (told, _) in enumerate(listed)]
    for who in PEOPLE:
        known = facts(who, "CAREMGT", "all")
        attributes: Json = {"agencies": sorted(known.agencies), "identities": sorted(known.identities)}
        attributes |= {"known": who != "nobody", "auditor": who == "auditor", "keeper": who == "directory-keeper"}
        entities.append(entity("Actor", who, attributes))
    requests: list[Json] = []
    expected: list[tuple[bool, set[str]]] = []
    for who, purpose, words, action in product(PEOPLE, PURPOSES, SCOPES, ACTIONS):
        known = facts(who, purpose, words)
        made = policy.rules(action, known, PERMITS, (scope,))
        casework = known.actor.purpose in vocabulary.CASEWORK_PURPOSES
        reached = sorted(each.type for each in known.actor.scopes if LETTERS[action] in each.actions)
        context = {"purpose": purpose, "casework": casework, "scopes": reached}
        for place, (_, record) in enumerate(listed):
            decision = policy.decide(made, record)
            assert decision.allowed == policy.within(made).matches(record.terms)
            expected.append((decision.allowed, {rule.id for rule in decision.rules}))
            asked: Json = {
                "principal": f'Actor::"{who}"',
                "action": f'Action::"{action}"',
                "resource": f'Record::"{place}"',
            }
            requests.append(asked | {"context": context})
    answers = cedarpy.is_authorized_batch(requests, POLICIES, json.dumps(entities))
    reasons: set[str] = set()
    for asked, (allowed, rules), answer in zip(requests, expected, answers, strict=True):
        assert not answer.diagnostics.errors, answer.diagnostics.errors
        named = set(answer.diagnostics.id_annotations_by_reason.values())
        assert (answer.allowed, named) == (allowed, rules), asked
        reasons |= named
    assert reasons == {"P1", "P2", "P9", "P11", "P12", "scope"}
    assert 0.02 < sum(allowed for allowed, _ in expected) / len(expected) < 0.5
