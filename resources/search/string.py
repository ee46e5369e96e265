"""String parameters: the beginning of a folded text, with `:contains` any part of it, with `:exact` all as written.

https://hl7.org/fhir/R4/search.html#string
"""

from __future__ import annotations

from typing import Any

from resources.search import fold, grammar, layout, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Contains, Predicate

MODIFIERS = frozenset({"exact", "contains"})

WHOLE, ENDING = "=", "$"
"""In a filter alone: the whole text, or the end of one, folded."""

_FOLDED = 1_000
"""How much of a text is folded; no question reaches further."""

_NAME = ("text", "family", "given", "prefix", "suffix")
_ADDRESS = ("text", "line", "city", "district", "state", "postalCode", "country")


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request."""
    asked = grammar.plain(text)
    if modifier == "exact":
        return layout.equal(lead, f"={layout.capped(asked)}")
    beginning = fold.folded(asked)
    if not 0 < len(beginning) <= layout.LONGEST:
        raise refusal.unreadable(
            part.name, asked, f"a text of 1 to {layout.LONGEST} letters", f"1〜{layout.LONGEST}文字の文字列"
        )
    if modifier == WHOLE:
        return layout.equal(lead, f"~{beginning}")
    if modifier == ENDING:
        return Contains(f"{lead}~", beginning, end=True)
    return Contains(f"{lead}~", beginning) if modifier == "contains" else layout.beginning(lead, f"~{beginning}")


def _write_text(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str):
        into.terms.add(f"{lead}={layout.capped(value)}")
        if folded := fold.folded(value[:_FOLDED]):
            into.terms.add(f"{lead}~{folded[: layout.LONGEST]}")


def _write_parts(names: tuple[str, ...]) -> Writer:
    def write(into: Gathered, lead: str, value: Any) -> None:
        if isinstance(value, dict):
            for name in names:
                part = value.get(name)
                for text in part if isinstance(part, list) else (part,):
                    _write_text(into, lead, text)

    return write


_NAME_PARTS = _write_parts(_NAME)


def _write_name(into: Gathered, lead: str, value: Any) -> None:
    """A name of which only the parts are written is found as a whole too: names are asked for in one, 緑川花子."""
    _NAME_PARTS(into, lead, value)
    if isinstance(value, dict) and not value.get("text"):
        whole = "".join(text for text in (value.get("family"), *(value.get("given") or ())) if isinstance(text, str))
        if folded := fold.folded(whole[:_FOLDED]):
            into.terms.add(f"{lead}~{folded[: layout.LONGEST]}")


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("string", "markdown", "uri", "url", "code", "id"), _write_text),
    "HumanName": _write_name,
    "Address": _write_parts(_ADDRESS),
}
