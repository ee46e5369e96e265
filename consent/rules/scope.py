"""An OAuth scope narrows: it never grants, and what it does not name is not had.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html; docs/policy.md, section 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.actor import Scope
from consent.facts import Facts
from consent.rule import Action, Rule, Text
from resources.search.predicate import Predicate, all_of, any_of, has

ID = "scope"

_LETTER: dict[Action, str] = {"create": "c", "read": "r", "update": "u", "delete": "d", "search": "s"}
_BECAUSE = Text("the token's scopes cover this interaction", "トークンのスコープがこの操作を含む")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Narrows to the types, and of these to the records, that the token's scopes name for this interaction.

    An anonymous caller has none to narrow by.
    """
    actor = facts.actor
    if actor.anonymous or actor.purpose == vocabulary.INSTALLATION:
        return
    level = "user" if actor.person else "system"
    reach = (scope for scope in actor.scopes if scope.level == level and _LETTER[action] in scope.actions)
    yield Rule(ID, "narrow", any_of(_part(scope) for scope in reach), _BECAUSE)


def _part(scope: Scope) -> Predicate:
    return scope.condition if scope.type == "*" else all_of([has(".type", scope.type), scope.condition])
