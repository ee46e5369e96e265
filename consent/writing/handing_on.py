"""Whom a record is about: taken from the records it is of, and handed on, as that grows, to the records that are of it.

docs/policy.md, "whom a record is about": the set never shrinks, so circles end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from consent import derivation
from consent.relations import patient_links
from consent.relations.contributions import MEMBER
from consent.writing import as_closed
from consent.writing.apart import Apart, OvertakenError, Whom
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, none_of, term
from resources.search.relation import FOREVER, values
from resources.store.port import Found, Query, Snapshot, Transaction

DEPENDENT: Predicate = EVERYTHING
"""Under this the server finds the records that are of another; nothing of them is told."""

_WORKED_ON = ("CarePlan/", "Group/", "Encounter/", "ServiceRequest/")
"""Others work on plans and households, and may lose sight of them where they get another one
(`consent/losing_sight.py`); of visits and requests a plan may be that is written before all has been handed on."""

_LATELY = 500


async def taken(view: Snapshot, sources: Iterable[Version]) -> frozenset[str]:
    """Of the records that another is of, whom it must take by name: who has left their households since they began.

    Who is a member now is followed at reading, and whom the records name is in their envelopes.
    """
    left = [await _left(view, source, values(source.terms, ".household")) for source in sources]
    return frozenset().union(*left)


async def from_record(
    tx: Transaction,
    version: Version,
    resource: Mapping[str, Any] | None,
    before: Version | None,
    apart: Apart | None = None,
    *,
    unnamed: bool = False,
) -> set[str]:
    """Bring along what depends on a version just put. The references of the records that have grown.

    Its own earlier versions are about whom it is about now; so are the records that are of it, deleted ones too: no
    more than have room, where some are brought along `apart`. What belongs to it is as closed as it is now. A record is
    `unnamed` where it is so new that none can be of it.
    """
    room, grown = apart or Apart(), set[str]()
    if new := derivation.handed(version.terms).difference(derivation.handed(before.terms) if before else ()):
        if before:
            await _of_its_own(tx, version, new, room)
        if not unnamed:
            grown |= await _onward(tx, version, new, room)
    person = term(".subject", version.reference)
    for name in sorted(patient_links.same_as(resource or {})):
        related = await tx.get(*name.split("/"), within=DEPENDENT)
        if related and person not in related.terms:
            await tx.derive(name, [person])
            grown |= {name} | await _onward(tx, related, frozenset({person}), room)
    return grown | await as_closed.follow(tx, version, before, room, unnamed=unnamed)


async def _of_its_own(tx: Transaction, version: Version, new: frozenset[str], room: Apart) -> None:
    """Its own earlier versions are about whom it is about now: those of few at once."""
    given = Whom(grown=frozenset((version.reference, one) for one in new))
    if len(room.own(version, given, hidden=False)) == version.number:
        await tx.derive(version.reference, new)


async def lacking(view: Snapshot, name: str, terms: frozenset[str]) -> list[int]:
    """The versions of a record that have yet to be given some of these terms, in their order."""
    type, _, id = name.partition("/")
    current = await view.get(type, id, within=DEPENDENT)
    numbers = range(1, current.number if current else 1)
    found = [(number, await view.get(type, id, within=DEPENDENT, number=number)) for number in numbers]
    return [number for number, each in found if each and terms.difference(each.terms)]


async def given(tx: Transaction, name: str, numbers: Iterable[int], terms: frozenset[str]) -> None:
    """Give them to these versions."""
    type, _, id = name.partition("/")
    found = [(number, await tx.get(type, id, within=DEPENDENT, number=number)) for number in numbers]
    await tx.amend(name, {number: tuple(sorted(terms.union(each.terms))) for number, each in found if each}, None)


async def _onward(tx: Transaction, source: Version, new: frozenset[str], room: Apart) -> set[str]:
    """The records that have grown."""
    given = Whom(grown=frozenset((source.reference, one) for one in new))
    found: Mapping[str, Iterable[str]] | None
    if given - room.later:
        found = await dependents(tx, source, new, room.room)
    else:
        found = room.at_once.get(source.reference, {})
    if not room.has_room(len(found) if found is not None else room.room + 1, given, hidden=False) or found is None:
        return set()
    for name in sorted(found):
        await tx.derive(name, found[name])
    return set(found)


async def still(tx: Transaction, apart: Apart) -> Apart:
    """What of it is used up in this transaction. Raises OvertakenError where such a one was written since it was
    looked which of them get what is handed on later, or where it goes on no longer."""
    if apart.goes_on and not await apart.goes_on():
        raise OvertakenError
    since = await tx.feed(apart.end, _LATELY, within=DEPENDENT) if apart.end else Found(())
    if len(since.versions) == _LATELY or any(each.reference.startswith(_WORKED_ON) for each in since.versions):
        raise OvertakenError
    return replace(apart)


async def at_once(view: Snapshot, grown: Iterable[tuple[str, str]]) -> dict[str, dict[str, set[str]]]:
    """By record that is to grow by these terms, what those are to be given that others work on, or plans may be of."""
    terms, found = dict[str, set[str]](), dict[str, dict[str, set[str]]]()
    for name, one in grown:
        terms.setdefault(name, set()).add(one)
    for name, new in terms.items():
        source = await view.get(*name.split("/"), within=DEPENDENT)
        lacking = await dependents(view, source, new) if source else {}
        found[name] = {each: lacks for each, lacks in (lacking or {}).items() if each.startswith(_WORKED_ON)}
    return found


async def dependents(
    view: Snapshot, source: Version, new: Iterable[str], most: int = sys.maxsize, *, whole: bool = False
) -> dict[str, set[str]] | None:
    """By record that is of this one, or of such a one, what of these terms it has yet to be given; None where there are
    more versions of such than `most`. Where the `whole` is asked for, as it was broken off in the middle, those are
    looked through too that have all of them."""
    wanted, passed = dict[str, set[str]](), dict[str, frozenset[str]]()
    waiting = [(source, frozenset(new))]
    while waiting:
        giving, given = waiting.pop()
        groups = [one.partition(" ")[2] for one in given if one.startswith(".household ")]
        handed = given | {term(".subject", one) for one in await _left(view, giving, groups)}
        of, has_all = has(".of", giving.reference), all_of(has(*one.split(" ", 1)) for one in sorted(handed))
        asked = Query(of if whole else all_of([of, none_of(has_all)]), history=True)
        found = await view.find(replace(asked, limit=None if most == sys.maxsize else most + 1), within=DEPENDENT)
        if max(len(wanted), len(found.versions)) > most:
            return None
        latest, lacking = dict[str, Version](), dict[str, set[str]]()
        for each in sorted(found.versions, key=lambda each: each.number):
            latest[each.reference] = each
            lacking.setdefault(each.reference, set()).update(handed.difference(each.terms))
        for name in sorted(latest):
            lacks = frozenset(lacking[name])
            if lacks:
                wanted.setdefault(name, set()).update(lacks)
            if on := (handed if whole else lacks) - passed.get(name, frozenset()):
                passed[name] = passed.get(name, frozenset()) | on
                waiting.append((latest[name], on))
    return wanted if len(wanted) <= most else None


async def left(view: Snapshot, source: Version) -> list[tuple[str, str]]:
    """Who has left the households of a record since it was first written, and when."""
    return await _leaving(view, source, values(source.terms, ".household"))


async def _left(view: Snapshot, source: Version, groups: Iterable[str]) -> frozenset[str]:
    return frozenset(person for person, _ in await _leaving(view, source, groups))


async def _leaving(view: Snapshot, source: Version, groups: Iterable[str]) -> list[tuple[str, str]]:
    first, named = source.stored.first, sorted(groups)
    rows = await view.rows((MEMBER, group) for group in named) if named else ()
    return [(row.relation.to, row.ended) for row in rows if first < row.ended != FOREVER]
