"""The reading in SQL of what is asked of a version's own terms: by its key, or by the index of the terms of its type.

https://www.sqlite.org/lang_expr.html#the_in_and_not_in_operators
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

from collections.abc import Collection, Sequence

from resources.search.layout import LAST
from resources.store.sqlite_here import Here, Listing, Sql, json
from resources.store.text import bound, storable

FEW = 8  # terms up to here are sought one by one; more are looked up in a set while the version's own terms pass by
LISTED = """SELECT o.seq FROM term o INDEXED BY term_live
    WHERE o.type = (SELECT number FROM type WHERE name = ?) AND o.live = 1"""


def named(name: str) -> tuple[str, str]:
    """The range of all terms of a name."""
    return bound(f"{name} "), bound(f"{name}!")


def one_of(terms: Sequence[str], here: Here) -> Sql:
    """That the version has one of these terms."""
    known = sorted({term for term in terms if storable(term)})
    if not known:
        return Sql("0")
    if len(known) <= FEW:
        alike = f"o.term IN ({', '.join('?' * len(known))})"
        if here.listing is None:
            return _own(here, alike, *known)
        if here.listing.few.issuperset((term, "") for term in known):
            return _listed(here, here.listing, alike, *known)
        # Entries of one term lie together: many versions are looked up in pages that are at hand.
        text = f"EXISTS ({LISTED} AND {alike} AND o.seq = {here.version}.seq)"
        return Sql(text, (here.listing.type, *known))
    # The unary plus keeps SQLite from seeking a thousand terms for each version.
    text = "o.term BETWEEN ? AND ? AND +o.term IN (SELECT value FROM json_each(?))"
    return _own(here, text, known[0], known[-1], json(known))


def between(low: str, high: str, here: Here, but: Collection[str] = ()) -> Sql:
    """That the version has a term in this range, other than those."""
    condition, values = "o.term >= ? AND o.term < ?", [low, high]
    if but:
        condition += " AND o.term NOT IN (SELECT value FROM json_each(?))"
        values.append(json(sorted(filter(storable, but))))
    if here.listing and (low, high) in here.listing.few:
        return _listed(here, here.listing, condition, *values)
    return _own(here, condition, *values)


def containing(lead: str, text: str, here: Here, *, end: bool = False) -> Sql:
    """That the version has a term that begins so, and holds a text further on, at its end."""
    if not storable(lead + text):
        return Sql("0")
    if end:
        condition = "o.term >= ? AND o.term < ? AND length(o.term) >= ? AND substr(o.term, ?) = ?"
        return _own(here, condition, *beginning(lead), len(lead) + len(text), -len(text), text)
    condition = "o.term >= ? AND o.term < ? AND instr(substr(o.term, ?), ?) > 0"
    return _own(here, condition, *beginning(lead), len(lead) + 1, text)


def beginning(lead: str) -> tuple[str, str]:
    """The range of all terms that begin so."""
    return bound(lead), bound(lead + LAST)


def if_few(name: str, here: Here) -> Sql | None:
    """That the version has a term of this name, where that is told at once: few of its type have one."""
    if here.listing and named(name) in here.listing.few:
        return between(*named(name), here)
    return None


def kept_by(row: str, name: str, here: Here) -> Sql:
    """That a row of a relation is said of everybody's records, or of those of the keeper of the version here."""
    own = _own(here, f"o.term = ? || {row}.keeper", bound(f"{name} "))
    return Sql(f"{row}.keeper = '' OR {own.text}", own.values)


def _listed(here: Here, listing: Listing, condition: str, *values: object) -> Sql:
    return Sql(f"{here.version}.seq IN ({LISTED} AND {condition})", (listing.type, *values))


def _own(here: Here, condition: str, *values: object) -> Sql:
    return Sql(f"EXISTS (SELECT 1 FROM term o WHERE o.seq = {here.version}.seq AND {condition})", values)
