"""The words of an OAuth scope: what a token may touch at most; a scope narrows and never grants.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from consent.actor import Scope

ACTIONS = "cruds"

_WORD = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]*)\.(read|write|\*|(?=[cruds])c?r?u?d?s?)")
_VERSION_1 = {"read": "rs", "write": "cud", "*": ACTIONS}


def parse(text: str) -> tuple[Scope, ...]:
    """The resource scopes among the words, one for each level and type, in the order of their first word.

    Words of version 1 are read as version 2 (`.read` is `.rs`). Everything else is left to `others`: a granular
    scope (`Observation.rs?category=…`) too, since without its filter it would open more than was asked for.
    """
    found: dict[tuple[str, str], frozenset[str]] = {}
    for word in text.split():
        if match := _WORD.fullmatch(word):
            level, type, letters = match.groups()
            actions = frozenset(_VERSION_1.get(letters, letters))
            found[level, type] = found.get((level, type), frozenset()) | actions
    return tuple(Scope(level, type, actions) for (level, type), actions in found.items())


def others(text: str) -> tuple[str, ...]:
    """The words that are no resource scope, once each, in their order."""
    return tuple(dict.fromkeys(word for word in text.split() if not _WORD.fullmatch(word)))


def meet(asked: Iterable[Scope], allowed: Iterable[Scope]) -> tuple[Scope, ...]:
    """What of the asked is also allowed, never more than either."""
    common = " ".join(
        written((Scope(one.level, other.type if one.type == "*" else one.type, one.actions & other.actions),))
        for one in asked
        for other in tuple(allowed)
        if one.level == other.level and ("*" in (one.type, other.type) or one.type == other.type)
    )
    shared = parse(common)
    whole = {scope.level: scope.actions for scope in shared if scope.type == "*"}
    return tuple(
        scope for scope in shared if scope.type == "*" or not scope.actions <= whole.get(scope.level, frozenset())
    )


def written(scopes: Iterable[Scope]) -> str:
    """The words of version 2, letters in order; a scope without actions has no word."""
    return " ".join(
        f"{scope.level}/{scope.type}.{''.join(letter for letter in ACTIONS if letter in scope.actions)}"
        for scope in scopes
        if scope.actions
    )
