"""How versions, their terms, what they say of how others stand to one another, and secrets lie in SQLite.

https://www.sqlite.org/partialindex.html
"""

from __future__ import annotations

TABLES = """
CREATE TABLE store (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO store VALUES ('instant', ''), ('generation', '');
CREATE TABLE type (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE version (
    seq INTEGER PRIMARY KEY, -- commit order
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    since TEXT NOT NULL,
    until TEXT,              -- the `since` of the next version, NULL while current
    first TEXT NOT NULL,     -- the `since` of version 1
    deleted INTEGER NOT NULL,
    terms BLOB NOT NULL,     -- a JSON array
    body BLOB NOT NULL,
    digest BLOB NOT NULL     -- of the body
) STRICT;
CREATE UNIQUE INDEX version_number ON version (type, id, number);
CREATE UNIQUE INDEX version_current ON version (type, id) WHERE until IS NULL;
-- The key answers "has this version a term ...", the index "which versions of a type have a term ...".
CREATE TABLE term (
    seq INTEGER NOT NULL,
    term TEXT NOT NULL,
    live INTEGER NOT NULL,   -- 1 while the version is current and not deleted
    type INTEGER NOT NULL,
    PRIMARY KEY (seq, term)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_live ON term (type, live, term, seq);
-- What records say of how others stand to one another, with when that is so (start, until) and when it was recorded.
CREATE TABLE relation (
    name TEXT NOT NULL,
    "of" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    tag TEXT NOT NULL,
    start TEXT NOT NULL,
    until TEXT NOT NULL,
    via TEXT NOT NULL,       -- the team through which "to" is meant, while it is in it
    term TEXT NOT NULL,      -- what a record has of which it is said, '' for every one
    low TEXT NOT NULL,       -- between which the date of such a record lies
    high TEXT NOT NULL,
    keeper TEXT NOT NULL,    -- of whose records it is said, '' for everybody's
    since TEXT NOT NULL,
    ended TEXT NOT NULL,     -- '~' while the record says so
    source TEXT NOT NULL,    -- the record
    number INTEGER NOT NULL, -- its version that began it
    PRIMARY KEY (name, "of", "to", tag, source, start, until, via, term, low, high, keeper, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_to ON relation (name, "to", ended, tag, "of");
CREATE INDEX relation_source ON relation (source, ended);
CREATE TABLE secret (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    until REAL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_until ON secret (until) WHERE until IS NOT NULL;
"""

INDEXES = """
-- Each ends with the key of its table, which is commit order.
CREATE INDEX IF NOT EXISTS version_current_of ON version (type) WHERE until IS NULL;
CREATE INDEX IF NOT EXISTS version_of ON version (type);
CREATE INDEX IF NOT EXISTS version_since ON version (since);
"""
