"""Token parameters: `code`, `system|code`, `|code`, `system|`; by their words with `:text`, with `:of-type` by type.

https://hl7.org/fhir/R4/search.html#token
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from resources.search import fold, grammar, layout, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import NOTHING, Predicate

MODIFIERS = frozenset({"not", "text", "of-type"})

_DASHES = dict.fromkeys(fold.DASHES, "-")
_EXTENSION = re.compile(r"\s*(?:\(?\s*内線\s*[:：]?|;?ext(?:ension)?[.=:]?)\s*")
_DIALLED = re.compile(r"\+?\d+(?:x\d+)?")
_WORDED = frozenset({"Coding", "CodeableConcept", "Identifier"})

_WORDS = 1_000
"""How much of a text is folded; no question reaches further."""


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request; `:not` is turned round by the caller, for all values together."""
    if modifier == "text":
        return _worded(part, lead, grammar.plain(text))
    if modifier == "of-type":
        return _typed(part, lead, text)
    pieces = grammar.pieces(text, "|")
    if len(pieces) > 2 or not any(pieces):
        raise refusal.unreadable(
            part.name, text, "a token such as `code` or `system|code`", "トークン(コード、システム|コード)"
        )
    code = _code(part, pieces[-1])
    if len(pieces) == 1:
        return layout.equal(lead, f"={code}")
    system = pieces[0]
    if part.systems and part.types in ({"code"}, {"boolean"}):
        return _implied(part, lead, system, code)
    if not code:
        return layout.beginning(lead, f"|{_system(system)}|")
    return layout.equal(lead, f"|{_system(system)}|{code}")


def write_identifier(into: Gathered, lead: str, value: Any) -> None:
    """Its value, its system, the words and codes of its type."""
    if not isinstance(value, dict):
        return
    if isinstance(code := value.get("value"), str):
        _add(into, lead, value.get("system") or "", _caseless(code))
    elif isinstance(system := value.get("system"), str):
        into.terms.add(f"{lead}|{_system(system)}|")
    kind = value.get("type")
    if isinstance(kind, dict):
        _write_words(into, lead, kind.get("text"))
        for coding in kind.get("coding") or ():
            if isinstance(coding, dict) and isinstance(code, str) and isinstance(type := coding.get("code"), str):
                systems = {"", coding.get("system") or ""}
                into.terms |= {f"{lead}%{_system(one)}|{_caseless(type)}|{_caseless(code)}" for one in systems}


def _worded(part: Part, lead: str, text: str) -> Predicate:
    """The beginning of the words beside a code: of a concept, a display, the type of an identifier."""
    if not part.types & _WORDED:
        raise refusal.modifier(part.name, "text", "token without words")
    words = fold.folded(text)
    if not 0 < len(words) <= layout.LONGEST:
        raise refusal.unreadable(part.name, text, f"a text of 1 to {layout.LONGEST} letters", "文字列")
    return layout.beginning(lead, f"~{words}")


def _typed(part: Part, lead: str, text: str) -> Predicate:
    if "Identifier" not in part.types:
        raise refusal.modifier(part.name, "of-type", "token that is no identifier")
    pieces = grammar.pieces(text, "|")
    if len(pieces) != 3 or not all(pieces[1:]):
        raise refusal.unreadable(part.name, text, "`system|type|value`", "「システム|種類|値」")
    system, type, value = pieces
    if system:
        return layout.equal(lead, f"%{_system(system)}|{_caseless(type)}|{_caseless(value)}")
    return layout.equal(lead, f"%|{_caseless(type)}|{_caseless(value)}")


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
    """A telephone number without its punctuation, whatever its dashes; any other address by case and width alone."""
    bare = _EXTENSION.sub("x", unicodedata.normalize("NFKC", value).casefold().translate(_DASHES))
    kept = "".join(c for c in bare if c not in "-() .")
    return layout.capped(kept if _DIALLED.fullmatch(kept) else bare)


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
    """A system without a code is found by `system|` alone."""
    if not isinstance(value, dict):
        return
    if isinstance(code := value.get("code"), str):
        _add(into, lead, value.get("system") or "", _caseless(code))
    elif isinstance(system := value.get("system"), str):
        into.terms.add(f"{lead}|{_system(system)}|")
    _write_words(into, lead, value.get("display"))


def _write_concept(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict):
        for coding in value.get("coding") or ():
            _write_coding(into, lead, coding)
        _write_words(into, lead, value.get("text"))


def _write_contact(into: Gathered, lead: str, value: Any) -> None:
    """The specification's system of a ContactPoint is its `use`. A number is found without its extension too."""
    if isinstance(value, dict) and isinstance(number := value.get("value"), str):
        dialled = _dialled(number)
        for one in {dialled, dialled.partition("x")[0] if _DIALLED.fullmatch(dialled) else dialled}:
            _add(into, lead, value.get("use") or "", one)


def _write_words(into: Gathered, lead: str, text: Any) -> None:
    if isinstance(text, str) and (words := fold.folded(text[:_WORDS])):
        into.terms.add(f"{lead}~{words[: layout.LONGEST]}")


def _add(into: Gathered, lead: str, system: str, code: str) -> None:
    into.terms.add(f"{lead}={code}")
    into.terms.add(f"{lead}|{_system(system)}|{code}")


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("code", "id", "uri", "url", "canonical", "oid", "uuid"), _write_code),
    "string": _write_text,
    "boolean": _write_boolean,
    "Coding": _write_coding,
    "CodeableConcept": _write_concept,
    "Identifier": write_identifier,
    "ContactPoint": _write_contact,
}
