"""Why somebody is told no: what is not for them is not there, what they see and may not do is forbidden.

docs/policy.md, "nothing leaks": invisible is 404, visible and not permitted is 403.
"""

from __future__ import annotations

from collections.abc import Iterable

from consent import instead
from consent.facts import Facts
from consent.rule import Action, Decision
from resources.record import envelope, keeping, problem
from resources.record.problem import Issue, Problem
from resources.record.version import Version
from resources.search.relation import values


def not_found(type: str, id: str) -> Problem:
    return Problem.of("not-found", f"there is no `{type}/{id}`", f"`{type}/{id}` は見つかりません")


def forbidden(action: Action, version: Version, decision: Decision, facts: Facts) -> Problem:
    """Names the rules that speak against it, or where nothing speaks for it whose it is, and what to do instead."""
    if decision.rules:
        said = [(rule.id, instead.against(rule)) for rule in decision.rules]
    else:
        keeps, handed = envelope.value(version.terms, ".custodian"), bool(keeping.taker(version.terms))
        said = [instead.of(action, version.type, keeps, facts, handed=handed, codes=values(version.terms, ".code"))]
    return Problem("forbidden", *(problem.of_rule(rule, because.en, because.ja) for rule, because in said))


def warned(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The warnings among what the duties found. Raises Problem where one of them refuses the change."""
    found = tuple(issues)
    if whose := [issue for issue in found if issue.code == "forbidden"]:
        # Whose it is not to do learns nothing of what else is wrong with it.
        raise Problem("forbidden", *whose)
    if errors := [issue for issue in found if issue.severity == "error"]:
        raise Problem("business-rule", *errors)
    return found
