"""What a coordination is on and of another household too: its coordinator reads neither that case nor that plan.

R13 and R17 of the domain; docs/policy.md, P5: the coordinator reads what is of that household and of no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from consent import evidence, losing_sight, vocabulary
from resources.record import coding, keeping, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query, Snapshot

PLANS: Predicate = has(".type", "CarePlan")
"""Under this the server looks at the case of a coordination and the plans of who keeps it; they alone are told."""

_OVER = ("completed", "revoked")


async def of(task: Mapping[str, Any], view: Snapshot) -> Sequence[Version]:
    """Of what a coordination is on those that are of another household too, or were."""
    name, household = reference.one(task, "focus"), reference.one(task, "for")
    case = await view.get(*name.split("/"), within=PLANS) if name.startswith("CarePlan/") else None
    if case is None or case.deleted or vocabulary.COORDINATE not in coding.of(task.get("code")):
        return ()
    asked = [has(".code", vocabulary.TOTAL_CARE_PLAN), has(".household", household)]
    found = [case, *(each for each in (await view.find(Query(all_of(asked)), within=PLANS)).versions if each != case)]
    return [each for each in found if _is_of(each, case, household) and losing_sight.is_strayed(each)]


async def brought(after: Version, view: Snapshot, kept: Collection[str]) -> frozenset[str]:
    """Of a call that nobody has accepted, which of them these agencies keep."""
    task = evidence.body(after) if after.type == "Task" else {}
    if task.get("status") not in vocabulary.ASKING - vocabulary.TAKEN_ON:
        return frozenset()
    return frozenset(each.reference for each in await of(task, view) if keeping.keeper(each.terms) in kept)


def _is_of(version: Version, case: Version, household: str) -> bool:
    """Whether it is that case, or a plan of the household that others work by, of who keeps the case."""
    body = evidence.body(version)
    going = losing_sight.binds(body) and body.get("status") not in _OVER and losing_sight.own(body) == household
    return version == case or (going and keeping.keeper(version.terms) == keeping.keeper(case.terms))
