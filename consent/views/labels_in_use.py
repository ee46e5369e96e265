"""Which profiles, security labels and tags are in use, as far as one may see what carries them.

https://hl7.org/fhir/R4/resource-operation-meta.html; docs/policy.md, "labels"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson

from consent import policy, vocabulary
from consent.actor import Actor
from consent.gate import Gate
from consent.labels import ELEMENTS
from consent.reading.reading import Reading
from resources.record import coding
from resources.record.problem import Problem
from resources.search import request
from resources.search.predicate import HasOther, all_of, any_of, has
from resources.search.relation import values

MOST = 1_000
"""More labels than these of one type are not gathered in one answer."""

_AT_ONCE = "50"
_NAMES = tuple(f"_{element}" for element in ELEMENTS)
"""The search parameters that the elements are found by, whose names they are."""


async def of_type(gate: Gate, actor: Actor, type: str) -> dict[str, Any]:
    """The labels of the records of a type that the caller may find. Raises Problem `too-costly`."""
    async with gate.reading(actor, "search", "operation", _asked(actor)) as reading:
        return await _gathered(reading, [type])


async def of_system(gate: Gate, actor: Actor) -> dict[str, Any]:
    """The labels of all that the caller may find, of the types that its token reaches."""
    async with gate.reading(actor, "search", "operation", _asked(actor)) as reading:
        made = policy.rules("search", reading.facts)
        known = vocabulary.DIRECTORY if actor.anonymous else vocabulary.SERVED
        return await _gathered(reading, [type for type in sorted(known) if policy.reaches(made, type)])


async def _gathered(reading: Reading, types: Iterable[str]) -> dict[str, Any]:
    """Records are looked for that have a label not seen yet, until there is none."""
    found: dict[str, dict[object, Any]] = {element: {} for element in ELEMENTS}
    for type in types:
        plain = request.parse(reading.engine.index, type, [("_count", _AT_ONCE), ("_total", "none")])
        seen: dict[str, set[str]] = {name: set() for name in _NAMES}
        while True:
            unseen = any_of(HasOther(name, frozenset(known)) for name, known in seen.items())
            page = await reading.search(replace(plain, asked=all_of([has(".type", type), unseen])))
            if not page.versions:
                break
            for version in page.versions:
                _note(orjson.loads(version.body).get("meta") or {}, found)
                for name, known in seen.items():
                    known.update(values(version.terms, name))
            if sum(map(len, seen.values())) > MOST:
                text, ja = f"more than {MOST} labels are in use", f"使われている表示が{MOST}件を超えています"
                raise Problem.of("too-costly", text, ja)
    return {element: [by_key[key] for key in sorted(by_key, key=str)] for element, by_key in found.items() if by_key}


def _note(meta: Mapping[str, Any], found: dict[str, dict[object, Any]]) -> None:
    """Each label once. That somebody is protected is nothing to search for, so it is none of these (D1)."""
    for element in ELEMENTS:
        for each in meta.get(element) or ():
            if isinstance(each, str):
                found[element].setdefault(each, each)
            elif not coding.of(each) & vocabulary.SECRECY_LABELS:
                said = {key: each[key] for key in ("system", "code") if key in each}
                found[element].setdefault((said.get("system"), said.get("code")), said)


def _asked(actor: Actor) -> str:
    """What the trail is told; of who has not signed in it is told nothing."""
    return "" if actor.anonymous else "$meta"
