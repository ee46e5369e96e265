"""P3 consent: signed consents cover every person the record is about.

docs/policy.md, P3, D4 and section 5; R4 of the domain: without consent, sharing happens only inside the conference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from consent import vocabulary
from consent.facts import Facts
from consent.provision import lapsed, wording
from consent.provision.coverage import Clause, Named, coverage
from consent.provision.provisions import CONSENT, EVERYBODY
from consent.relations import names, told_of
from consent.relations.contributions import DECEASED, DIED
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

ID = "P3"

_BECAUSE = Text("every person the record is about has signed for this", "記録に関わる全員の同意がある")
_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_TELLING = ("Communication", "Flag", "Task")
"""The types of what the server tells of consents, and of what asks whether two Patients are one."""
_NO_NOTICE = none_of(
    all_of([has_one_of(".type", _TELLING), has_one_of(".code", vocabulary.NOTICES | vocabulary.MERGES)])
)

_TIED = none_of(has(UNTIED, "yes"))
"""A sheet opens only where each of its rows is tied to a Patient, who is then asked: whoever signed it."""

_GONE = all_of([Related(DIED, written=True), Related(DECEASED)])
"""That the person at hand has died, and that this had been confirmed before the words of this version were recorded."""

_LIVING = some(PERSONS, none_of(names.any_of_them(_GONE)))
_DEATH = Text("the death that was confirmed", "確認された死亡")

_LABELLED = has_any(LABEL)

_BELONGS_TO_NONE = none_of(has_one_of(".type", told_of.ELEMENT))

KEPT_BY = ".custodian"

Wordings = Mapping[Clause, set[str]]
"""Wordings by the clause they have; those worded alike share one condition."""


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading records all of whose persons consented: a relation in the condition, not a list of people.

    Who had died is asked no more; but somebody living is, and what the dead refused stays refused.
    """
    if action not in ("read", "search") or facts.actor.purpose in vocabulary.IMPERSONAL_PURPOSES:
        return
    if not facts.agencies:
        # A consent that names nobody is to everybody known here; whoever holds no post any more acts for no agency.
        return
    named = Named(facts.identities | {EVERYBODY}, facts.refusable | {EVERYBODY})
    casework = all_of([_CASEWORK, _NO_NOTICE]) if facts.type in ("", *_TELLING) else _CASEWORK
    yield from lapsed.rules(ID, _BECAUSE, casework, facts.lapsed, named, facts.actor)
    granting, withholding = _wordings(facts)
    if granting:
        covered = _covered(named, granting, withholding)
        about = all_of([casework, _TIED, _LIVING, Each(PERSONS, covered)])
        if not facts.type or facts.type in told_of.ELEMENT:
            selecting = _selecting(named, facts)
            about = all_of([about, any_of([_BELONGS_TO_NONE, Each(PERSONS, none_of(names.any_of_them(selecting)))])])
        yield Rule(ID, "permit", about, _BECAUSE, rests_on=tuple(_rests_on(granting, named.to)))


def _selecting(named: Named, facts: Facts) -> Predicate:
    """That the person at hand withholds some records for what they are: it may be these that something belongs to."""
    tags = frozenset[str]().union(*map(wording.selective, facts.wordings))
    return Related(CONSENT, named.refused, tags) if tags else NOTHING


def _wordings(facts: Facts) -> tuple[Wordings, Wordings]:
    granting: dict[Clause, set[str]] = defaultdict(set)
    withholding: dict[Clause, set[str]] = defaultdict(set)
    for tag in sorted(facts.wordings):
        read = coverage(tag, facts.actor.purpose, facts.type)
        for clause in read.grants:
            granting[clause].add(tag)
        for clause in read.withholds:
            withholding[clause].add(tag)
    return granting, withholding


def _covered(named: Named, granting: Wordings, withholding: Wordings) -> Predicate:
    """That the person at hand has signed for it. Most records have no label, and to them most wordings say the same."""
    whole = _signed(named, granting, withholding)
    plain = _signed(named, _unlabelled(granting), _unlabelled(withholding))
    if plain == whole:
        return whole
    return any_of([all_of([none_of(_LABELLED), plain]), all_of([_LABELLED, whole])])


def _unlabelled(wordings: Wordings) -> Wordings:
    """What the wordings say of records without a label."""
    alike: dict[Clause, set[str]] = defaultdict(set)
    for clause, worded in wordings.items():
        if said := clause.lacking(LABEL):
            alike[said] |= worded
    return alike


def _signed(named: Named, granting: Wordings, withholding: Wordings) -> Predicate:
    """What grants opens the records of those keepers alone who honour it, of the Patient it was signed for; what
    withholds, withholds everybody's, and of the person by every name."""
    granted = any_of(clause.grants(named, tags, KEPT_BY) for clause, tags in granting.items())
    refused = any_of(clause.withholds(named, tags) for clause, tags in withholding.items())
    if granted == NOTHING:
        return NOTHING
    return all_of([any_of([granted, _GONE]), none_of(names.any_of_them(refused))])


def _rests_on(granting: Wordings, named: frozenset[str]) -> Iterator[RestsOn]:
    """The rows of consents that grant, those that speak of some records alone where they speak of this one."""
    for bound in ("", "certainly"):
        tags = [
            f"{tag}{clause.suffix}" for clause, worded in granting.items() if clause.bound == bound for tag in worded
        ]
        if tags:
            yield RestsOn(PERSONS, Related(CONSENT, named, frozenset(tags), bound, keeper=KEPT_BY), lapsed.SIGNED)
    yield RestsOn(PERSONS, Related(DIED, written=True), _DEATH, Related(DECEASED))
