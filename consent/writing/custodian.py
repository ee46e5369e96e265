"""The agency that keeps what an actor writes.

docs/policy.md, "whom a record is about".
"""

from __future__ import annotations

from consent.facts import Facts
from resources.record.problem import Problem


def of(known: Facts) -> str:
    """The agency of the actor, empty for none. Raises Problem where a person acts for several at once."""
    agencies = known.agencies
    if len(agencies) <= 1:
        return next(iter(agencies), "")
    if known.actor.organization in agencies:
        return known.actor.organization
    raise Problem.of(
        "invalid",
        "you hold posts in several agencies: use the client of the one you act for",
        "複数の機関に職があります。どの機関として記録するか、その機関のクライアントを使ってください",
    )
