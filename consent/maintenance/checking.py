"""Whether what lies in the store is what follows from its records: derived anew, compared, and what differs named.

docs/maintenance.md, "check". A difference names the record, the kind of derived data, and never a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from consent import derivation, vocabulary
from consent.derivation import Around
from consent.maintenance import difference
from consent.maintenance.difference import Difference
from consent.maintenance.replaying import Replay
from consent.relations import hidden_place, names
from consent.relations.contributions import MEMBER, PROTECTED
from consent.relations.names import SAME
from resources.record import envelope, stamp
from resources.record.envelope import PERSONS, Envelope
from resources.record.version import Version
from resources.search import relation
from resources.search.index import Index
from resources.search.relation import FOREVER, Gathered, Row, Stored, Terms, values
from resources.store.ledger import Ledger, Lying, Span
from resources.store.port import Corrupt

KNOWN = 4096
"""Records that others are of, kept at hand in one process."""


@dataclass(slots=True)
class Checked:
    """How many versions were looked at, and what differs."""

    versions: int = 0
    differences: list[Difference] = field(default_factory=list)


class Check:
    """The check of a store, span by span."""

    def __init__(self, ledger: Ledger, index: Index) -> None:
        self._ledger, self._index = ledger, index
        # One process looks at neighbours in time, who are often of the same records.
        self._known = lru_cache(maxsize=KNOWN)(ledger.current)
        self._members = lru_cache(maxsize=KNOWN)(self._members_of)
        self._protecting = lru_cache(maxsize=KNOWN)(self._protecting_of)
        self._same = lru_cache(maxsize=KNOWN)(self._same_of)
        self._envelope = lru_cache(maxsize=KNOWN)(self._envelope_of)
        self._record = lru_cache(maxsize=KNOWN)(self._record_of)
        self._replay = Replay(ledger)

    def span(self, span: Span) -> Checked:
        """Derive the versions at these places anew and compare."""
        if not self._ledger.lasting:
            for kept in (self._known, self._members, self._protecting, self._same, self._envelope, self._record):
                kept.cache_clear()
            self._replay.forget()
        with self._ledger.reading():
            return self._span(span)

    def _span(self, span: Span) -> Checked:
        done = Checked()
        try:
            before, lone = self._ledger.before(span.first), None
            for lying in self._ledger.lying(span):
                done.versions += 1
                done.differences += self._version(lying, before)
                before, lone = lying.version, lying.place if done.versions == 1 else None
            strays = self._ledger.strays(span)
        except Corrupt:
            return Checked(done.versions, [*done.differences, _unreadable(span)])
        text, ja = "the index has terms of a version that is missing", "索引にある版がありません"
        done.differences += [Difference(f"#{place}", text, ja) for place in strays]
        if empty := span.size - done.versions - len(strays):
            done.differences.append(_missing(span, empty))
            if before and lone == span.last:
                done.differences.append(Difference(before.cited, *_BEHIND))
        return done

    def _version(self, lying: Lying, before: Version | None) -> Iterator[Difference]:
        version, at = lying.version, lying.version.cited
        if not lying.sound:
            yield Difference(at, *_BODY)
        elif not stamp.borne(version):
            yield Difference(at, "its body is that of another version", "本文は別の版のものです")
        if not lying.live:
            yield Difference(at, "the index is wrong on whether it is current", "索引の現行・過去の別が違います")
        if not lying.typed:
            yield Difference(at, "the index is wrong on its type", "索引の型が違います")
        yield from difference.terms(at, lying.indexed, version.terms, "索引", "the index")
        if before is not None and version.since < self._base(before):
            yield Difference(at, "it is earlier than what was written before it", "前に書かれた版より早い時刻です")
        if lying.sound:
            yield from (Difference(at, *said) for said in self._replay.wrong(version, current=lying.until is None))
        if lying.until is None:
            yield from self._whole_record(version) if lying.sound else ()
        elif self._ledger.since(version.type, version.id, version.number + 1) != lying.until:
            yield Difference(at, "the version that ended it is missing", "この版を終わらせた版がありません")

    def _base(self, version: Version) -> str:
        """The instant of its transaction, in which each next version of one record is a millisecond later."""
        since, number = version.since, version.number - 1
        while number and (older := self._ledger.since(version.type, version.id, number)):
            if stamp.after(older) != since:
                break
            since, number = older, number - 1
        return since

    def _whole_record(self, current: Version) -> Iterator[Difference]:
        versions = [current] if current.number == 1 else self._ledger.history(current.type, current.id)
        yield from difference.numbered(versions, current)
        if [version.number for version in versions] != list(range(1, current.number + 1)):
            return
        try:
            made = derivation.of_record(self._index, versions, self._around(current))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield Difference(current.reference, "it cannot be derived", "派生データを作れません")
            return
        for version in versions:
            wanted = made.terms[version.number]
            allowed = made.may.intersection(version.terms)
            yield from difference.terms(version.cited, version.terms, allowed.union(wanted), "語", "its terms")
        yield from difference.rows(current.reference, self._ledger.rows(current.reference), made.rows)

    def _around(self, current: Version) -> Around:
        same: frozenset[str] = frozenset()
        if current.type == "RelatedPerson":
            same = self._ledger.leading("Patient", f"link {current.reference}")
        return Around(self._record, self._envelope, same, self._left, lambda terms: self._secret(current, terms))

    def _secret(self, current: Version, terms: Terms) -> bool:
        """Whether a record is about somebody whose place is protected now."""
        if current.type not in vocabulary.CASEWORK:
            return False
        groups = {group: self._members(group) for group in values(terms, ".household")}
        world = Gathered(related={(MEMBER, group): rows for group, rows in groups.items()})
        about = Stored(terms, current.since, current.first)
        persons = frozenset(PERSONS.of(terms, relation.Around(about, world)))
        for person in persons:
            world.related[SAME, person] = self._same(person)
        for person in names.every(world, persons):
            world.related[PROTECTED[0], person] = self._protecting(person)
        return hidden_place.tells(about, world)

    def _same_of(self, person: str) -> list[Row]:
        return list(self._ledger.related(SAME, person))

    def _protecting_of(self, person: str) -> list[Row]:
        return [row for row in self._ledger.rows(person) if row.relation.name == PROTECTED[0]]

    def _left(self, name: str) -> Iterator[tuple[str, str]]:
        source = self._known(name)
        for group in values(source.terms, ".household") if source else ():
            for row in self._members(group):
                if source and source.first < row.ended != FOREVER:
                    yield row.relation.to, row.ended

    def _envelope_of(self, name: str) -> Envelope | None:
        version = self._known(name)
        return envelope.read(version.terms) if version else None

    def _members_of(self, group: str) -> list[Row]:
        return [row for row in self._ledger.rows(group) if row.relation.name == MEMBER and row.relation.of == group]

    def _record_of(self, name: str) -> Mapping[str, Any] | None:
        """A meeting; it stays a meeting as long as it lives."""
        body = self._ledger.body(name)
        return orjson.loads(body) if body else None


def counted(ledger: Ledger, span: Span) -> Checked:
    """Only count, and compare the digests of bodies."""
    try:
        with ledger.reading():
            tally = ledger.tally(span)
    except Corrupt:
        return Checked(0, [_unreadable(span)])
    found = [Difference(name, *_BODY) for name in tally.damaged]
    if tally.empty:
        found.append(_missing(span, tally.empty))
    if tally.surplus:
        text = f"the index has {tally.surplus:+} terms against the versions at these places"
        found.append(Difference(_places(span), text, f"この範囲の索引の語が版と {tally.surplus:+} 件違います"))
    return Checked(tally.versions, found)


def whole(ledger: Ledger, *, pages: bool = True) -> list[Difference]:
    """What belongs to no place; with `pages`, what the database finds wrong between its tables and their indexes."""
    text, ja = "rows of relations come from a record that there is not", "関係の行の出所となる記録がありません"
    try:
        found = [Difference(source, text, ja) for source in ledger.sourceless()]
        broken = ledger.broken() if pages else []
    except Corrupt:
        return [_unreadable(Span(1, 1, 1))]
    return found + [Difference("#", f"damaged: {each}", f"データベースが壊れています: {each}") for each in broken]


_BEHIND = ("the places before it in commit order are empty", "書いた順でこの版の前が空いています")
_BODY = ("the body is not the one that was written", "本文が書かれたものと違います")


def _unreadable(span: Span) -> Difference:
    text, ja = "the database cannot be read here: it is damaged", "データベースが壊れていて読めません"
    return Difference(_places(span), text, ja)


def _missing(span: Span, empty: int) -> Difference:
    text, ja = f"{empty} versions are missing among these places", f"この範囲に版が {empty} 件ありません"
    return Difference(_places(span), text, ja)


def _places(span: Span) -> str:
    return f"#{span.first}-{span.last}"
