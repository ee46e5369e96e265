"""The instant of a transaction: commit order, as `meta.lastUpdated` tells it.

https://hl7.org/fhir/R4/resource.html#Meta
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from resources.record import period, stamp
from resources.store.sqlite_file import ask


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def following(connection: sqlite3.Connection, now: datetime) -> str:
    """The instant of the transaction that begins: now, or the millisecond after the last one written.

    SQLite lets one transaction write at a time, in all processes together, so the order of instants is that of commits.
    """
    [(last,)] = ask(connection, "SELECT value FROM store WHERE name = 'instant'")
    instant = period.instant(now)
    return instant if instant > last else stamp.after(last)


def reached(connection: sqlite3.Connection, instant: str) -> None:
    """Keep that something of this instant was written: the next transaction is later."""
    ask(connection, "UPDATE store SET value = ? WHERE name = 'instant' AND value < ?", (instant, instant))
