"""Why somebody is told no: what is not for them is not there, what they see and may not do is forbidden.

docs/policy.md, "nothing leaks": invisible is 404, visible and not permitted is 403.
"""

from __future__ import annotations

from collections.abc import Iterable

from consent.rule import Action, Decision
from resources.record import problem
from resources.record.problem import Issue, Problem


def not_found(type: str, id: str) -> Problem:
    return Problem.of("not-found", f"there is no `{type}/{id}`", f"`{type}/{id}` は見つかりません")


def forbidden(action: Action, type: str, decision: Decision) -> Problem:
    """Names the rules that speak against it; where nothing speaks for it, says so."""
    against = [problem.of_rule(rule.id, rule.because.en, rule.because.ja) for rule in decision.rules]
    nothing = Issue(f"no rule permits you to {action} this {type}", f"この {type} の {action} を許す規則がありません")
    return Problem("forbidden", *(against or [nothing]))


def warned(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The warnings among what the duties found. Raises Problem where one of them refuses the change."""
    found = tuple(issues)
    if whose := [issue for issue in found if issue.code == "forbidden"]:
        # Whose it is not to do learns nothing of what else is wrong with it.
        raise Problem("forbidden", *whose)
    if errors := [issue for issue in found if issue.severity == "error"]:
        raise Problem("business-rule", *errors)
    return found
