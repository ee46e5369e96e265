"""$place-check: who wrote a text, or an officer whom the list names, marks that it tells no place.

docs/policy.md, D1. The mark is kept beside the version as it stands; no version comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from consent import policy, refusal
from consent.reading import showing
from consent.rule import Decision, Rule, Text
from consent.secrecy import place_checked
from consent.writing.change import UnitOfWork
from consent.writing.written import Written
from resources.record import parse
from resources.record.envelope import CHECKED
from resources.search.predicate import EVERYTHING, term


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """The elements of one record whose texts tell no place, such as `Condition.note[0]`, as its reader is shown it."""

    type: str
    id: str
    elements: tuple[str, ...]


async def check(unit: UnitOfWork, asked: PlaceCheck) -> list[Written]:
    """The record with its texts marked. Raises Problem `not-found`, `forbidden`."""
    policy.covered(policy.ruling("update", unit.facts).rules, asked.type)
    found = await unit.look_up(f"{asked.type}/{asked.id}")
    decision = await unit.judge("read", found) if found else None
    if found is None or found.deleted or decision is None or not decision.allowed:
        raise refusal.not_found(asked.type, asked.id)
    body = parse.editable(found.body)
    shown = body
    if decision.masks:
        shown = (await showing.redaction_of(unit.engine, unit.tx, found, unit.facts)).show(body)
    listed = not decision.masks and await unit.is_secret(found)
    wrote = await showing.written(unit.engine, unit.tx, found, unit.facts.writer)

    def may(pointer: str, value: Any) -> bool:
        return listed or (wrote(pointer) and place_checked.is_plain(value))

    harmless, marked = unit.engine.harmless, set[str]()
    for element in asked.elements:
        texts = place_checked.wanted(harmless, shown, element)
        new = place_checked.among(harmless, body, texts, may)
        if not new:
            raise place_checked.refused(element, "Parameters.parameter")
        marked |= new
    terms = tuple(sorted({*found.terms, *(term(CHECKED, pointer) for pointer in marked)}))
    await unit.tx.amend(found.reference, {found.number: terms}, None)
    unit.found[found.reference] = made = replace(found, terms=terms)
    return [Written(made, "update", Decision(True, (_STANDING,)))]


_STANDING = Rule("D1", "permit", EVERYTHING, Text("the text tells no place", "文から居所は分からない"))
