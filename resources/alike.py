"""Among which records somebody who is described is looked for: a few questions that an index answers.

https://hl7.org/fhir/R4/patient-operation-match.html. Whoever has a slip in one of them is found by another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from string import digits
from typing import Any

from resources.record.problem import Problem
from resources.resemblance import Described
from resources.search import grammar, request
from resources.search.index import Index
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has
from resources.search.request import SearchRequest

MOST = 300
"""So many records are compared; more share a name or a birthday only where a city is very large."""

_MOST_SAID = 10
_YEARS = range(1868, 2100)
"""Whoever is written down was born in one of them."""


def sought(index: Index, described: Described) -> SearchRequest:
    """The search for whom it may be. Raises Problem where too little is said to look for anybody."""
    asked = [request.parse(index, "Patient", [each]) for each in _questions(described)]
    named = [request.parse(index, "Patient", [("name", each)]) for each in _names(described)]
    if not asked and not named:
        text = "say an identifier, a name, a birth date or a telephone number"
        raise Problem.of(
            "invalid", text, "識別子、氏名、生年月日、電話番号のいずれかが必要です", "Parameters.parameter"
        )
    shape = request.parse(index, "Patient", [("_count", str(MOST)), ("_total", "none")])
    names = frozenset[str]().union(*(each.names for each in (*asked, *named)))
    namesakes = all_of([any_of([each.what for each in named]), _born_about(index, described.born)])
    found = all_of([has(".type", "Patient"), any_of([namesakes, *[each.what for each in asked]])])
    return replace(shape, asked=found, names=names)


def _questions(described: Described) -> Iterator[tuple[str, str]]:
    """What may be the same, each by itself; of each kind no more than a few."""
    for system, values in [*described.identifiers.items()][:_MOST_SAID]:
        for value in sorted(values)[:_MOST_SAID]:
            yield "identifier", f"{grammar.escaped(system)}|{grammar.escaped(value)}"
    if born := described.born:
        yield "birthdate", f"{born[:4]}-{born[4:6]}-{born[6:]}"
    for phone in _phones(described.patient):
        yield "phone", grammar.escaped(phone)


def _names(described: Described) -> Iterator[str]:
    for family, given in [*described.written, *described.read][:_MOST_SAID]:
        if family and given:
            yield grammar.escaped(f"{family}{given}")


def _born_about(index: Index, born: str) -> Predicate:
    """Whose birthday may be this one with a slip, or is not known: no namesake with another is the same person, unless
    something else says so, by which they are found."""
    if not born:
        return EVERYTHING
    days = ",".join([born[:4], *_in_other_years(born)])
    asked = [("birthdate", days), ("birthdate:missing", "true")]
    return any_of([request.parse(index, "Patient", [each]).what for each in asked])


def _in_other_years(born: str) -> Iterator[str]:
    """The days of other years that one digit, or two exchanged, make of this one."""
    wrong = {born[:at] + digit + born[at + 1 :] for at in range(4) for digit in digits}
    exchanged = {born[:at] + born[at + 1] + born[at] + born[at + 2 :] for at in range(4)}
    for each in sorted(wrong | exchanged):
        with suppress(ValueError):  # many are no days
            day = date(int(each[:4]), int(each[4:6]), int(each[6:]))
            if day.year in _YEARS and each[:4] != born[:4]:
                yield day.isoformat()


def _phones(patient: Mapping[str, Any]) -> list[str]:
    said = [str(each.get("value", "")) for each in patient.get("telecom") or () if each.get("system") == "phone"]
    return [each for each in said if each.strip()][:_MOST_SAID]
