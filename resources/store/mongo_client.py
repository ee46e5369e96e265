"""The connection: who we are, and how long anything may take unless the address says otherwise.

https://www.mongodb.com/docs/manual/reference/connection-string-options/
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import ConfigurationError

from resources.store.fault import unavailable

# Milliseconds. Without the first, a question to a primary that has stopped answering waits for ever. It is not
# `timeoutMS`, under which a question that takes too long could not be told from a server that does not answer.
LIMITS = {"socketTimeoutMS": 10_000, "serverSelectionTimeoutMS": 5_000, "waitQueueTimeoutMS": 5_000}
WORK = 10.0  # seconds


def connected(address: str, database: str, *, unhurried: bool = False) -> AsyncMongoClient[dict[str, Any]]:
    """A client for the running event loop; an unhurried one waits for each answer, as of the building of an index.

    Raises Unavailable where the address is malformed.
    """
    with _well_formed(database):
        return AsyncMongoClient(address, **_options(address, unhurried))


def waiting(address: str, database: str) -> MongoClient[dict[str, Any]]:
    """A client for a command, which does one thing after another. Raises Unavailable where the address is malformed."""
    with _well_formed(database):
        return MongoClient(address, **_options(address, unhurried=False))


def _options(address: str, unhurried: bool) -> dict[str, Any]:
    limits = LIMITS | ({"socketTimeoutMS": 0} if unhurried else {})
    unsaid = {name: limit for name, limit in limits.items() if f"{name}=".lower() not in address.lower()}
    return {"appname": "tsunagu", **unsaid}


@contextmanager
def _well_formed(database: str) -> Iterator[None]:
    try:
        yield
    except (ConfigurationError, ValueError) as fault:
        # The driver's own words may repeat the password.
        text = f"the address of the database `{database}` is malformed"
        raise unavailable(text, f"データベース `{database}` の接続先の書き方が正しくありません") from fault


def patience(client: AsyncMongoClient[dict[str, Any]]) -> float:
    """Seconds that a work waits for its turn, and after which it is not tried again; never unlimited."""
    return client.options.timeout or WORK
