"""A search inside the compartment of a record: what names it by one of the parameters that R4 lists for that.

https://hl7.org/fhir/R4/compartmentdefinition.html; https://hl7.org/fhir/R4/http.html#vsearch
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from resources.record.problem import Issue, Problem
from resources.search import request
from resources.search.index import Index
from resources.search.parameter import Closed
from resources.search.predicate import any_of
from resources.search.request import SearchRequest


def parse(index: Index, type: str, id: str, within: str, parameters: Sequence[tuple[str, str]]) -> SearchRequest:
    """The search of a type `within` the compartment of a record. Raises Problem where there is no such compartment."""
    by = codes(index, type, within)
    if not by:
        raise none(type, within)
    found = [request.parse(index, within, [(code, f"{type}/{id}"), *parameters]) for code in by]
    names = frozenset[str]().union(*(each.names for each in found))
    asked = any_of(each.asked for each in found)
    return replace(found[0], asked=asked, names=names, canonical=found[0].canonical[1:])


def codes(index: Index, type: str, within: str) -> list[str]:
    """The parameters by which records of a type are in the compartment; none where they are not."""
    served = index.parameters(within) if within in index.spec.search else {}
    named = index.spec.compartments.get(type, {}).get(within, ())
    return [code for code in named if code in served and not isinstance(served[code], Closed)]


def none(type: str, within: str) -> Problem:
    """There is no such compartment, or it holds nothing of the kind."""
    text = f"`{within[:64]}` is not in the compartment of a `{type}`"
    ja = f"`{within[:64]}` は `{type}` のコンパートメントにありません"
    return Problem("not-found", Issue(text, ja, code="not-supported"))
