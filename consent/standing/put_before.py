"""What an escalation opens to the lead section once it is put before it, and whom that Task stays told to.

docs/policy.md, P6 and "handing on"; R12 of the domain, decision 10.
"""

from __future__ import annotations

from consent import verdict
from consent.verdict import Verdict
from resources.record.version import Version
from resources.search.predicate import term

_REQUESTS = ("ServiceRequest/", "Task/")


def judged(escalation: Version) -> Verdict:
    """It counts, carries what the escalation carries and that itself, and stays told to the agencies of its chain."""
    kept = verdict.read(escalation.terms)
    chain = kept.note(verdict.ABOVE) | kept.note(verdict.BETWEEN)
    carried = frozenset(name for name in kept.fixed if name.startswith(_REQUESTS)) | {escalation.reference}
    return Verdict(True, noted=frozenset(term(verdict.ABOVE, one) for one in chain), fixed=carried)
