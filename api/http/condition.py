"""The condition of a change: search parameters in If-None-Exist, or in the address in the place of an id.

https://hl7.org/fhir/R4/http.html#ccreate, #cond-update
"""

from __future__ import annotations

from collections.abc import Sequence

from api.http import query
from resources.record.problem import Problem
from resources.search import result_parameters

Condition = tuple[tuple[str, str], ...]


def of_header(said: str, type: str, base: str, at: str = "") -> Condition:
    """The condition of an If-None-Exist; clients write it alone, after its type, or as the whole address of a search.

    Raises Problem `structure` where it is of another type, or of another server than the one at this `base`.
    """
    place, mark, asked = said.partition("?")
    if mark and "=" not in place:
        named = f"{place}/".removeprefix(f"{base}/").strip("/")
        if named not in ("", type):
            shown = said[:200]
            text, ja = f"`{shown}` is no search of `{type}` here", f"`{shown}` は、ここの `{type}` の検索ではありません"
            raise Problem.of("structure", text, ja, at)
        said = asked
    return of(query.read(said.encode("utf-8", "surrogateescape")), at)


def none(parameters: Sequence[tuple[str, str]], at: str = "") -> None:
    """Raises Problem `structure` where an id is named and a condition as well."""
    if any(name not in result_parameters.IGNORED for name, _ in parameters):
        text, ja = "name an id or a condition, not both", "id と条件は、どちらか一方だけ書いてください"
        raise Problem.of("structure", text, ja, at)


def of(parameters: Sequence[tuple[str, str]], at: str = "") -> Condition:
    """Raises Problem `structure` where there is none: a change without a condition would be of anything."""
    found = tuple(each for each in parameters if each[0] not in result_parameters.IGNORED)
    if not found:
        text, ja = "name an id, or a condition to find it by", "id か、それを見つける条件を書いてください"
        raise Problem.of("structure", text, ja, at)
    return found
