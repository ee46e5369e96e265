"""For which case of a household its roles were decided: of several one was before the meeting.

R16 and R19 of the domain; docs/policy.md, P13, "handing a record over" and "dividing".
"""

from __future__ import annotations

from consent import evidence, under_way, verdict
from resources import conference
from resources.record import envelope, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, has_one_of
from resources.store.port import Snapshot

DECIDED: Predicate = has_one_of(".type", ("CarePlan", "CareTeam", "Encounter"))
"""Under this the server looks at the meeting that fixed for whom they are, and its agenda; nobody is told of it."""


async def is_one(roles: Version, case: Version, view: Snapshot) -> bool:
    """Whether they were decided for this case: it was on the agenda; or it came of that one, as they came of its roles,
    when the household was divided."""
    fixed = (name for name in verdict.read(roles.terms).fixed if name.startswith("Encounter/"))
    meetings = [await view.get(*name.split("/"), within=DECIDED) for name in sorted(fixed)]
    agenda = {one for each in meetings if each for one in conference.agenda(evidence.body(each))}
    own = agenda & await under_way.cases_of(reference.one(evidence.body(roles), "subject"), view)
    first, began = await _first(roles, view), await _first(case, view)
    if not own and first and began and envelope.written(first.terms)[1]:
        return first.since == began.since
    return case.reference in (own or agenda)


async def _first(record: Version, view: Snapshot) -> Version | None:
    """Its first version: what the server wrote of itself in a transaction comes of a division."""
    return await view.get(record.type, record.id, within=DECIDED, number=1)
