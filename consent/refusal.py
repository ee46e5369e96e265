"""Why somebody is told no: what is not for them is not there, what they see and may not do is forbidden.

docs/policy.md, "nothing leaks": invisible is 404, visible and not permitted is 403.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from consent import vocabulary
from consent.rule import Action, Decision, Text
from resources.record import problem
from resources.record.problem import Issue, Problem

_ANOTHERS = Text(
    "who keeps a record writes it. Ask that agency by a Task, or write a record of your own",
    "記録を書くのは、それを管理する機関です。その機関に Task で頼むか、自分の機関の記録として書いてください",
)
_STAYS = Text(
    "decisions rest on it, so that it is not deleted by anybody. End it by its status, or ask who keeps it to",
    "見てよいかどうかの根拠になる記録なので、だれも消せません。状態で終わらせるか、管理する機関に頼んでください",
)
_KEPT = Text(
    "the directory is written by who holds the post `directory-keeper`; tell the lead section",
    "相談機関一覧を書くのは、一覧の管理担当の職にある人です。主管課に知らせてください",
)
_ENDED = Text(
    "nothing of the directory is deleted. Who keeps it ends it by its period, or by `active`",
    "一覧の記録はだれも消せません。管理担当が、期間か active で終わらせます",
)
_FOR_ELSE = Text(
    "not with a token for this purpose. Ask with one for care management (CAREMGT)",
    "このトークンの利用目的ではできません。ケース管理（CAREMGT）のトークンで行ってください",
)
_DOING: Mapping[str, str] = {"create": "作成", "update": "変更", "delete": "削除"}


def not_found(type: str, id: str) -> Problem:
    return Problem.of("not-found", f"there is no `{type}/{id}`", f"`{type}/{id}` は見つかりません")


def forbidden(action: Action, type: str, decision: Decision, purpose: str = "") -> Problem:
    """Names the rules that speak against it; where nothing speaks for it, the one by which somebody else may do it."""
    against = [problem.of_rule(rule.id, rule.because.en, rule.because.ja) for rule in decision.rules]
    return Problem("forbidden", *(against or [_nothing_permits(action, type, purpose)]))


def _nothing_permits(action: Action, type: str, purpose: str) -> Issue:
    """The rule by which it is done, who does it, and what to do instead; alike whatever the record says."""
    deletes = action == "delete"
    if type in vocabulary.INSTALLED and deletes:
        rule, said = "P12", _ENDED
    elif type in vocabulary.INSTALLED:
        rule, said = "P12", _KEPT
    elif purpose and purpose not in vocabulary.CASEWORK_PURPOSES:
        rule, said = "D4", _FOR_ELSE
    elif deletes and type in vocabulary.NEVER_DELETED:
        rule, said = "P1", _STAYS
    else:
        rule, said = "P1", _ANOTHERS
    doing = _DOING.get(action, action)
    return problem.of_rule(
        rule,
        f"no rule permits you to {action} this {type}: {said.en}",
        f"この {type} の {doing}を許す規則がありません。{said.ja}",
    )


def warned(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """The warnings among what the duties found. Raises Problem where one of them refuses the change."""
    found = tuple(issues)
    if whose := [issue for issue in found if issue.code == "forbidden"]:
        # Whose it is not to do learns nothing of what else is wrong with it.
        raise Problem("forbidden", *whose)
    if errors := [issue for issue in found if issue.severity == "error"]:
        raise Problem("business-rule", *errors)
    return found
