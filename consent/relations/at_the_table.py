"""Who sits at the table of a meeting: for which fields, which advisers, and which departments behind the agencies.

R21, R26 and R38 of the domain (slides 5, 9 and 18); of what is read here only fields and agencies are ever said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from consent import evidence, vocabulary
from consent.relations.people import Person
from resources import conference
from resources.record import coding, period, reference
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

DIRECTORY: Predicate = has_one_of(
    ".type", ("HealthcareService", "Organization", "OrganizationAffiliation", "PractitionerRole")
)
"""Under this the server asks what the directory says of those who are called to a meeting; it is no secret to them."""

_OF_THE_CITY = frozenset({vocabulary.CONVENER, vocabulary.LEAD_SECTION, vocabulary.COORDINATOR, vocabulary.ADVISER})
"""Who attends for the city, and not for an agency that a department backs."""

Body = Mapping[str, Any]


async def fields(meeting: Body, known: Mapping[str, Person], view: Snapshot, now: datetime) -> frozenset[str]:
    """The fields of concern of the agencies whose people are on this meeting's roster, by their desks in force."""
    agencies = frozenset[str]().union(*(person.agencies for person in _seated(meeting, known, now)))
    desks = await _all(view, has(".type", "HealthcareService"), has_one_of("organization", agencies), agencies)
    running = (body for body in desks if body.get("active") is not False)
    said = (body.get(element) for body in running for element in ("category", "type"))
    return frozenset().union(*(coding.codes(each, "concern-field") for each in said))


async def advisers(meeting: Body, view: Snapshot, now: datetime) -> frozenset[str]:
    """The fields of the advisers on the roster."""
    found: frozenset[str] = frozenset()
    for seat in conference.seats(meeting):
        if seat.kept(now) and seat.member.startswith("PractitionerRole/"):
            version = await view.get(*seat.member.split("/"), within=DIRECTORY)
            post = evidence.body(version) if version else {}
            if vocabulary.ADVISER in coding.codes(post.get("code"), "role"):
                found |= coding.codes(post.get("specialty"), "adviser-field")
    return found


async def without_department(
    meeting: Body, known: Mapping[str, Person], view: Snapshot, now: datetime
) -> tuple[tuple[str, str], ...]:
    """The names of the agencies on the roster of whose departments in charge nobody is, each with a department's."""
    seated = _seated(meeting, known, now)
    there = frozenset[str]().union(*(person.agencies for person in seated))
    asked = frozenset[str]().union(*(person.agencies for person in seated if not person.functions & _OF_THE_CITY))
    affiliated = has_one_of("primary-organization", asked)
    behind: dict[str, set[str]] = {}
    for each in await _all(view, has(".type", "OrganizationAffiliation"), affiliated, asked):
        held = each.get("active") is not False and period.contains(each.get("period"), now) is not False
        if held and "department" in coding.codes(each.get("code"), "role"):
            behind.setdefault(reference.one(each, "organization"), set()).add(
                reference.one(each, "participatingOrganization")
            )
    missing = {agency: sorted(each) for agency, each in behind.items() if not each & there}
    names = await _names(view, {*missing, *(one[0] for one in missing.values())})
    return tuple(sorted((names[agency], names[each[0]]) for agency, each in missing.items()))


def _seated(meeting: Body, known: Mapping[str, Person], now: datetime) -> Sequence[Person]:
    """Those whose seat is not over."""
    seats = (seat for seat in conference.seats(meeting) if seat.kept(now))
    return [known[seat.member] for seat in seats if seat.member in known]


async def _names(view: Snapshot, agencies: Iterable[str]) -> Mapping[str, str]:
    found = {}
    for agency in agencies:
        version = await view.get(*agency.split("/"), within=DIRECTORY) if agency.count("/") == 1 else None
        found[agency] = str(evidence.body(version).get("name", agency)) if version else agency
    return found


async def _all(view: Snapshot, type: Predicate, wanted: Predicate, any_of: frozenset[str]) -> list[Body]:
    if not any_of:
        return []
    found = await view.find(Query(all_of([type, wanted])), within=DIRECTORY)
    return [evidence.body(each) for each in found.versions]
