"""What stands around a decision of roles: the open 支援会議 that has the case before it, who is seated there.

R19 of the domain; docs/policy.md, P13: whom the decision names is asked when it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.relations import people
from consent.relations.contributions import POST
from consent.standing.filing import Deciding
from resources import conference
from resources.record import envelope, period, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.search.relation import Gathered
from resources.store.port import Query, Snapshot

DECIDING: Predicate = has_one_of(".type", ("CarePlan", "Communication", "Encounter"))
"""Under this the server looks at the conference and its letters; who decides is told nothing of them."""

NONE = Deciding()


async def of(view: Snapshot, team: Mapping[str, Any], now: datetime) -> Deciding:
    """Whom the open conference on this household's case has fixed, who keeps the case, and who is seated and bound by
    secrecy, by the agencies that they are there for now."""
    household = reference.one(team, "subject")
    if team.get("resourceType") != "CareTeam" or not household.startswith("Group/"):
        return NONE
    cases = await _all(view, has(".type", "CarePlan"), has(".household", household), has(".code", vocabulary.CASE))
    kept = {case.reference: envelope.value(case.terms, ".custodian") for case in cases}
    for meeting in await _all(view, has(".type", "Encounter"), has(".household", household), has(".open", "yes")):
        body, fixed = evidence.body(meeting), verdict.read(meeting.terms).fixed
        opened = body.get("status") == "in-progress" and conference.is_statutory(body)
        if household in fixed and opened and kept.keys() & set(conference.agenda(body)):
            keepers = frozenset(kept[case] for case in conference.agenda(body) if case in kept) - {""}
            seated = await _seated(view, meeting, now)
            return Deciding(meeting.reference, fixed, keepers, seated)
    return NONE


async def _seated(view: Snapshot, meeting: Version, now: datetime) -> Mapping[str, frozenset[str]]:
    """The posts that those hold now who sit there and have acknowledged secrecy, by their agencies."""
    letters = await _all(
        view,
        has(".type", "Communication"),
        has(".conference", meeting.reference),
        has(".code", conference.ACKNOWLEDGEMENT),
    )
    bound = {reference.one(body, "sender") for body in map(evidence.body, letters) if conference.acknowledges(body)}
    seats = [seat.member for seat in conference.seats(evidence.body(meeting)) if seat.taken(now)]
    known = await people.of(view, {*seats, *bound}, now)
    sworn = frozenset[str]().union(*(known[one].references for one in bound if one in known))
    persons = {
        one
        for seat in seats
        if seat in known and known[seat].references & sworn
        for one in known[seat].references
        if one.startswith("Practitioner/")
    }
    return await posts(view, persons, now)


async def posts(view: Snapshot, persons: Iterable[str], now: datetime) -> Mapping[str, frozenset[str]]:
    """The posts that these persons hold now, by their agencies."""
    world, found = Gathered(view.at, period.instant(now)), dict[str, set[str]]()
    asked = [(POST, one) for one in sorted(persons)]
    for row in await view.rows(asked) if asked else ():
        if row.holds(world):
            held = evidence.held(row)
            found.setdefault(held.agency, set()).add(held.reference)
    return {agency: frozenset(names) for agency, names in found.items()}


async def _all(view: Snapshot, *wanted: Predicate) -> list[Version]:
    return list((await view.find(Query(all_of(wanted)), within=DECIDING)).versions)
