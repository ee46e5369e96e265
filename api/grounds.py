"""The rules that the answer to the current request rests on: for its header and its log line.

docs/policy.md, "the shape of a decision"
"""

from __future__ import annotations

from contextvars import ContextVar

from consent.rule import Decision

HEADER = "x-policy-rules"

_current: ContextVar[set[str] | None] = ContextVar("_current", default=None)


def begin() -> set[str]:
    """An empty set for this request, which `note` adds to."""
    ids: set[str] = set()
    _current.set(ids)
    return ids


def note(decision: Decision) -> None:
    """What permitted something; of what is withheld (D1) nothing is said."""
    ids = _current.get()
    if ids is not None and decision.allowed:
        ids.update(rule.id for rule in decision.rules)
