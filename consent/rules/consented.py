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
from resources.record.envelope import LABEL, PERSONS, UNTIED
from resources.search.predicate import (
    NOTHING,
    Each,
    Predicate,
    Related,
    all_of,
    any_of,
    has,
    has_any,
    has_one_of,
    none_of,
    some,
)
from resources.search.specialised import lacking

ID = "P3"

_BECAUSE = Text("every person the record is about has signed for this", "記録に関わる全員の同意がある")
_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_TIED = none_of(has(UNTIED, "yes"))
"""A sheet opens only where each of its rows is tied to a Patient, who is then asked: whoever signed it."""

_LABELLED = has_any(LABEL)

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
        covered = _covered(facts, granting, withholding)
        about = all_of([_CASEWORK, _TIED, some(PERSONS), Each(PERSONS, covered)])
        signed = Related(CONSENT, facts.identities | {EVERYBODY}, frozenset().union(*granting.values()))
        yield Rule(ID, "permit", about, _BECAUSE, rests_on=(RestsOn(PERSONS, signed, lapsed.SIGNED),))


def _wordings(facts: Facts) -> tuple[Wordings, Wordings]:
    granting: dict[Predicate, set[str]] = defaultdict(set)
    withholding: dict[Predicate, set[str]] = defaultdict(set)
    for wording in sorted(facts.wordings):
        read = provisions.coverage(wording, facts.identities, facts.actor.purpose, facts.actor.now, facts.type)
        granting[read.grants].add(wording)
        withholding[read.withholds].add(wording)
    return _spoken(granting), _spoken(withholding)


def _spoken(wordings: Wordings) -> Wordings:
    return {condition: worded for condition, worded in wordings.items() if condition != NOTHING}


def _covered(facts: Facts, granting: Wordings, withholding: Wordings) -> Predicate:
    """That the person at hand has signed for it. Most records have no label, and to them most wordings say the same."""
    whole = _signed(facts, granting, withholding)
    plain = _signed(facts, _unlabelled(granting), _unlabelled(withholding))
    if plain == whole:
        return whole
    return any_of([all_of([none_of(_LABELLED), plain]), all_of([_LABELLED, whole])])


def _unlabelled(wordings: Wordings) -> Wordings:
    """What the wordings say of records without a label."""
    alike: dict[Predicate, set[str]] = defaultdict(set)
    for condition, worded in wordings.items():
        alike[lacking(condition, LABEL)] |= worded
    return _spoken(alike)


def _signed(facts: Facts, granting: Wordings, withholding: Wordings) -> Predicate:
    return all_of([any_of(_under(granting, facts)), none_of(any_of(_under(withholding, facts)))])


def _under(wordings: Wordings, facts: Facts) -> Iterator[Predicate]:
    """That the record is as a wording says, and the person at hand has signed that wording for this actor."""
    for condition, worded in wordings.items():
        yield all_of([condition, Related(CONSENT, facts.identities | {EVERYBODY}, frozenset(worded))])
