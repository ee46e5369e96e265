"""P7 oneself: a person reads what is about them and nobody else, and so does who may sign for them, with less.

docs/policy.md, P7. It is the person who signed in, never an officer with a person in context.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.record.envelope import LABEL, PERSONS, UNTIED, VIOLENCE
from resources.search.predicate import Among, Each, HasOther, all_of, any_of, has, has_any, has_one_of, none_of, some

ID = "P7"

_BECAUSE = Text("the record is about the person who signed in, and nobody else", "本人だけに関する記録である")
_SIGNING = Text(
    "the record is about the person alone for whom the one who signed in may sign", "署名できる代理人が求めている"
)
_EXTRACT = Text("the extract is about the person who signed in alone", "抜粋は本人だけに関する部分である")
_PERSON = Text("the person's own record", "本人の記録")
_SIGNER = Text("the record of who may sign for the person", "代理人の記録")

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_SERVER = {vocabulary.EMERGENCY_REVIEW, *vocabulary.NOTICES, *vocabulary.MERGES}
_OTHERS = any_of([has(UNTIED, "yes"), has_one_of(".code", _SERVER)])
"""A sheet with a row of somebody unknown may be about somebody else; a review is about an officer too, and what the
server tells of consents about an agency that read; who was merged with whom is for those who were asked."""

_OF_HOUSEHOLDS = all_of([has_one_of(".type", ("CarePlan", "QuestionnaireResponse")), has_any(".household")])
"""The sheets and plans of a household: of these the person has an extract, by `$everything` alone."""

_FROM_SIGNERS = any_of(
    [
        has_one_of(LABEL, (*vocabulary.PERHAPS_VERY_RESTRICTED, vocabulary.WITHHELD)),
        all_of([has_one_of(LABEL, vocabulary.SECRECY_LABELS), none_of(has(".type", "Patient"))]),
        has(VIOLENCE, "yes"),
    ]
)
"""Of a protected person nothing is theirs until each protection lets them; then the label on the Patient says no more
than that."""


def extract(facts: Facts) -> Rule | None:
    """Permits to have what of a household's sheet or plan is about the person alone: whoever shows it cuts the rest
    away. Nothing to who asks for another purpose."""
    oneself = facts.oneself
    if oneself is None or facts.actor.purpose != vocabulary.PATIENT_REQUEST:
        return None
    about = all_of([_OF_HOUSEHOLDS, some(PERSONS, Among(frozenset({oneself.patient})))])
    if oneself.signs:
        # A sheet is of all that its answers name: of its rows those are shown that name nothing they may not read.
        others = all_of([has(".type", "CarePlan"), HasOther(".of", frozenset({oneself.patient, facts.actor.person}))])
        about = all_of([about, none_of(_FROM_SIGNERS), none_of(others)])
    because, what = (_SIGNING, _SIGNER) if oneself.signs else (_EXTRACT, _PERSON)
    return Rule(ID, "permit", about, because, (Evidence(oneself.version, what),))


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading, with a token for the person's own request."""
    oneself = facts.oneself
    if oneself is None or action not in ("read", "search") or facts.actor.purpose != vocabulary.PATIENT_REQUEST:
        return
    named = Among(frozenset({oneself.patient}))
    nobody_else = Each(PERSONS, Among(named.allowed | oneself.names))
    alone = all_of([_CASEWORK, none_of(_OTHERS), some(PERSONS, named), nobody_else])
    # What is of another record may be about what that is about.
    others = HasOther(".of", frozenset({oneself.patient, facts.actor.person}))
    about = all_of([alone, none_of(_FROM_SIGNERS), none_of(others)]) if oneself.signs else alone
    because, what = (_SIGNING, _SIGNER) if oneself.signs else (_BECAUSE, _PERSON)
    yield Rule(ID, "permit", about, because, (Evidence(oneself.version, what),))
