"""Secrets in MongoDB: a document each, removed by a TTL index, and gone for every reader from the second they end.

https://www.mongodb.com/docs/manual/core/index-ttl/
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from resources.store.mongo_fault import speaking

INDEXES = [
    IndexModel([("kind", 1), ("key", 1)], unique=True),
    # The server looks once a minute and to the millisecond; `until` is what counts.
    IndexModel([("expires", 1)], expireAfterSeconds=0),
]


class MongoVault:
    """The secrets of one database."""

    def __init__(self, secrets: AsyncCollection[dict[str, Any]]) -> None:
        self._secrets = secrets

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""
        with speaking():
            await self._secrets.delete_one({"kind": kind, "key": key, "until": {"$lte": time.time()}})
            try:
                await self._secrets.insert_one(_secret(kind, key, value, until))
            except DuplicateKeyError:
                return False
        return True

    async def look(self, kind: str, key: str) -> bytes | None:
        with speaking():
            return _living(await self._secrets.find_one({"kind": kind, "key": key}))

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""
        with speaking():
            return _living(await self._secrets.find_one_and_delete({"kind": kind, "key": key}))

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""
        secret = _secret(kind, key, value, until)
        with speaking():
            try:
                await self._secrets.replace_one({"kind": kind, "key": key}, secret, upsert=True)
            except DuplicateKeyError:
                # Two upserts of a new key at once: the one that lost finds the other's now.
                await self._secrets.replace_one({"kind": kind, "key": key}, secret, upsert=True)


def _secret(kind: str, key: str, value: bytes, until: float | None) -> dict[str, Any]:
    secret: dict[str, Any] = {"kind": kind, "key": key, "value": value}
    if until is not None:
        secret |= {"until": until, "expires": datetime.fromtimestamp(until, UTC)}
    return secret


def _living(secret: dict[str, Any] | None) -> bytes | None:
    if secret is None or secret.get("until", float("inf")) <= time.time():
        return None
    return bytes(secret["value"])
