"""P13 carrying out: once the roles are decided, those who carry them out read roles, plan and case of the household.

docs/policy.md, P13; R16 and R19 of the domain. About the persons whom the conference fixed; never what is very
restricted, nor what was put into the plan since and nobody decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.contributions import CARRIES
from consent.facts import Facts
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import LABEL, WRITTEN
from resources.search.predicate import Each, Predicate, Related, all_of, any_of, has, has_one_of, none_of, some
from resources.search.relation import Values

ID = "P13"

_HOUSEHOLD = Values(".household")
_DECIDED = Text("the decision of roles", "役割の決定")
_BECAUSE = Text(
    "the roles decided in the conference name the actor's agency, and the actor was seated there",
    "会議で決まった役割に自分の機関があり、その会議の構成員であった",
)
_OPEN_PLAN = all_of([has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN), has(".open", "yes")])
_ROLES = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM), has(verdict.COUNTS, "yes")])
_ABOUT = any_of([has(".type", "Group"), all_of([has(".type", "CarePlan"), has(".code", vocabulary.CASE)]), _ROLES])
_VERY_RESTRICTED = has_one_of(LABEL, (vocabulary.VERY_RESTRICTED, "|V"))


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading, to who was seated for an agency with a role; and to the agency that keeps the case, which reads
    the plan in every version."""
    if action not in ("read", "search") or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    posts = frozenset(post.reference for post in facts.posts)
    for keys, plan in ((posts, all_of([_OPEN_PLAN, has(verdict.DECIDED, "yes")])), (facts.agencies, _OPEN_PLAN)):
        if keys:
            carries = Related(CARRIES, keys)
            yield Rule(
                ID, "permit", _opened(carries, plan), _BECAUSE, rests_on=(RestsOn(_HOUSEHOLD, carries, _DECIDED),)
            )


def _opened(carries: Predicate, plan: Predicate) -> Predicate:
    """Of that household and no other, and of nobody who was not fixed there."""
    alone = all_of([some(_HOUSEHOLD, carries), Each(_HOUSEHOLD, carries), Each(WRITTEN, carries)])
    return all_of([any_of([_ABOUT, plan]), alone, none_of(_VERY_RESTRICTED)])
