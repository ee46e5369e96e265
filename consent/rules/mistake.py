"""Mistakes: what was entered in error, in every version and with what belongs to it, for its custodian alone.

docs/policy.md, "mistakes". The id is the word of the specification: it comes of FHIR, of no sentence of the city.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Rule, Text
from resources.record.mistake import MISTAKEN
from resources.search.predicate import Is, all_of, has, has_one_of, none_of

ID = "mistake"

_BECAUSE = Text("the record was entered in error", "誤って記録されたものである")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Forbids such a record to everybody but the agency that keeps it, under every ground; so nobody else can make it
    one either, but who confirmed a birth date or a death takes that back by it: of that `standing.on_paper` judges."""
    if action == "create":
        return
    closed = [Is(MISTAKEN), none_of(has_one_of(".custodian", facts.keeps))]
    if action == "update":
        asked = all_of([has(".type", "Task"), has_one_of(".code", vocabulary.CONFIRMED_ON_PAPER)])
        closed.append(none_of(asked))
    yield Rule(ID, "forbid", all_of(closed), _BECAUSE)
