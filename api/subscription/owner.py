"""Whose a Subscription is, and how far a token reaches to it: a system client's, by `system/Subscription.…`.

docs/subscriptions.md
"""

from __future__ import annotations

from api.http.call import Call
from resources.record import problem
from resources.record.problem import Problem

TYPE = "Subscription"


def may(call: Call, letter: str) -> None:
    """Raises Problem where it is no system, or its token does not reach so far."""
    call.sign_in()
    if call.actor.person and letter in "cud":
        text = "a subscription is a system client's (`system/` scopes): a person asks `$worklist`, with `since`"
        ja = (
            "サブスクリプションは、システムのクライアント（system/ のスコープ）のものです。"
            "人は「することの一覧」（$worklist、since）を使ってください"
        )
        raise Problem("forbidden", problem.of_rule("scope", text, ja))
    reach = (each for each in call.actor.scopes if each.type in ("*", TYPE) and not each.query)
    if not any(letter in each.actions for each in reach):
        text = "the token's scopes do not cover this interaction on `Subscription`: ask for a token that does"
        ja = "トークンのスコープに `Subscription` のこの操作が含まれません。含むトークンを求めてください"
        raise Problem("forbidden", problem.of_rule("scope", text, ja))
