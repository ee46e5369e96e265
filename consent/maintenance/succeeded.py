"""Whether a successor that is kept as named was named by the lead section, of an agency that had ended.

docs/maintenance.md, "check"; docs/policy.md, "succession".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas
from consent.verdict import Verdict
from resources.record import coding, envelope, reference
from resources.record.version import Version
from resources.search.predicate import term


def is_one(version: Version, resource: Mapping[str, Any], kept: Verdict) -> bool:
    """Whether it is a word of the server's about a succession, or says as much as one; its successor's note is none."""
    asks = version.type == "Task" and vocabulary.SUCCESSION in coding.of(resource.get("code"))
    said = version.number == 1 or envelope.written(version.terms)[1]
    return (asks and said) or bool(kept.note(verdict.SUCCEEDED))


def stands(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether it says no more than the lead section did: who succeeds whom, or that nobody does."""
    before, status = view.stood(version.reference), resource.get("status")
    former, successor = reference.one(resource, "focus"), reference.one(resource, "owner")
    names = Verdict(True, noted=frozenset({term(verdict.SUCCEEDED, former)}))
    if before is not None and not envelope.written(version.terms)[1]:
        asked = verdict.read(before.terms), evidence.body(before)
        same = all(resource.get(each) == asked[1].get(each) for each in ("code", "focus", "owner"))
        return same and status == "completed" and kept == asked[0]
    writer = by_operation.writer(version, view)
    if vocabulary.SUCCESSION not in coding.of(resource.get("code")) or not writer.holds(vocabulary.LEAD_SECTION):
        return False
    if before is not None:
        return status == "cancelled" and kept == Verdict(True)
    ended, goes_on = (view.stood(name) for name in (former, successor))
    if ended is None or goes_on is None or successor in writer.agencies:
        return False
    actives = [evidence.body(each).get("active") for each in (ended, goes_on)]
    return kept == names and actives[0] is False and actives[1] is not False
