"""P5 coordination: the coordinator sees the case it took on, its household, plan and roles, and no case record.

docs/policy.md, P5; R13 to R18 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.facts import Facts
from consent.relations.contributions import COORDINATED
from consent.rule import Action, RestsOn, Rule, Text
from resources.record.envelope import LABEL
from resources.search.predicate import Each, Predicate, Related, all_of, any_of, has, has_one_of, none_of, some
from resources.search.relation import Values

ID = "P5"

_HOUSEHOLD, _ITSELF = Values(".household"), Values(".id")
_TASK = Text("the coordination task", "調整の依頼")

_BECAUSE = Text(
    "the coordinator accepted this case on a ground of R13", "推進員が R13 の理由によりこの事例を受け付けた"
)


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading the household with its cards, the case, the plan, the roles and their Tasks of accepted cases,
    and drafting and keeping that plan (R18)."""
    if not facts.holds(vocabulary.COORDINATOR) or action == "delete":
        return
    if facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    mine = frozenset(post.reference for post in facts.holds(vocabulary.COORDINATOR))
    own = Related(COORDINATED, mine)
    opened = _PLAN if action in ("create", "update") else _OPENED
    yield Rule(ID, "permit", _about(own, opened), _BECAUSE, rests_on=(RestsOn(_HOUSEHOLD, own, _TASK),))
    if action in ("read", "search") and facts.carded:
        card = all_of([has(".type", "Patient"), some(_ITSELF, own)])
        yield Rule(ID, "permit", card, _BECAUSE, rests_on=(RestsOn(_ITSELF, own, _TASK),), card=True)


def _about(marked: Predicate, opened: Predicate) -> Predicate:
    """Of the household that is marked and of no other, what is opened; never what is very restricted."""
    very_restricted = has_one_of(LABEL, vocabulary.PERHAPS_VERY_RESTRICTED)
    return all_of([some(_HOUSEHOLD, marked), Each(_HOUSEHOLD, marked), opened, none_of(very_restricted)])


_PLAN = all_of([has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN)])
_OPENED = any_of(
    [
        has(".type", "Group"),
        all_of([has(".type", "CarePlan"), has_one_of(".code", (vocabulary.CASE, vocabulary.TOTAL_CARE_PLAN))]),
        all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM)]),
        all_of([has(".type", "Task"), has(".code", vocabulary.CARRY_OUT), has(verdict.COUNTS, "yes")]),
    ]
)
"""The household, its case, its total care plan and its roles; of each role, whether it was taken on and how far it is
(R17)."""
