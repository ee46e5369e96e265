"""What an escalation opens to the lead section once it is put before it, and whom that Task stays told to.

docs/policy.md, P6 and "handing on"; R12 of the domain, decision 10.
"""

from __future__ import annotations

from consent import verdict
from consent.standing.carrying import REQUESTS
from consent.verdict import Verdict
from resources.record.version import Version
from resources.search.predicate import term


def judged(escalation: Version) -> Verdict:
    """It counts, carries what the escalation carries and that itself, and stays told to the agencies of its chain."""
    carried = frozenset(name for name in verdict.read(escalation.terms).fixed if name.startswith(REQUESTS))
    return Verdict(True, noted=_above(escalation), fixed=carried | {escalation.reference})


def brought(escalation: Version, lead: str, coordinator: str) -> Verdict:
    """The call that comes of it counts as one that the lead section writes, as part of the escalation."""
    between = frozenset(term(verdict.BETWEEN, one) for one in (lead, coordinator))
    return Verdict(True, noted=_above(escalation) | between)


def _above(escalation: Version) -> frozenset[str]:
    kept = verdict.read(escalation.terms)
    chain = kept.note(verdict.ABOVE) | kept.note(verdict.BETWEEN)
    return frozenset(term(verdict.ABOVE, one) for one in chain)
