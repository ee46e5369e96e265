"""Makes chosen parameters behave as absent for redacted records: found, ordered and counted as if not there.

docs/policy.md, restriction D1: search on an element that is withheld behaves as if it were absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from profiles.spec import Spec
from resources.search import select
from resources.search.predicate import AllOf, AnyOf, Has, HasOther, Is, Linked, Not, Predicate, all_of, none_of
from resources.search.select import Branch

_SELECTOR = re.compile(r"\[[^\]]*\]")
"""`[x]` of a choice, `[linkId=…]` of an item."""

_UNREAD = frozenset({"assigner", "period", "type", "use"})
"""What no term of an Identifier is made of: hiding its assigner is no reason to hide the number."""


def redact(what: Predicate, names: frozenset[str], redacted: Predicate) -> Predicate:
    """The condition, with every question about these names answered no for records that `redacted` holds for.

    `:missing` and `:not` turn such an answer round, as they would for a record without the element.
    """
    if isinstance(what, AllOf):
        return AllOf(tuple(redact(part, names, redacted) for part in what.parts))
    if isinstance(what, AnyOf):
        return AnyOf(tuple(redact(part, names, redacted) for part in what.parts))
    if isinstance(what, Not):
        return Not(redact(what.part, names, redacted))
    if isinstance(what, Is | Has | HasOther | Linked) and _name(what) in names:
        return all_of((what, none_of(redacted)))
    return what


def revealing_names(spec: Spec) -> Mapping[str, frozenset[str]]:
    """Type -> codes of the parameters that read an element of `Spec.revealing`, or something in or around one.

    A parameter without an expression reads the whole resource; of a type that nobody has listed, every parameter does.
    Raises Unreadable.
    """
    known = {type: frozenset(_revealing(spec, type, paths)) for type, paths in spec.revealing.items()}
    return {type: known.get(type, frozenset(codes) - {"_id"}) for type, codes in spec.search.items()}


def _name(leaf: Is | Has | HasOther | Linked) -> str:
    if isinstance(leaf, HasOther | Linked):
        return leaf.name
    return (leaf.term if isinstance(leaf, Is) else leaf.low).partition(" ")[0]


def _revealing(spec: Spec, type: str, paths: tuple[str, ...]) -> list[str]:
    withheld = {_SELECTOR.sub("", path.removeprefix(f"{type}.")) for path in paths}
    return [
        code
        for code, definition in spec.search.get(type, {}).items()
        if not definition.expression or any(_meet(read, path) for read in _reads(spec, type, code) for path in withheld)
    ]


def _reads(spec: Spec, type: str, code: str) -> list[Branch]:
    """What a parameter reads, of a composite its parts, with paths from the type on."""
    definition = spec.search[type][code]
    bases = select.branches(spec, type, definition.expression)
    if not definition.components:
        return list(bases)
    return [
        replace(part, path=f"{base.path}.{part.path}" if base.path else part.path)
        for base in bases
        for _, expression in definition.components
        for part in select.inner(spec, base, expression)
    ]


def _meet(read: Branch, withheld: str) -> bool:
    """One is the other or leads into it."""
    if f"{withheld}.".startswith(f"{read.path}."):
        below = withheld[len(read.path) + 1 :]
        return read.type != "Identifier" or below.partition(".")[0] not in _UNREAD
    return f"{read.path}.".startswith(f"{withheld}.")
