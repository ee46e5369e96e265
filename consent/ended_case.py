"""How a case had ended that was marked as a mistake since: so it comes back, whatever the mark took away.

R44 of the domain; docs/policy.md, "mistakes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence, vocabulary
from resources import case_ending
from resources.record import coding, mistake
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

CASES: Predicate = has(".type", "CarePlan")
"""Under this the server looks at the earlier versions of a case; who writes it keeps them."""

OVER = ("completed", "revoked")


async def of(had: Mapping[str, Any] | None, view: Snapshot) -> Mapping[str, Any]:
    """The version that was marked as a mistake, where it said what came of the case; else nothing."""
    if not had or not mistake.is_marked(had):
        return {}
    itself = has(".id", f"CarePlan/{had['id']}")
    versions = (await view.find(Query(all_of([CASES, itself]), history=True), within=CASES)).versions
    bodies = (evidence.body(each) for each in sorted(versions, key=lambda each: each.number, reverse=True))
    stood = next((each for each in bodies if each and not mistake.is_marked(each)), {})
    return stood if is_one(stood) else {}


def is_one(plan: Mapping[str, Any]) -> bool:
    """Whether it is a case that has ended, and says what came of it."""
    over = vocabulary.CASE in coding.of(plan.get("category")) and plan.get("status") in OVER
    return over and bool(case_ending.read(plan).outcome)
