"""How events lie in SQLite: narrow rows, with names as numbers made from them.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

TABLES = """
CREATE TABLE IF NOT EXISTS trail_chain (
    chain INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,    -- of the last event
    hash BLOB NOT NULL,         -- of the last event
    indexed INTEGER NOT NULL    -- the last event whose keys are in trail_key
) STRICT;
CREATE TABLE IF NOT EXISTS trail_event (
    place INTEGER PRIMARY KEY,  -- the instant, and a number among the events of that millisecond
    chain INTEGER NOT NULL,
    number INTEGER NOT NULL,
    frame INTEGER NOT NULL,
    content BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS trail_number ON trail_event (chain, number);
CREATE TABLE IF NOT EXISTS trail_name (id INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS trail_key (
    name INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (name, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trail_root (number INTEGER PRIMARY KEY, statement TEXT NOT NULL) STRICT
"""

TIES = 256
"""How many places one millisecond has."""

_EPOCH = 1_577_836_800_000  # 2020-01-01: a place then fits six bytes for many years


def place(at: int) -> int:
    """The first place of an instant."""
    return (at - _EPOCH) * TIES


def instant(place: int) -> int:
    """The instant of a place, in milliseconds of Unix time."""
    return place // TIES + _EPOCH
