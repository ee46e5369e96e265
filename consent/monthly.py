"""Whether a case conference of the city falls into a month: told to who sees to it, and nothing else of the meeting.

R20 of the domain (slide 9: 月１回); R30: which meeting it is, on which case and with whom, stays closed.
"""

from __future__ import annotations

from resources.record import coding
from resources.search.predicate import Predicate, all_of, has
from resources.search.request import SearchRequest
from resources.store.port import Query, Snapshot

CASE_CONFERENCES: Predicate = all_of(
    [has(".type", "Encounter"), has(".code", coding.own("conference-kind", "case-conference"))]
)
"""Under this the server asks whether there is one; only yes or no is said."""


async def held(view: Snapshot, wanted: SearchRequest) -> bool:
    """Whether there is one that this search describes."""
    found = await view.find(Query(wanted.asked, limit=1), within=CASE_CONFERENCES)
    return bool(found.versions)
