"""The hash chain: each event's hash covers its whole content, with names resolved, and the hash before it.

docs/trail.md, "the chain"
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import orjson

from resources.store.trail import Event

_FORM = b"tsunagu trail 1\n"


def new_name() -> str:
    """A name for a chain that says nothing of the process that writes it."""
    return secrets.token_hex(8)


def genesis(chain: str) -> bytes:
    """What stands before the first event of a chain: so two chains cannot change places."""
    return sha256(_FORM + chain.encode()).digest()


def link(before: bytes, chain: str, number: int, event: Event) -> bytes:
    """The hash of an event that follows the hash before."""
    return sha256(before + orjson.dumps([chain, number, *event])).digest()


def framed(fields: Sequence[Any]) -> Event:
    """An event of which no more is told than its frame."""
    return restored([*fields, 0, "", (), (), ()])


def restored(fields: Sequence[Any]) -> Event:
    """An event from its fields as JSON gives them. Raises TypeError where they are not as many."""
    return Event._make(tuple(value) if isinstance(value, list) else value for value in fields)
