"""The roles of a case: decided by the lead section while a conference on it is open; for whom is fixed with them.

R19 of the domain; docs/policy.md, P13 and "standing".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import BROUGHT, CARRIER, NONE, SEATED, Verdict
from resources.record import coding, reference
from resources.record.problem import Issue
from resources.search.predicate import term

STANDS = ("category", "subject", "participant", "period")
"""What is decided, and since when."""


def refused(filing: Filing) -> Iterator[Issue]:
    """Who may write them, and when, is a duty (R19)."""
    return iter(())


def judged(filing: Filing) -> Verdict:
    """It counts as the lead section decided it: about the persons whom the conference fixed, for those seated there
    for an agency that it names, by which of its members, and for who keeps the case."""
    team = filing.after
    if vocabulary.CASE_TEAM not in coding.of(team.get("category")):
        return NONE
    if filing.before is not None and not filing.changed(*STANDS) and not _comes_into_force(filing):
        return filing.had
    deciding = filing.deciding
    if vocabulary.LEAD_SECTION not in filing.held or not deciding.meeting:
        return NONE
    members = {reference.one(each, "member") for each in team.get("participant") or ()}
    seats = {
        (post, one) for one in members for agency in filing.agencies_of(one) for post in deciding.seated.get(agency, ())
    }
    noted = frozenset(term(CARRIER, key) for key in {post for post, _ in seats} | deciding.keepers)
    noted |= {term(SEATED, f"{post} {one}") for post, one in seats}
    noted |= {term(BROUGHT, one) for one in deciding.keepers}
    return Verdict(True, fixed=deciding.fixed | {deciding.meeting}, noted=noted)


def _comes_into_force(filing: Filing) -> bool:
    """Roles that had ended were opened to nobody since, though their case may have been handed over."""
    had = (filing.before or {}).get("status")
    return filing.after.get("status") == "active" != had


KIND = Kind(refused, judged)
