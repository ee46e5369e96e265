"""P13 carrying out: who has a role reads plan and roles after the conference, and so does the keeper of the case.

docs/policy.md, P13; R16 and R19 of the domain, decision 12.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.contributions import CARRIES, KEEPS
from consent.facts import Facts
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import WRITTEN
from resources.search.predicate import Each, Predicate, Related, all_of, any_of, has, none_of, some
from resources.search.relation import Values

ID = "P13"

_HOUSEHOLD, _ITSELF = Values(".household"), Values(".id")
_BECAUSE = Text(
    "the roles in force name the actor's agency, and the actor took them on under secrecy",
    "決まった役割を担う機関の担当者として、守秘義務のもとで引き受けた",
)
_KEEPING = Text("the actor's agency keeps the case", "自分の機関が事例を管理している")
_ROLES = Text("the decision of roles", "役割分担の決定")
_CASE = Text("the case", "事例")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading the roles, the decided plan, the case and the household with its cards, about those who were
    before that conference and nobody else; to the keeper of the case plan and roles in every version."""
    if action not in ("read", "search") or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    mine = Related(CARRIES, facts.seats)
    about = [some(_HOUSEHOLD, mine), Each(_HOUSEHOLD, mine), Each(WRITTEN, mine), _NOT_V]
    if facts.seats:
        rests_on = (RestsOn(_HOUSEHOLD, mine, _ROLES),)
        yield Rule(ID, "permit", all_of([_OPENED, *about]), _BECAUSE, rests_on=rests_on)
        if facts.carded:
            card = all_of([has(".type", "Patient"), some(_ITSELF, mine), _NOT_V])
            yield Rule(ID, "permit", card, _BECAUSE, rests_on=(RestsOn(_ITSELF, mine, _ROLES),), card=True)
    keeping = Related(KEEPS, facts.agencies)
    kept = all_of([any_of([_TEAM, _PLAN]), some(_HOUSEHOLD, keeping), Each(_HOUSEHOLD, keeping), _NOT_V])
    yield Rule(ID, "permit", kept, _KEEPING, rests_on=(RestsOn(_HOUSEHOLD, keeping, _CASE),))


_NOT_V = none_of(has(".label", vocabulary.VERY_RESTRICTED))
_TEAM: Predicate = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM)])
_PLAN: Predicate = all_of([has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN)])
_OPENED: Predicate = any_of(
    [
        has(".type", "Group"),
        _TEAM,
        all_of([has(".type", "CarePlan"), has(".code", vocabulary.CASE)]),
        all_of([_PLAN, has(".open", "yes"), has(verdict.DECIDED, "yes")]),
    ]
)
"""The household, its roles, its case, and the plan as it was decided, while it is active."""
