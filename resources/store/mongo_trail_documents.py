"""How an event lies in MongoDB: a document under its chain and number, with what it is found by in one array.

docs/trail.md, "MongoDB"
"""

from __future__ import annotations

from typing import Any

from resources.store import trail_chain
from resources.store.trail import FIELDS, Entry, Event, named

LAST = 999_999_999_999


def key(chain: str, number: int) -> str:
    """The `_id` of an event, which sorts by chain and number."""
    return f"{chain} {number:012}"


def number(document: dict[str, Any]) -> int:
    """The number in a document's `_id`, 0 where there is none."""
    digits = document["_id"].rpartition(" ")[2]
    return int(digits) if digits.isdecimal() else 0


def stored(entry: Entry) -> dict[str, Any]:
    """The entry as a document."""
    event = entry.event
    return {
        "_id": key(entry.chain, entry.number),
        "at": event.at,
        "keys": sorted(_keys(event)),
        "event": [list(each) if isinstance(each, tuple) else each for each in event],
        "hash": entry.hash,
    }


def restored(document: dict[str, Any]) -> Entry:
    """The entry of a document. Raises KeyError, TypeError, ValueError where it is damaged."""
    event = trail_chain.restored(document["event"])
    if event.at != document["at"] or sorted(_keys(event)) != document["keys"]:
        raise ValueError("the event is found by what it does not say")
    return Entry(document["_id"].rpartition(" ")[0], number(document), event, bytes(document["hash"]))


def _keys(event: Event) -> set[str]:
    return {f"{field} {value}" for field in FIELDS for value in named(event, field)}
