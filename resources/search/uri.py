"""URI parameters: the whole URI, or with `:below` it and everything under it.

https://hl7.org/fhir/R4/search.html#uri
"""

from __future__ import annotations

from typing import Any

from resources.search import grammar, layout
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Predicate, any_of

MODIFIERS = frozenset({"below", "above"})


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request."""
    uri = grammar.plain(text)
    whole = layout.equal(lead, f"={layout.capped(uri)}")
    if modifier == "below":
        folder = f"={uri.rstrip('/')}/"
        return any_of((whole, layout.beginning(lead, folder))) if len(folder) <= layout.LONGEST else whole
    if modifier == "above":
        return any_of((whole, *(layout.equal(lead, f"={layout.capped(one)}") for one in _above(uri))))
    return whole


def _above(uri: str) -> list[str]:
    """The folders that an address lies in, down to its host, each with its last slash and without."""
    scheme, colon, path = uri.rpartition("://")
    steps = path.rstrip("/").split("/")
    found = [f"{scheme}{colon}{'/'.join(steps[:place])}" for place in range(1, len(steps))]
    return [spelling for one in found for spelling in (one, f"{one}/")]


def _write(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str) and value:
        into.terms.add(f"{lead}={layout.capped(value)}")


def _write_canonical(into: Gathered, lead: str, value: Any) -> None:
    """A canonical answers with its version and without."""
    if isinstance(value, str) and value:
        into.terms.add(f"{lead}={layout.capped(value)}")
        into.terms.add(f"{lead}={layout.capped(value.partition('|')[0])}")


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("uri", "url", "oid", "uuid", "code", "string"), _write),
    "canonical": _write_canonical,
}
