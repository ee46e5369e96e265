"""A database on MongoDB laid open for checking: each span is read in one transaction, while others write.

docs/maintenance.md, "check"; https://www.mongodb.com/docs/manual/core/read-isolation-consistency-recency/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymongo import ReadPreference
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from resources.record.version import Version
from resources.search.relation import Row
from resources.store import mongo_document
from resources.store.body import digest
from resources.store.fault import unavailable
from resources.store.ledger import Lying, Place, Span, Tally, parted
from resources.store.mongo_client import waiting
from resources.store.mongo_clock import CLOCK
from resources.store.mongo_document import LAST, NEVER, Document, key
from resources.store.mongo_fault import speaking
from resources.store.mongo_generation import FIELD
from resources.store.mongo_upgrade import NUMBERED, SCHEMA, older

SOURCES = 500
"""Sources of rows that are looked for together."""

MOST = 50
"""How many versions without a place are named."""

_TEXT: Document = {"place": {"$type": "string"}}
_NO_PLACE: Document = {"place": {"$not": {"$regex": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+$"}}}


class MongoLedger:
    """The store in a database. Raises Unavailable where it does not answer, or is of another schema."""

    lasting = False
    """From one span to the next the records may have changed."""

    def __init__(self, address: str, name: str) -> None:
        self._client = waiting(address, name)
        database = self._client.get_database(name, read_concern=ReadConcern("majority"))
        try:
            with speaking():
                _demand(database)
        except BaseException:
            self._client.close()
            raise
        self._clock = database["clock"]
        self._versions, self._relations = database["version"], database["relation"]
        self._session: ClientSession | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What is asked within is of one moment; only its commit says that it was the majority's."""
        with speaking(), self._client.start_session() as session:
            session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority"), ReadPreference.PRIMARY)
            self._session = session
            try:
                yield
                session.commit_transaction()
            finally:
                self._session = None

    def generation(self) -> str:
        with speaking():
            return str((self._clock.find_one(CLOCK, {FIELD: 1}) or {}).get(FIELD, ""))

    def spans(self, size: int) -> list[Span]:
        """All places there are, in pieces of this size."""
        found: list[Span] = []
        first, count, last = "", 0, ""
        with speaking():
            for one in self._versions.find(_TEXT, {"_id": 0, "place": 1}, sort=[("place", 1)]):
                last = one["place"]
                first, count = (first, count + 1) if count else (last, 1)
                if count == size:
                    found.append(Span(first, last, count))
                    count = 0
        return [*found, Span(first, last, count)] if count else found

    def lying(self, span: Span) -> Iterator[Lying]:
        for one in self._find(_within(span), sort=[("place", 1)]):
            yield _lying(one)

    def strays(self, span: Span) -> list[Place]:
        """None: the index of terms is the server's own, of the documents it has."""
        return []

    def before(self, place: Place) -> Version | None:
        found = self._versions.find({"place": {"$lt": place}}, session=self._session).sort("place", -1).limit(1)
        return next(map(mongo_document.read, found), None)

    def since(self, type: str, id: str, number: int) -> str:
        found = self._versions.find_one({"_id": key(type, id, number)}, {"since": 1}, session=self._session)
        return str(found["since"]) if found else ""

    def absent(self, cited: Sequence[str]) -> list[str]:
        keys = {name: key(*parted(name)) for name in cited}
        with speaking():
            found = self._versions.find({"_id": {"$in": list(keys.values())}}, {"_id": 1}, session=self._session)
            there = {one["_id"] for one in found}
        return [name for name in cited if keys[name] not in there]

    def history(self, type: str, id: str) -> list[Version]:
        every = {"_id": {"$gt": key(type, id, 0), "$lte": key(type, id, LAST)}}
        return [mongo_document.read(one) for one in self._find(every, sort=[("_id", 1)])]

    def current(self, reference: str) -> Version | None:
        type, _, id = reference.partition("/")
        those = {"type": type, "id": id, "current": True}
        return next(map(mongo_document.read, self._find(those)), None)

    def body(self, reference: str) -> bytes:
        type, _, id = reference.partition("/")
        found = self._versions.find_one({"_id": key(type, id, 1)}, {"body": 1}, session=self._session)
        return bytes(found["body"]) if found else b""

    def rows(self, reference: str) -> frozenset[Row]:
        found = self._relations.find({"source": reference}, session=self._session)
        return frozenset(map(mongo_document.row, found))

    def leading(self, type: str, entry: str) -> frozenset[str]:
        # What is past is in no index of terms: the versions of a type are walked over.
        of_type = {"_id": {"$gt": f"{type} ", "$lt": f"{type}!"}, "terms": entry}
        return frozenset(f"{type}/{one['id']}" for one in self._find(of_type, {"id": 1}))

    def found(self, type: str, entry: str) -> frozenset[str]:
        those = {"terms": entry, "live": True, "type": type}
        return frozenset(f"{type}/{one['id']}" for one in self._find(those, {"id": 1}))

    def related(self, name: str, of: str) -> list[Row]:
        return [
            mongo_document.row(one) for one in self._relations.find({"name": name, "of": of}, session=self._session)
        ]

    def written(self, first: str, last: str) -> list[Version]:
        those = {"place": {"$gte": f"{first} ", "$lt": f"{last}!"}}
        return [mongo_document.read(one) for one in self._find(those, sort=[("place", 1)])]

    def sourceless(self) -> list[str]:
        """Rows are written with their version, which stays: that is looked for after the row was seen."""
        found, some = [], list[str]()
        with speaking():
            for one in self._relations.find({}, {"_id": 0, "source": 1}, sort=[("source", 1)]):
                if some and some[-1] == one["source"]:
                    continue
                if len(some) == SOURCES:
                    found += self._unknown(some)
                    some.clear()
                some.append(one["source"])
            return [*found, *self._unknown(some)]

    def tally(self, span: Span) -> Tally:
        count, damaged = 0, list[str]()
        for one in self._find(_within(span), {"type": 1, "id": 1, "number": 1, "body": 1, "digest": 1}):
            count += 1
            if not _sound(one):
                damaged.append(f"{one['type']}/{one['id']}/_history/{one['number']}")
        return Tally(count, span.size - count, damaged, 0)

    def broken(self) -> list[str]:
        """Whose place is none; pages and indexes are for the server's own `validate`, which stops others meanwhile."""
        shown = {"_id": 0, "type": 1, "id": 1, "number": 1}
        with speaking():
            found = list(self._versions.find(_NO_PLACE, shown).limit(MOST))
        return [f"{one['type']}/{one['id']}/_history/{one['number']} has no place in commit order" for one in found]

    def close(self) -> None:
        self._client.close()

    def _find(self, those: Document, shown: Document | None = None, **how: Any) -> Iterator[Document]:
        yield from self._versions.find(those, shown, session=self._session, **how)

    def _unknown(self, sources: list[str]) -> list[str]:
        keys = {key(*source.partition("/")[::2], 1): source for source in sources}
        there = {one["_id"] for one in self._versions.find({"_id": {"$in": list(keys)}}, {"_id": 1})}
        return [source for name, source in keys.items() if name not in there]


def _demand(database: Database[Document]) -> None:
    schema = database["schema"].find_one(NUMBERED) or {"number": 0}
    if not database["version"].find_one({}, {"_id": 1}):
        raise unavailable(f"there are no records in `{database.name}`", f"`{database.name}` に記録がありません")
    if schema["number"] != SCHEMA:
        raise older(database.name)


def _within(span: Span) -> Document:
    return {"place": {"$gte": span.first, "$lte": span.last}}


def _sound(document: Document) -> bool:
    return bool(digest(document["body"]) == document["digest"])


def _lying(document: Document) -> Lying:
    current, deleted = bool(document.get("current")), document["deleted"]
    until = None if document["until"] == NEVER else document["until"]
    return Lying(
        place=document["place"],
        version=mongo_document.read(document),
        until=until,
        indexed=document["terms"],
        live=current == (until is None) and document["live"] == (current and not deleted),
        typed=document["_id"] == key(document["type"], document["id"], document["number"]),
        sound=_sound(document),
    )
