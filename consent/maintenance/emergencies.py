"""Whether what is kept as opened in an emergency was: by the officer who broke the glass, for no more than P8 opens.

docs/maintenance.md, "check"; docs/policy.md, P8. The review says for whom and during which minutes; a later version of
it opens nothing more, and what a mistake had opened is taken back from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from consent import verdict, vocabulary
from consent.acts import breaking_glass
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas, answered
from consent.relations import names
from consent.relations.contributions import MEMBER
from consent.verdict import Verdict
from resources.record import coding, envelope, period, reference
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import FOREVER


def stands(version: Version, view: AsItWas, kept: Verdict, resource: Mapping[str, Any]) -> bool:
    """Whether a record opens to nobody, or to who broke the glass what they then might open."""
    noted = _noted(kept)
    if not noted:
        return True
    if before := view.stood(version.reference):
        return noted <= _noted(verdict.read(before.terms))
    if version.type != "Task" or vocabulary.EMERGENCY_REVIEW not in coding.of(resource.get("code")):
        return False
    if not any(vocabulary.EMERGENCY in post.functions for post in by_operation.writer(version, view).posts):
        return False
    return _lasted(version, resource) and noted <= _opened(version, view, kept, resource)


def _noted(judged: Verdict) -> frozenset[str]:
    kinds = f"{verdict.EMERGENCY} ", f"{verdict.MEANT} "
    return frozenset(entry for entry in judged.noted if entry.startswith(kinds))


def _lasted(version: Version, review: Mapping[str, Any]) -> bool:
    """Whether it had begun by then, and for no more than those minutes."""
    start, end = (period.first(each) for each in _during(review))
    if start is None or end is None:
        return False
    return start <= by_operation.at(version) and end - start <= breaking_glass.LASTS


def _during(review: Mapping[str, Any]) -> tuple[str, str]:
    said = review.get("executionPeriod") or {}
    return str(said.get("start", "")), str(said.get("end", ""))


def _opened(version: Version, view: AsItWas, kept: Verdict, review: Mapping[str, Any]) -> frozenset[str]:
    """All that may be noted: who was meant, by each name, and for whom of them and of their household it opened."""
    whom, meant = reference.one(review, "for"), kept.note(verdict.MEANT)
    called = answered(names.known(cast(Any, view), meant))
    rows = answered(view.rows([(MEMBER, whom)]))
    housed = {whom, *(row.relation.to for row in rows if row.ended == FOREVER)}
    if len(meant) > 1 or (meant and called.isdisjoint(housed)):
        return frozenset()
    start, end = _during(review)
    officer = envelope.origin(version.terms).author
    named = {reference.one(each, "valueReference") for each in review.get("input") or ()} & (called | housed)
    opened = {term(verdict.EMERGENCY, f"{start} {end} {officer} {one}") for one in named}
    return frozenset(opened | {term(verdict.MEANT, one) for one in meant & named})
