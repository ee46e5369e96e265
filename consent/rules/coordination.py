"""P5 coordination: the coordinator sees the case it took on, its household and its plan, and no case record.

docs/policy.md, P5; R13 to R18 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.contributions import COORDINATED
from consent.facts import Facts
from consent.rule import Action, RestsOn, Rule, Text
from resources.search.predicate import Related, all_of, any_of, has, some
from resources.search.relation import Values

ID = "P5"

_ITSELF = Values(".id")
_HOUSEHOLD = Values(".household")
_TASK = Text("the coordination task", "調整の依頼")

_BECAUSE = Text(
    "the coordinator accepted this case on a ground of R13", "推進員が R13 の理由によりこの事例を受け付けた"
)


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading the case and the total care plan of accepted cases, and keeping that plan (R18)."""
    if not facts.holds(vocabulary.COORDINATOR) or action not in ("read", "search", "update"):
        return
    if facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    own = Related(COORDINATED, frozenset(post.reference for post in facts.holds(vocabulary.COORDINATOR)))
    plan = all_of([some(_HOUSEHOLD, own), has(".code", vocabulary.TOTAL_CARE_PLAN)])
    opened = plan if action == "update" else any_of([plan, some(_ITSELF, own)])
    yield Rule(ID, "permit", opened, _BECAUSE, rests_on=(RestsOn(_ITSELF, own, _TASK), RestsOn(_HOUSEHOLD, own, _TASK)))
