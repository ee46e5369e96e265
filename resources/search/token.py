"""Token parameters: `code`, `system|code`, `|code`, `system|`.

https://hl7.org/fhir/R4/search.html#token
"""

from __future__ import annotations

import unicodedata
from typing import Any

from resources.search import grammar, layout, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import NOTHING, Predicate

MODIFIERS = frozenset({"not"})

_DIALLED = frozenset("0123456789+-() .")


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request; `:not` is turned round by the caller, for all values together."""
    pieces = grammar.pieces(text, "|")
    if len(pieces) > 2 or not any(pieces):
        raise refusal.unreadable(
            part.name, text, "a token such as `code` or `system|code`", "トークン(コード、システム|コード)"
        )
    code = _code(part, pieces[-1])
    if len(pieces) == 1:
        return layout.equal(lead, f"={code}")
    system = pieces[0]
    if part.systems and part.types == {"code"}:
        return _implied(part, lead, system, code)
    if not code:
        return layout.beginning(lead, f"|{_system(system)}|")
    return layout.equal(lead, f"|{_system(system)}|{code}")


def _implied(part: Part, lead: str, system: str, code: str) -> Predicate:
    """A `code` has the system of its value set, though it does not carry it."""
    if system and system not in part.systems:
        return NOTHING
    return layout.equal(lead, f"={code}") if code else layout.beginning(lead, "=")


def _code(part: Part, code: str) -> str:
    if part.exact:
        return layout.capped(code)
    return _dialled(code) if "ContactPoint" in part.types else _caseless(code)


def _caseless(code: str) -> str:
    return layout.capped(code.lower() if code.isascii() else unicodedata.normalize("NFKC", code).casefold())


def _dialled(value: str) -> str:
    """A telephone number without its punctuation; any other address without regard to case and width."""
    bare = unicodedata.normalize("NFKC", value).casefold()
    return layout.capped("".join(c for c in bare if c not in "-() .") if _DIALLED.issuperset(bare) else bare)


def _system(system: str) -> str:
    return layout.capped(system).replace("|", "\\|")


def _write_code(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str):
        into.terms.add(f"{lead}={layout.capped(value)}")


def _write_text(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str):
        _add(into, lead, "", _caseless(value))


def _write_boolean(into: Gathered, lead: str, value: Any) -> None:
    into.terms.add(f"{lead}=true" if value is True else f"{lead}=false")


def _write_coding(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict) and isinstance(code := value.get("code"), str):
        _add(into, lead, value.get("system") or "", _caseless(code))


def _write_concept(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict):
        for coding in value.get("coding") or ():
            _write_coding(into, lead, coding)


def _write_identifier(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict) and isinstance(code := value.get("value"), str):
        _add(into, lead, value.get("system") or "", _caseless(code))


def _write_contact(into: Gathered, lead: str, value: Any) -> None:
    """The specification's system of a ContactPoint is its `use`."""
    if isinstance(value, dict) and isinstance(number := value.get("value"), str):
        _add(into, lead, value.get("use") or "", _dialled(number))


def _add(into: Gathered, lead: str, system: str, code: str) -> None:
    into.terms.add(f"{lead}={code}")
    into.terms.add(f"{lead}|{_system(system)}|{code}")


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("code", "id", "uri", "url", "canonical", "oid", "uuid"), _write_code),
    "string": _write_text,
    "boolean": _write_boolean,
    "Coding": _write_coding,
    "CodeableConcept": _write_concept,
    "Identifier": _write_identifier,
    "ContactPoint": _write_contact,
}
