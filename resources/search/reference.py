"""Reference parameters: `Type/id`, `id`, an absolute address, `:Type=id`, or with `:identifier` what is said beside.

https://hl7.org/fhir/R4/search.html#reference
"""

from __future__ import annotations

import re
from typing import Any

from resources.record import address
from resources.search import grammar, layout, refusal, token
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Predicate, any_of

MODIFIERS: frozenset[str] = frozenset({"identifier"})
"""And the names of target types."""

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request; a modifier is the type of the target."""
    if modifier == "identifier":
        return token.predicate(part, _identified(lead), "", text)
    asked = _near(part, grammar.plain(text))
    if modifier and modifier not in part.targets:
        raise refusal.unreadable(part.name, modifier, _one_of(part), "この参照先の型")
    relative = _RELATIVE.fullmatch(asked)
    if relative is not None:
        if relative[1] not in part.targets or modifier not in ("", relative[1]):
            raise refusal.unreadable(part.name, asked, f"a reference to {modifier or _one_of(part)}", "この型への参照")
        return layout.equal(lead, f"{relative[1]}/{relative[2]}")
    if _ID.fullmatch(asked) is not None:
        types = (modifier,) if modifier else part.targets
        return any_of(layout.equal(lead, f"{type}/{asked}") for type in types)
    if ":" not in asked or (modifier and f"/{modifier}/" not in asked):
        raise refusal.unreadable(part.name, asked, "a reference such as `Type/id`", "参照(型/id)")
    return layout.equal(lead, layout.capped(asked))


def record(part: Part, text: str) -> tuple[str, str]:
    """The type and the id of one record that a value names; the type is empty where it is left out, both where it names
    none."""
    asked = _near(part, grammar.plain(text))
    relative = _RELATIVE.fullmatch(asked)
    if relative is not None:
        return relative[1], relative[2]
    return "", asked if _ID.fullmatch(asked) else ""


def _near(part: Part, asked: str) -> str:
    """`Type/id` of an address of this server; any other as it is."""
    return (address.below(address.normal(part.base), asked) if "://" in asked else "") or asked


def _identified(lead: str) -> str:
    """Where the identifiers beside references lie: under a name of their own."""
    return f"{lead[:-1]}:identifier "


def _one_of(part: Part) -> str:
    shown = ", ".join(part.targets[:8])
    return shown if len(part.targets) <= 8 else f"{shown} …"


def writers(base: str) -> dict[str, Writer]:
    """How references are indexed on a server with this base; its own absolute addresses become relative."""
    own = f"{base}/" if base else ""

    def write_reference(into: Gathered, lead: str, value: Any) -> None:
        if isinstance(value, dict) and isinstance(address := value.get("reference"), str):
            if own and address.startswith(own):
                address = address[len(own) :]
            if address and address[0] != "#":
                into.terms.add(lead + layout.capped(address.partition("/_history/")[0]))
        if isinstance(value, dict) and lead[-1] == " " and (identifier := value.get("identifier")):
            token.write_identifier(into, _identified(lead), identifier)
            if str(value.get("reference") or "#").startswith("#"):
                into.terms.add(lead + layout.PRESENT)

    return {"Reference": write_reference, "canonical": _write_uri, "uri": _write_uri, "Resource": _write_resource}


def _write_uri(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str) and value:
        into.terms.add(lead + layout.capped(value))
        into.terms.add(lead + layout.capped(value.partition("|")[0]))


def _write_resource(into: Gathered, lead: str, value: Any) -> None:
    """A resource in place of a reference: the first entry of a document or message."""
    if isinstance(value, dict) and isinstance(id := value.get("id"), str):
        into.terms.add(f"{lead}{value.get('resourceType', '')}/{id}")
