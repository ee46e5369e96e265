"""Composite parameters: `code$value`, both of the same base value.

https://hl7.org/fhir/R4/search.html#composite

The terms of the last part are written once for every term of the parts before it: `name =8480-6␟=25130`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.search import grammar, kinds, refusal
from resources.search.layout import Gathered
from resources.search.parameter import Composite, Part
from resources.search.predicate import AnyOf, Is, Predicate, any_of

_JOINT = "\x1f"
_INEXACT = ("~", "%")
"""Marks of terms that no value in the place of an exact one asks for."""


def predicate(composite: Composite, lead: str, text: str) -> Predicate:
    """One value of a request; all parts but the last must be exact."""
    pieces = grammar.split(text, "$")
    readings = {tuple(parts): None for _, parts in composite.bases}
    return any_of(_asked(composite.name, parts, lead, pieces) for parts in readings)


def _asked(name: str, parts: tuple[Part, ...], lead: str, pieces: list[str]) -> Predicate:
    if len(pieces) != len(parts) or not all(pieces):
        kinds_of = "$".join(part.kind for part in parts)
        raise refusal.unreadable(name, "$".join(pieces), f"a composite of {kinds_of}", f"{kinds_of} の組")
    leads = [lead]
    for part, piece in zip(parts[:-1], pieces[:-1], strict=True):
        leads = [further for one in leads for further in _exactly(part, one, piece)]
    return any_of(kinds.READERS[parts[-1].kind](parts[-1], one, "", pieces[-1]) for one in leads)


def _exactly(part: Part, lead: str, piece: str) -> list[str]:
    """The leads that a part's value makes; a range (`system|`) makes none that could be joined."""
    asked = kinds.READERS[part.kind](part, lead, "", piece)
    found = asked.parts if isinstance(asked, AnyOf) else (asked,)
    terms = [one.term for one in found if isinstance(one, Is)]
    if len(terms) != len(found):
        raise refusal.unreadable(part.name, piece, "a whole code in this place", "この位置に書ける完全なコード")
    return [term + _JOINT for term in terms]


def write(composite: Composite, into: Gathered, resource: Mapping[str, Any]) -> None:
    """Adds the terms of a resource."""
    for base, parts in composite.bases:
        for value in base.select(resource):
            leads = {f"{composite.name} "}
            for part in parts[:-1]:
                leads = {f"{lead}{term}{_JOINT}" for term in _terms(part, value) for lead in leads}
            for lead in leads:
                _write(parts[-1], into, lead, value)


def _terms(part: Part, value: Mapping[str, Any]) -> set[str]:
    alone = Gathered()
    _write(part, alone, "", value)
    return {term for term in alone.terms if not term.startswith(_INEXACT)}


def _write(part: Part, into: Gathered, lead: str, value: Mapping[str, Any]) -> None:
    for branch, write in part.branches:
        for selected in branch.select(value):
            write(into, lead, selected)
