"""A search of several types at once: of the whole server by `_type`, or of all that is in the compartment of a record.

https://hl7.org/fhir/R4/http.html#search; https://hl7.org/fhir/R4/http.html#vsearch
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from resources.search import compartment, grammar, refusal, request
from resources.search.index import Index
from resources.search.request import SearchRequest

TYPE = "_type"
EVERY = "*"
MOST = 40
"""Types in one search."""

Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Several:
    """`each` is one search a type, alike in all that is asked of the answer; `canonical` is as in a SearchRequest."""

    each: tuple[SearchRequest, ...]
    canonical: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> SearchRequest:
        """One of them, for what is asked of the answer."""
        return self.each[0]


def parse(index: Index, offered: frozenset[str], parameters: Parameters) -> Several:
    """A search of the types that `_type` names, among those that are offered. Raises Problem."""
    types = _named(offered, parameters)
    if not types:
        text, ja = "name the types to search by `_type`", "検索する型を `_type` で指定してください"
        raise refusal.broken(TYPE, text, ja)
    return _read(types, partial(request.parse, index), parameters)


def in_compartment(index: Index, offered: frozenset[str], type: str, id: str, parameters: Parameters) -> Several:
    """A search of everything in the compartment of a record, or of those types of it that `_type` names."""
    inside = [one for one in sorted(offered) if compartment.codes(index, type, one)]
    named = _named(frozenset(inside), parameters) if any(name == TYPE for name, _ in parameters) else inside
    if not named:
        raise compartment.none(type, EVERY)

    def one(within: str, asked: Parameters) -> SearchRequest:
        return compartment.parse(index, type, id, within, asked)

    return _read(named, one, parameters)


def _named(offered: frozenset[str], parameters: Parameters) -> list[str]:
    types = dict.fromkeys(one for name, value in parameters if name == TYPE for one in grammar.split(value, ","))
    for one in types:
        if one not in offered:
            raise refusal.unsupported_type(TYPE, one)
    if len(types) > MOST:
        raise refusal.broken(TYPE, f"more than {MOST} types in one search", f"型は1回の検索で{MOST}個までです")
    return list(types)


def _read(types: Sequence[str], one: Callable[[str, Parameters], SearchRequest], parameters: Parameters) -> Several:
    rest = [each for each in parameters if each[0] != TYPE]
    found = tuple(one(type, rest) for type in types)
    if any(each.includes or each.subset.elements for each in found):
        text, ja = (
            "nothing comes along with, or is left out of, records of several types",
            "複数の型の検索では使えません",
        )
        raise refusal.cannot("_include" if found[0].includes else "_elements", text, ja)
    if len({each.order for each in found}) > 1:
        text, ja = "these types are not sorted alike by this", "これらの型は同じ順に並べられません"
        raise refusal.cannot("_sort", text, ja)
    named = tuple(each for each in parameters if each[0] == TYPE)
    return Several(found, (*named, *found[0].canonical))
