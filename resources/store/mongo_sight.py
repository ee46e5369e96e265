"""What one question sees: the session's snapshot, the instant, and how much time is left to it.

https://www.mongodb.com/docs/manual/tutorial/terminate-running-operations/#maxtimems
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.asynchronous.database import AsyncDatabase

from resources.search.relation import FOREVER
from resources.store.mongo_document import NEVER, Document
from resources.store.mongo_predicate import Filter
from resources.store.port import TooCostly

T = TypeVar("T")

BATCH = 256  # documents that travel at once; a cursor's first answer would hold 101
VALUES = 256  # in one `$in`


@dataclass(frozen=True, slots=True)
class Here:
    """Where a question stands: in the view of which instant, and at what time rows must be valid."""

    at: str
    now: str


class Sight:
    """The collections as one question sees them."""

    def __init__(
        self, database: AsyncDatabase[Document], session: AsyncClientSession, here: Here, seconds: float
    ) -> None:
        self.at, self.now = here.at, here.now
        self.session = session
        self.versions: AsyncCollection[Document] = database["version"]
        self.relations: AsyncCollection[Document] = database["relation"]
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> int:
        """Milliseconds for all round trips to come. Raises TooCostly where there are none."""
        left = int((self._end - time.monotonic()) * 1000)
        if left <= 0:
            raise TooCostly("the question took longer than a question may")
        return left

    def find(
        self,
        among: AsyncCollection[Document],
        those: Filter,
        fields: Mapping[str, int] | None = None,
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
    ) -> AsyncCursor[Document]:
        """The documents of a filter, some hundreds at a time; `limit` 0 is all of them."""
        cursor = among.find(those, fields, session=self.session, limit=limit, max_time_ms=self.left)
        cursor = cursor.batch_size(min(limit, BATCH) if limit else BATCH)
        return cursor.sort(list(sort)) if sort else cursor

    async def aggregate(
        self, pipeline: Sequence[Filter], among: AsyncCollection[Document]
    ) -> AsyncCommandCursor[Document]:
        """The documents at the end of a pipeline, some hundreds at a time."""
        return await among.aggregate(
            pipeline, session=self.session, batchSize=BATCH, maxTimeMS=self.left, allowDiskUse=True
        )

    @property
    def recorded(self) -> Filter:
        """What was there at the instant, ended or not."""
        return {} if self.at == FOREVER else {"since": {"$lte": self.at}}

    @property
    def live(self) -> Filter:
        """Versions that are current and not deleted."""
        return {"live": True} if self.at == FOREVER else {"deleted": False, **self.recorded, "until": {"$gt": self.at}}

    def living(self, as_of: str) -> Filter:
        """Versions that were current and not deleted at an instant, where one is given, else in the view."""
        if not as_of:
            return self.live
        return {"deleted": False, "since": {"$lte": as_of}, "until": {"$gt": as_of}}

    def replaced(self, as_of: str) -> Filter:
        """Of those that were current and not deleted at an instant the ones that are not current now."""
        return {"deleted": False, "since": {"$lte": as_of}, "until": {"$gt": as_of, "$lt": NEVER}}

    def during(self, start: str, end: str) -> Filter:
        """Versions that were current at some instant in start <= t < end, and deletions in it."""
        stood = {"deleted": False, "until": {"$gt": start}}
        gone = {"deleted": True, "since": {"$gte": start}}
        return {"$and": [self.recorded, {"since": {"$lt": end}}, {"$or": [stood, gone]}]}

    @property
    def open(self) -> Filter:
        """Rows of relations that the store holds to."""
        return {"ended": FOREVER} if self.at == FOREVER else {**self.recorded, "ended": {"$gt": self.at}}

    @property
    def valid(self) -> Filter:
        """Open rows that are valid at the time of the question."""
        return {**self.open, "start": {"$lte": self.now}, "until": {"$gt": self.now}}


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values, as many at a time as are asked for at once."""
    for start in range(0, len(values), VALUES):
        yield values[start : start + VALUES]
