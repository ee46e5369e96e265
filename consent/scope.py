"""The words of an OAuth scope: what a token may touch at most; a scope narrows and never grants.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from consent.actor import Scope

ACTIONS = "cruds"

_WORD = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]*)\.(read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?([^\s?]+))?")
_VERSION_1 = {"read": "rs", "write": "cud", "*": ACTIONS}


def parse(text: str) -> tuple[Scope, ...]:
    """The resource scopes among the words, one for each level, type and filter, in the order of their first word.

    Words of version 1 are read as version 2 (`.read` is `.rs`); they, and those for all types, have no filter
    (`?category=…`). Everything else is left to `others`.
    """
    found: dict[tuple[str, str, str], frozenset[str]] = {}
    for word in text.split():
        if match := _matched(word):
            level, type, letters, query = match.groups(default="")
            actions = frozenset(_VERSION_1.get(letters, letters))
            found[level, type, query] = found.get((level, type, query), frozenset()) | actions
    return tuple(Scope(level, type, actions, query) for (level, type, query), actions in found.items())


def others(text: str) -> tuple[str, ...]:
    """The words that are no resource scope, once each, in their order."""
    return tuple(dict.fromkeys(word for word in text.split() if not _matched(word)))


def meet(asked: Iterable[Scope], allowed: Iterable[Scope]) -> tuple[Scope, ...]:
    """What of the asked is also allowed, never more than either: where both have a filter, both hold."""
    limits = tuple(allowed)
    common = " ".join(
        written((Scope(one.level, other.type if one.type == "*" else one.type, one.actions & other.actions, query),))
        for one in asked
        for other in limits
        if one.level == other.level and ("*" in (one.type, other.type) or one.type == other.type)
        for query in (_both(one.query, other.query),)
    )
    shared = parse(common)
    return tuple(one for one in shared if not any(_within(one, other) for other in shared if other is not one))


def _within(one: Scope, other: Scope) -> bool:
    """Whether it says nothing that the other does not say already."""
    wider = other.type in ("*", one.type) and _parts(other.query) <= _parts(one.query)
    return wider and one.level == other.level and one.actions <= other.actions


def _both(one: str, other: str) -> str:
    if _parts(other) <= _parts(one):
        return one
    return "&".join(dict.fromkeys((*filter(None, one.split("&")), *other.split("&"))))


def _parts(query: str) -> frozenset[str]:
    return frozenset(query.split("&")) if query else frozenset()


def written(scopes: Iterable[Scope]) -> str:
    """The words of version 2, letters in order; a scope without actions has no word."""
    return " ".join(
        f"{scope.level}/{scope.type}.{''.join(letter for letter in ACTIONS if letter in scope.actions)}"
        + (f"?{scope.query}" if scope.query else "")
        for scope in scopes
        if scope.actions
    )


def _matched(word: str) -> re.Match[str] | None:
    match = _WORD.fullmatch(word)
    if match and match[4] and (match[2] == "*" or match[3] in _VERSION_1):
        return None
    return match
