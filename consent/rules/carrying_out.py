"""P13 carrying out: once the roles are decided, those who carry them out read roles, plan and case of the household.

docs/policy.md, P13; R16 and R19 of the domain. About the persons whom the conference fixed; never what is very
restricted, nor what was put into the plan since and nobody decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.facts import Facts
from consent.relations import names
from consent.relations.contributions import CARRIES
from consent.relations.role import BROUGHT
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import LABEL, WRITTEN
from resources.search.predicate import Each, Predicate, Related, all_of, any_of, has, has_one_of, none_of, some
from resources.search.relation import Values

ID = "P13"

_HOUSEHOLD = Values(".household")
_ITSELF = Values(".id")
_DECIDED = Text("the decision of roles", "役割の決定")
_BECAUSE = Text(
    "the decided roles name the actor's agency, and the actor was seated there or is named for it",
    "会議で決まった役割に自分の機関があり、その会議の構成員であったか、機関が担当者として決めた人である",
)
_CARD = Text("the card of a person whose roles are carried out", "役割の対象となった人の基本情報である")
_OPEN_PLAN = all_of([has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN), has(".open", "yes")])
_ROLES = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM), has(verdict.COUNTS, "yes")])
_PARTS = all_of([has(".type", "Task"), has(".code", vocabulary.CARRY_OUT), has(verdict.COUNTS, "yes")])
_DECIDED_ON = has(verdict.DECIDED, "yes")
_OF_ITS_CASE = Each(_HOUSEHOLD, Related(BROUGHT, keeper=".custodian"))
"""Kept by who brought the case, or was given it: what another agency keeps of the household was not decided on."""
_CASE = all_of([has(".type", "CarePlan"), has(".code", vocabulary.CASE), _OF_ITS_CASE])
_ABOUT = any_of([has(".type", "Group"), _CASE, _ROLES])
_VERY_RESTRICTED = has_one_of(LABEL, vocabulary.PERHAPS_VERY_RESTRICTED)


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading these and the cards, to who was seated for an agency with a role, or whom it named and who took
    that on; and to the agency that keeps the case, which reads the plan in every version, and of each role whether it
    was taken on and how far it is, so that the plan says it."""
    if action not in ("read", "search") or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    posts, itself = frozenset(post.reference for post in facts.posts), frozenset({""})
    readings = []
    if posts:
        decided = all_of([_OPEN_PLAN, _DECIDED_ON])
        readings.append((Related(CARRIES, posts | facts.agencies, posts | itself), decided))
    if facts.keeps:
        plan = all_of([_OPEN_PLAN, any_of([_DECIDED_ON, _OF_ITS_CASE])])
        readings.append((Related(CARRIES, facts.keeps, itself), any_of([plan, _PARTS])))
    for carries, plan in readings:
        rests_on = (RestsOn(_HOUSEHOLD, carries, _DECIDED),)
        yield Rule(ID, "permit", _opened(carries, plan), _BECAUSE, rests_on=rests_on)
        if facts.carded:
            others = none_of(has_one_of(".custodian", facts.keeps))
            of_person = all_of([has(".type", "Patient"), others, some(_ITSELF, carries), none_of(_VERY_RESTRICTED)])
            rests_on = (RestsOn(_ITSELF, carries, _DECIDED),)
            yield Rule(ID, "permit", of_person, _CARD, card=True, rests_on=rests_on)


def _opened(carries: Predicate, plan: Predicate) -> Predicate:
    """Of that household and no other, and of nobody who was not fixed there."""
    alone = all_of([some(_HOUSEHOLD, carries), Each(_HOUSEHOLD, carries), Each(WRITTEN, names.any_of_them(carries))])
    return all_of([any_of([_ABOUT, plan]), alone, none_of(_VERY_RESTRICTED)])
