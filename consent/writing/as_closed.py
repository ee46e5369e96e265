"""What belongs to a record stays as closed as that is: what closes a record later closes what belongs to it at once.

docs/policy.md, "what belongs to a record" and "mistakes". No version comes of it, as where whom a record is
about grows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import orjson

from consent.relations import told_of
from consent.writing.apart import Apart, Whom
from resources.record import codes_said, envelope, mistake
from resources.record.envelope import LABEL, Envelope
from resources.record.mistake import MISTAKEN
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has, has_one_of, none_of, term
from resources.search.relation import values
from resources.store.port import Query, Snapshot, Transaction

BELONGING: Predicate = EVERYTHING
"""Under this the server finds what belongs to a record, and what that belongs to; nothing of them is told."""


async def follow(
    tx: Transaction, version: Version, before: Version | None, apart: Apart | None = None, *, unnamed: bool = False
) -> set[str]:
    """Close what belongs to a record just put, or open it again, and its own earlier versions if it belongs to others
    itself, or is marked as a mistake now, or no longer. The references of those that have changed: of the others no
    more than have room, where some are closed `apart`. Nothing belongs to one that is `unnamed`."""
    done, room = set[str](), apart or Apart()
    had, closes = (envelope.closing(each.terms) if each else frozenset[str]() for each in (before, version))
    if before and _turns(before, version):
        among = _among(version, of_its_own(version.type, had), of_its_own(version.type, closes), room)
        if await settled(tx, version, among=among):
            done.add(version.reference)
    if unnamed or had == closes:
        return done
    return done | await _belonging(tx, version.reference, closes, had - closes, room)


def of_its_own(type: str, closes: frozenset[str]) -> frozenset[str]:
    """What of that closes the earlier versions of such a record too."""
    return closes if type in told_of.ELEMENT else closes & {MISTAKEN}


def _among(version: Version, had: frozenset[str], closes: frozenset[str], room: Apart) -> range:
    """Its versions that are settled within: of many those are closed before, or opened after."""
    name, number = version.reference, version.number
    new, over = (frozenset((name, one) for one in some) for some in (closes - had, had - closes))
    if not new | over:
        return range(1, number + 1)
    among = room.own(version, Whom(closed=frozenset((name, one) for one in closes) if new else over), hidden=bool(new))
    if new and over and len(among) < number:
        room.told |= Whom(closed=over)
    return among


async def _belonging(tx: Transaction, name: str, closes: frozenset[str], over: frozenset[str], room: Apart) -> set[str]:
    """Those that are not as closed as this record is now, or may be more so than it is."""
    opened = Whom(closed=frozenset((name, one) for one in over))
    if not opened - room.later:
        over = frozenset()
    wanted = [lacking(closes), *(has(*one.split(" ", 1)) for one in sorted(over))]
    found = await belonging(tx, name, any_of(wanted), room.room)
    many = len(found) if found is not None else room.room + 1
    whom = Whom(closed=frozenset((name, one) for one in closes)) if closes else opened
    if not room.has_room(many, whom, hidden=bool(closes)) or found is None:
        if over:
            room.told |= opened
        return set()
    return {each for each in found if await settled(tx, found[each])}


def lacking(closes: Iterable[str]) -> Predicate:
    """Those that are less closed than by these terms."""
    return none_of(all_of(has(*one.split(" ", 1)) for one in sorted(closes)))


async def belonging(view: Snapshot, name: str, what: Predicate, most: int = sys.maxsize) -> dict[str, Version] | None:
    """The records of this kind that belong to one, and to those in turn, each as it is now, the nearer ones first; None
    where there are more versions of such than `most`."""
    found, waiting = dict[str, Version](), [name]
    while waiting:
        whose = all_of([has_one_of(".type", told_of.ELEMENT), has(".of", waiting.pop(0)), what])
        asked = Query(whose, history=True, limit=None if most == sys.maxsize else most + 1)
        versions = (await view.find(asked, within=BELONGING)).versions
        latest = {each.reference: each for each in sorted(versions, key=lambda each: each.number)}
        for each in sorted(latest.keys() - found.keys()):
            current = await view.get(*each.split("/"), within=BELONGING)
            assert current is not None
            found[each] = current
            waiting.append(each)
        if max(len(found), len(versions)) > most:
            return None
    return found


def _turns(before: Version, version: Version) -> bool:
    """Whether the versions before this one may be closed otherwise from now on."""
    if (MISTAKEN in before.terms) != (MISTAKEN in version.terms):
        return True
    closes = envelope.closing(before.terms) != envelope.closing(version.terms)
    return version.type in told_of.ELEMENT and (
        closes or set(values(before.terms, ".of")) != set(values(version.terms, ".of"))
    )


async def settled(
    tx: Transaction, current: Version, beforehand: frozenset[str] = frozenset(), *, among: range | None = None
) -> bool:
    """Whether the terms of a record had to change: what closes it as it is now closes every version of it; so does what
    is to close, `beforehand`, what it belongs to. Of one that has many the versions `among` these."""
    among = among or range(1, current.number + 1)
    last = await _numbered(tx, current, current.number - 1) if current.deleted else current
    # What a deleted one says itself is what it last said.
    first = among.start - 1 if among.start > 1 and (await _numbered(tx, current, among.start)).deleted else among.start
    versions = [await _numbered(tx, current, number) for number in range(first, among.stop)]
    belongs = current.type in told_of.ELEMENT
    closed = (await _closed(tx, current) if belongs else frozenset[str]()) | _mistake(last) | beforehand
    terms, own, changed = dict[int, tuple[str, ...]](), frozenset[str](), False
    for each in versions:
        own = _own(each) if belongs and not each.deleted else own
        over = envelope.closing(each.terms) if belongs else frozenset({MISTAKEN})
        wanted = (frozenset(each.terms) - over).union(own, closed, mistake.said(each.terms))
        terms[each.number], changed = tuple(sorted(wanted)), changed or wanted != frozenset(each.terms)
    if changed:
        await tx.amend(current.reference, terms, None)
    return changed


async def _closed(tx: Transaction, current: Version) -> frozenset[str]:
    """What closes the records that this one belongs to."""
    known: dict[str, Envelope | None] = {}
    for name in values(current.terms, ".of"):
        found = await tx.get(*name.split("/"), within=BELONGING)
        known[name] = envelope.read(found.terms) if found else None
    return told_of.closed(known, known.get)


async def _numbered(tx: Transaction, current: Version, number: int) -> Version:
    found = await tx.get(current.type, current.id, within=BELONGING, number=number)
    assert found is not None
    return found


def _mistake(last: Version) -> frozenset[str]:
    """Whether a record is marked as a mistake as it is now; a deleted one as it last was."""
    return frozenset({MISTAKEN} if mistake.is_marked(orjson.loads(last.body)) else ())


def _own(version: Version) -> frozenset[str]:
    """What it says itself; a deleted one as it last was."""
    meta = orjson.loads(version.body).get("meta") or {}
    return frozenset(term(LABEL, one) for one in codes_said.labels(meta.get("security")))
