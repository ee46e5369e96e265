"""Among which records somebody who is described is looked for: a few questions that an index answers.

https://hl7.org/fhir/R4/patient-operation-match.html. Whoever has a slip in one of them is found by another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from resources.record.problem import Problem
from resources.resemblance import Described
from resources.search import grammar, request
from resources.search.index import Index
from resources.search.predicate import all_of, any_of, has
from resources.search.request import SearchRequest

MOST = 300
"""So many records are compared; more share a name or a birthday only where a city is very large."""

_MOST_SAID = 10


def sought(index: Index, described: Described) -> SearchRequest:
    """The search for whom it may be. Raises Problem where too little is said to look for anybody."""
    asked = [request.parse(index, "Patient", [each]) for each in _questions(described)]
    if not asked:
        text = "say an identifier, a name, a birth date or a telephone number"
        raise Problem.of(
            "invalid", text, "識別子、氏名、生年月日、電話番号のいずれかが必要です", "Parameters.parameter"
        )
    shape = request.parse(index, "Patient", [("_count", str(MOST)), ("_total", "none")])
    names = frozenset[str]().union(*(each.names for each in asked))
    found = all_of([has(".type", "Patient"), any_of([each.what for each in asked])])
    return replace(shape, asked=found, names=names)


def _questions(described: Described) -> Iterator[tuple[str, str]]:
    """What may be the same, each by itself; of each kind no more than a few."""
    for system, values in [*described.identifiers.items()][:_MOST_SAID]:
        for value in sorted(values)[:_MOST_SAID]:
            yield "identifier", f"{grammar.escaped(system)}|{grammar.escaped(value)}"
    if born := described.born:
        yield "birthdate", f"{born[:4]}-{born[4:6]}-{born[6:]}"
    for family, given in [*described.written, *described.read][:_MOST_SAID]:
        if family and given:
            yield "name", grammar.escaped(f"{family}{given}")
    for phone in _phones(described.patient):
        yield "phone", grammar.escaped(phone)


def _phones(patient: Mapping[str, Any]) -> list[str]:
    said = [str(each.get("value", "")) for each in patient.get("telecom") or () if each.get("system") == "phone"]
    return [each for each in said if each.strip()][:_MOST_SAID]
