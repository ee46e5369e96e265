"""P3 consent: signed consents cover every person the record is about.

docs/policy.md, P3 and section 5; R4 of the domain: without consent, sharing happens only inside the conference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from consent import lapsed, provisions, vocabulary
from consent.facts import Facts
from consent.provisions import CONSENT, EVERYBODY
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import PERSONS, UNTIED
from resources.search.predicate import (
    NOTHING,
    Each,
    Predicate,
    Related,
    all_of,
    any_of,
    has,
    has_one_of,
    none_of,
    some,
)

ID = "P3"

_BECAUSE = Text("every person the record is about has signed for this", "記録に関わる全員の同意がある")
_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_TIED = none_of(has(UNTIED, "yes"))
"""A sheet opens only where each of its rows is tied to a Patient, who is then asked: whoever signed it."""

KEPT_BY = ".custodian"

Wordings = Mapping[Predicate, set[str]]
"""Wordings by the condition that they put on a record; those worded alike share one condition."""


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading records all of whose persons consented: a relation in the condition, not a list of people."""
    if action not in ("read", "search") or facts.actor.purpose in vocabulary.IMPERSONAL_PURPOSES:
        return
    if not facts.identities:
        # A consent that names nobody is to everybody known here, and to nobody unknown.
        return
    actor = facts.actor
    yield from lapsed.rules(ID, _BECAUSE, _CASEWORK, facts.lapsed, facts.identities, actor.purpose, actor.now)
    granting, withholding = _wordings(facts)
    if granting:
        withheld = any_of(_under(withholding, facts, ""))
        covered = all_of([any_of(_under(granting, facts, KEPT_BY)), none_of(withheld)])
        about = all_of([_CASEWORK, _TIED, some(PERSONS), Each(PERSONS, covered)])
        signed = Related(CONSENT, facts.identities | {EVERYBODY}, frozenset().union(*granting.values()), KEPT_BY)
        yield Rule(ID, "permit", about, _BECAUSE, rests_on=(RestsOn(PERSONS, signed, lapsed.SIGNED),))


def _wordings(facts: Facts) -> tuple[Wordings, Wordings]:
    granting: dict[Predicate, set[str]] = defaultdict(set)
    withholding: dict[Predicate, set[str]] = defaultdict(set)
    for wording in sorted(facts.wordings):
        read = provisions.coverage(wording, facts.identities, facts.actor.purpose, facts.actor.now, facts.type)
        granting[read.grants].add(wording)
        withholding[read.withholds].add(wording)
    granting.pop(NOTHING, None)
    withholding.pop(NOTHING, None)
    return granting, withholding


def _under(wordings: Wordings, facts: Facts, keeper: str) -> Iterator[Predicate]:
    """That the record is as a wording says, and the person at hand has signed that wording for this actor.

    What grants opens the records of those keepers alone who honour it; what withholds, withholds everybody's.
    """
    for condition, worded in wordings.items():
        yield all_of([condition, Related(CONSENT, facts.identities | {EVERYBODY}, frozenset(worded), keeper)])
