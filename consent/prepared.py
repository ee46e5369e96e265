"""A change made ready outside the one writer: parsed, validated, indexed.

docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from consent.engine import PolicyEngine
from resources.record import parse, validate
from resources.record.problem import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """One write asked for. `body` is the resource's JSON as sent; `id` is the server's own for a create."""

    method: Literal["create", "update", "delete"]
    type: str
    id: str
    body: bytes = b""
    if_match: int | None = None

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A change, with what can be known of it before its transaction.

    `sent` is for changing and writing back, `resource` the same for reading, `terms` are its search terms but for the
    time of the transaction; all empty for a delete. `masked` says that not all of the version before was shown to its
    writer, `unsent` which values were put back (Envelope).
    """

    change: Change
    sent: dict[str, Any]
    resource: Mapping[str, Any]
    terms: frozenset[str]
    masked: bool = False
    unsent: frozenset[str] = frozenset()


def prepared(engine: PolicyEngine, change: Change) -> Prepared:
    """The change made ready. Raises Problem `invalid` naming every element at fault."""
    if change.method == "delete":
        return Prepared(change, {}, {}, frozenset())
    parsed = orjson.loads(change.body)
    found = validate.validate(engine.spec, parsed, change.body)
    errors = [issue for issue in found if issue.severity == "error"]
    if errors:
        raise Problem("invalid", *errors)
    resource = {**parsed, "id": change.id}
    return Prepared(change, parse.editable(change.body), resource, frozenset(engine.terms(timeless(resource))))


def timeless(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The resource without the server's marks of time."""
    meta = {
        key: value for key, value in (resource.get("meta") or {}).items() if key not in ("lastUpdated", "versionId")
    }
    return {**resource, "meta": meta}
