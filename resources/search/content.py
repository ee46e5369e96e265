"""`_text` and `_content`: words anywhere in the narrative, or in any text of the record.

https://hl7.org/fhir/R4/search.html#content

A text is folded and cut into pieces that overlap, so that what is asked lies whole in one of them, wherever it begins:
Japanese has no spaces to cut words by. A question goes through the pieces of its candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from profiles.spec import Spec
from resources.search import fold, grammar, layout, refusal
from resources.search.layout import Gathered
from resources.search.predicate import Contains, Predicate, all_of

NAMES = ("_text", "_content")
LONGEST = 80
"""Letters of one word that is asked for."""
FURTHEST = 6_000
"""Letters of a record's text that are gone through."""

_APART = "\x02"
"""Between two texts: nobody asks for it, so no word is found that begins in one and ends in the next."""
_STEP = layout.LONGEST - LONGEST
_TAG = re.compile(r"<[^>]*>")
_TYPES = frozenset({"string", "markdown"})
_NO_TEXT = frozenset({"reference", "versionId", "linkId", "version", "id", "value", "fragment"})
"""Strings that are keys, or a number that a parameter of its own asks for."""
_BESIDE = frozenset({"meta", "contained", "extension", "modifierExtension", "text"})


def predicate(name: str, text: str) -> Predicate:
    """One value of a request: each of its words is somewhere in the text."""
    words = [folded for word in grammar.plain(text).split() if (folded := fold.folded(word))]
    if not words or max(map(len, words)) > LONGEST:
        raise refusal.unreadable(name, text, f"words of at most {LONGEST} letters", f"{LONGEST}文字までの語")
    return all_of(Contains(f"{name} ~", word) for word in words)


def write(spec: Spec, into: Gathered, resource: Mapping[str, Any]) -> None:
    """Adds the terms of both."""
    narrative = resource.get("text")
    told = _TAG.sub(" ", str(narrative["div"])) if isinstance(narrative, dict) and "div" in narrative else ""
    _add(into, "_text ~", told)
    _add(into, "_content ~", _APART.join((*_texts(_named(spec), resource), told)))


def _add(into: Gathered, lead: str, text: str) -> None:
    folded = fold.folded(text[: 2 * FURTHEST])[:FURTHEST]
    for start in range(0, max(len(folded) - LONGEST, 1), _STEP):
        if piece := folded[start : start + layout.LONGEST]:
            into.terms.add(lead + piece)


def _texts(named: frozenset[str], node: Mapping[str, Any], *, inside: bool = False) -> Iterator[str]:
    for key, value in node.items():
        if key in _BESIDE and not (inside and key == "text"):
            continue
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, str) and key in named:
                yield each
            elif isinstance(each, dict):
                yield from _texts(named, each, inside=True)


@lru_cache(maxsize=4)
def _named(spec: Spec) -> frozenset[str]:
    """The keys of JSON under which there is text."""
    found, others = {"valueString", "valueMarkdown"}, set[str]()
    for rows in spec.elements.values():
        for path, element in rows.items():
            name = path.rpartition(".")[2]
            if element.types and _TYPES.issuperset(element.types):
                found.add(name)
            elif any(type[:1].islower() for type in element.types):
                others.add(name)
    return (frozenset(found) - others - _NO_TEXT) | {"name"}
