"""Secrets in MongoDB: a document each, removed by a TTL index, and gone for every reader from the second they end.

https://www.mongodb.com/docs/manual/core/index-ttl/
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from resources.store.mongo_fault import speaking
from resources.store.passed import MARGIN


class MongoVault:
    """The secrets of one database."""

    def __init__(self, secrets: AsyncCollection[dict[str, Any]], clock: Callable[[], datetime]) -> None:
        self._secrets = secrets
        self._clock = clock

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""
        with speaking():
            await self._secrets.delete_one({"kind": kind, "key": key, "until": {"$lte": self._clock().timestamp()}})
            try:
                await self._secrets.insert_one(self._secret(kind, key, value, until))
            except DuplicateKeyError:
                return False
        return True

    async def look(self, kind: str, key: str) -> bytes | None:
        with speaking():
            return self._living(await self._secrets.find_one({"kind": kind, "key": key}))

    async def has(self, kind: str) -> bool:
        """Whether there is any secret of a kind."""
        with speaking():
            return self._living(await self._secrets.find_one({"kind": kind})) is not None

    async def look_at(self, *wanted: tuple[str, str]) -> list[bytes | None]:
        """Several at once, in one question: what each is, in the order they are asked for."""
        kinds, keys = ({"$in": list({each[place] for each in wanted})} for place in (0, 1))
        with speaking():
            rows = await self._secrets.find({"kind": kinds, "key": keys}).to_list()
        found = {(row["kind"], row["key"]): self._living(row) for row in rows}
        return [found.get(each) for each in wanted]

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""
        with speaking():
            return self._living(await self._secrets.find_one_and_delete({"kind": kind, "key": key}))

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""
        secret = self._secret(kind, key, value, until)
        with speaking():
            try:
                await self._secrets.replace_one({"kind": kind, "key": key}, secret, upsert=True)
            except DuplicateKeyError:
                # Two upserts of a new key at once: the one that lost finds the other's now.
                await self._secrets.replace_one({"kind": kind, "key": key}, secret, upsert=True)

    async def exchange(self, kind: str, key: str, before: bytes, after: bytes) -> bool:
        """Put another value in place of this one, in one step; False, and nothing changed, where it is another now."""
        living = {"$or": [{"until": {"$exists": False}}, {"until": {"$gt": self._clock().timestamp()}}]}
        with speaking():
            done = await self._secrets.update_one(
                {"kind": kind, "key": key, "value": before} | living, {"$set": {"value": after}}
            )
        return done.matched_count == 1

    async def tally(self, kind: str, key: str, *, until: float) -> int:
        """Count one more, in one step, and say how many that makes; a counter lives to the `until` of its first."""
        living = {"kind": kind, "key": key, "until": {"$gt": self._clock().timestamp()}}
        first = self._secret(kind, key, b"", until, margin=0) | {"count": 1}
        with speaking():
            while True:
                counter = await self._secrets.find_one_and_update(
                    living, {"$inc": {"count": 1}}, return_document=ReturnDocument.AFTER
                )
                if counter is not None:
                    return int(counter["count"])
                await self._secrets.delete_one(living | {"until": {"$lte": self._clock().timestamp()}})
                with suppress(DuplicateKeyError):  # another has just begun it: count on there
                    await self._secrets.insert_one(dict(first))
                    return 1

    def _secret(self, kind: str, key: str, value: bytes, until: float | None, margin: float = MARGIN) -> dict[str, Any]:
        secret: dict[str, Any] = {"kind": kind, "key": key, "value": value}
        if until is not None:
            secret |= {"until": until, "expires": self._expires(until + margin)}
        return secret

    def _living(self, secret: dict[str, Any] | None) -> bytes | None:
        if secret is None or secret.get("until", float("inf")) <= self._clock().timestamp():
            return None
        return bytes(secret["value"])

    def _expires(self, until: float) -> datetime:
        """When the server may remove it, by the server's own clock: ours may be another."""
        return datetime.now(UTC) + timedelta(seconds=until - self._clock().timestamp())
