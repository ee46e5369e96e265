"""Whether anybody holds a post at an agency: then nobody but they confirms what is said of it.

docs/policy.md, P12 and "standing".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from consent import evidence
from consent.facts import Facts
from resources.record import period
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

CONFIRMED: Predicate = has_one_of(".type", {"OrganizationAffiliation", "Organization", "PractitionerRole"})
"""Under this the server looks who is at an agency already, and which department is in charge of it."""

LEFT: Predicate = has_one_of(".type", {"HealthcareService", "PractitionerRole"})
"""Under this the server looks which desks and posts an agency had that another has succeeded: that is public."""


async def are_there(view: Snapshot, facts: Facts, agency: str) -> bool:
    """Whether somebody holds a post there that counts now."""
    return any(evidence.post(each, facts.actor.now) for each in await _posts(view, agency))


async def are_or_come(view: Snapshot, facts: Facts, agency: str) -> bool:
    """Whether somebody holds a post there, or will without another word: it begins later, or waits to be confirmed."""
    now = period.instant(facts.actor.now)
    return any(not _is_over(evidence.body(each), now) for each in await _posts(view, agency))


async def left(view: Snapshot, agencies: Collection[str]) -> frozenset[str]:
    """The desks and posts of agencies that have ended: a request may name them still."""
    named = Query(has_one_of("organization", agencies))
    return frozenset(each.reference for each in (await view.find(named, within=LEFT)).versions)


def _is_over(post: Mapping[str, Any], now: str) -> bool:
    span = period.span(post.get("period"))
    return post.get("active") is False or (span is not None and span[1] <= now)


async def _posts(view: Snapshot, agency: str) -> Sequence[Version]:
    what = all_of([has(".type", "PractitionerRole"), has("organization", agency)])
    return (await view.find(Query(what), within=CONFIRMED)).versions
