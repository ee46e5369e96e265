"""The total care plan that a household had before the one that is written: what was provided in it goes on.

R45 of the domain (slide 3: 生活保護受給者と生活困窮者を切れ目なく支援できるよう).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence, in_view, vocabulary
from consent.in_view import Sees
from resources.record import coding, envelope, reference
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

PLANS: Predicate = all_of([has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN)])
"""Under this the server looks for the plan before, of those that who writes reads; they are told of it where their
agency keeps it."""

_ENDED = ("completed", "revoked", "on-hold")


async def of(plan: Mapping[str, Any], view: Snapshot, sees: Sees) -> tuple[str, Mapping[str, Any]]:
    """Who keeps it and what it says; nothing where there is none, or what is written is no plan that goes on."""
    group = reference.one(plan, "subject")
    total = vocabulary.TOTAL_CARE_PLAN in coding.of(plan.get("category"))
    if not total or plan.get("status") != "active" or not group:
        return "", {}
    found = (await view.find(Query(has(".household", group)), within=PLANS)).versions
    before = [
        each
        for each in found
        if each.id != plan.get("id")
        and (body := evidence.body(each)).get("status") in _ENDED
        and reference.one(body, "subject") == group
    ]
    last = max(await in_view.those(before, sees), key=lambda each: each.since, default=None)
    return (envelope.value(last.terms, ".custodian"), evidence.body(last)) if last else ("", {})
