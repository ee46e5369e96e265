"""The roles of a case: decided by the lead section in a conference, whose persons and members they hold fast.

R19 of the domain; docs/policy.md, P13: who was seated there for an agency that has a role carries it out.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources import conference
from resources.record import coding, envelope, reference
from resources.record.problem import Issue
from resources.search.predicate import term


def refused(filing: Filing) -> Iterator[Issue]:
    """Who may write them is a duty of its own (R19)."""
    yield from ()


def judged(filing: Filing) -> Verdict:
    """They count where the lead section wrote them; of a conference that counts they take its persons and seats."""
    team = filing.after
    if vocabulary.CASE_TEAM not in coding.of(team.get("category")) or vocabulary.LEAD_SECTION not in filing.held:
        return NONE
    name = reference.one(team, "encounter")
    meeting, kept = filing.look(name) if name else None, filing.verdicts.get(name, NONE)
    if not meeting or not envelope.is_conference(meeting) or not kept.counts:
        return Verdict(True)
    household = reference.one(team, "subject")
    with_role = frozenset(
        reference.one(each, element) for each in team.get("participant") or () for element in ("member", "onBehalfOf")
    )
    carriers = {
        term(verdict.CARRIER, seat.member)
        for seat in conference.seats(meeting)
        if filing.agencies_of(seat.member) & with_role
    }
    fixed = kept.fixed if household in kept.fixed else frozenset()
    return Verdict(True, noted=frozenset(carriers), fixed=fixed)


KIND = Kind(refused, judged)
