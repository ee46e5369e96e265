"""`:in`, `:not-in`, `:above`, `:below` of tokens: the codes that a value set or a place in a hierarchy stands for.

https://hl7.org/fhir/R4/search.html#subsumption
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiles import terminology
from profiles.spec import Spec
from resources.search import grammar, refusal

MODIFIERS = frozenset({"in", "not-in", "above", "below"})
MOST = 500
"""Codes that one value may stand for."""

Codes = Sequence[tuple[str, str]]
"""(system, code)"""


def codes(spec: Spec, name: str, modifier: str, text: str) -> Codes:
    """What a value stands for. Raises Problem naming the parameter for a value set that is not known here."""
    found = _of_value_set(spec, name, text) if modifier.endswith("in") else list(_around(spec, modifier, text))
    if len(found) > MOST:
        text, ja = f"`{name}` stands for more than {MOST} codes", f"`{name}` に当たるコードが{MOST}個を超えています"
        raise refusal.broken(name, text, ja)
    return found


def _of_value_set(spec: Spec, name: str, text: str) -> Codes:
    asked = grammar.plain(text)
    if asked.startswith("ValueSet/"):
        own = (url for url, each in spec.artefacts.items() if f"ValueSet/{each.get('id', '')}" == asked)
        asked = next(own, asked)
    known = terminology.of(spec).value_sets.get(asked.partition("|")[0])
    if known is None:
        refused = f"`{asked[:120]}` is not a value set whose codes are known here"
        raise refusal.cannot(name, refused, f"`{asked[:120]}` のコードは、ここでは分かりません")
    return known


def _around(spec: Spec, modifier: str, text: str) -> Iterator[tuple[str, str]]:
    """The code itself, and those above or below it in each code system that knows it."""
    pieces = grammar.pieces(text, "|")
    code, asked = pieces[-1], pieces[0] if len(pieces) > 1 else ""
    known = terminology.of(spec).systems
    found = [known[asked]] if asked in known else [each for each in known.values() if not asked and code in each.terms]
    yield asked, code
    for system in found:
        yield system.url, code
        if modifier == "above":
            yield from ((system.url, each) for each in sorted(system.above(code)))
        else:
            yield from ((system.url, each) for each in sorted(system.terms) if code in system.above(each))
