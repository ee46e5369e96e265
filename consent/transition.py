"""One change of a record, as the duties see it.

docs/policy.md, "duties": judged on what was and what would be, inside the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.rule import Action
from resources.record import problem
from resources.record.problem import Issue
from resources.record.reference import Look


@dataclass(frozen=True, slots=True)
class Transition:
    """`before` is None for a create, `after` None for a delete; `custodian` is the record's agency.

    `look` gives the records that the changed one refers to; `surroundings` is what else a duty may ask about.
    """

    action: Action
    type: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    custodian: str
    facts: Facts
    look: Look
    duty_context: DutyContext

    @property
    def record(self) -> Mapping[str, Any]:
        """The after-image, or the before-image of a delete."""
        return self.after if self.after is not None else self.before or {}

    @property
    def held(self) -> frozenset[str]:
        """The functions the person holds now."""
        return frozenset().union(*(post.functions for post in self.facts.posts))

    def turns(self, element: str) -> bool:
        """Whether an element changes, or is set at creation."""
        return (self.before or {}).get(element) != (self.after or {}).get(element)


def violation(rule: str, text: str, ja: str, at: str = "", code: str = "business-rule") -> Issue:
    """A finding that names its rule; with code `forbidden` it is about who acts and not about what is done."""
    return problem.of_rule(rule, text, ja, at, code)
