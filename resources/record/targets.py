"""Whether a reference has a form the server can follow and leads to a type its element allows.

https://hl7.org/fhir/R4/references.html#literal
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import fhirkit

from resources.record import primitives, wording
from resources.record.element_schema import Slot
from resources.record.problem import Issue

_LITERAL = re.compile(r"([A-Z]\w*)(/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?|\?.+)", re.DOTALL)
_ABSOLUTE = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s]+?/([A-Z]\w*)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?"
)
_RESOURCES = frozenset(fhirkit.RESOURCE_TYPES)
_DEFINITIONS = "http://hl7.org/fhir/StructureDefinition/"


def issues(slot: Slot, reference: dict[str, Any], at: str) -> Iterator[Issue]:
    """Of `Type/id`, `Type?search`, an absolute url that says a type, and `type`; `#id` is left to what contains it."""
    literal, kind = reference.get("reference"), reference.get("type")
    leads = ""
    if type(literal) is str and literal and not literal.startswith("#"):
        leads = _leads(literal)
        if leads == "?":
            yield Issue(
                f"{wording.quoted(literal)} is not of the form `Type/id`",
                f"{wording.quoted(literal)} は `Type/id` の形ではありません",
                f"{at}.reference",
                code="value",
            )
            leads = ""
        elif leads:
            yield from allowed(slot, leads, f"{at}.reference")
    if type(kind) is str:
        kind = kind.removeprefix(_DEFINITIONS)
    if type(kind) is str and "/" not in kind:
        if leads and kind != leads:
            yield Issue(
                f"the type {wording.quoted(kind)} is not that of the reference, {leads}",
                f"型 {wording.quoted(kind)} が参照先の {leads} と違います",
                f"{at}.type",
                code="value",
            )
        else:
            yield from allowed(slot, kind, f"{at}.type")


def _leads(literal: str) -> str:
    """The type a reference says it leads to; "" for one that leads elsewhere without saying, `?` for none at all."""
    if literal.startswith("urn:"):
        return "" if primitives.well_formed(literal) else "?"
    form, otherwise = (_ABSOLUTE, "") if "://" in literal else (_LITERAL, "?")
    found = form.fullmatch(literal)
    return found[1] if found is not None and found[1] in _RESOURCES else otherwise


def leads_to(reference: Mapping[str, Any], resource: Any) -> str:
    """The type of what a reference in a resource leads to, as far as it is written; "" where it is not."""
    literal, kind = reference.get("reference"), reference.get("type")
    if type(literal) is str and literal.startswith("#"):
        inside = resource.get("contained") if isinstance(resource, Mapping) else ()
        of = (each.get("resourceType") for each in inside or () if each.get("id") == literal[1:])
        return str(next(of, ""))
    found = _leads(literal) if type(literal) is str and literal else ""
    return found.strip("?") or (kind.removeprefix(_DEFINITIONS) if type(kind) is str else "")


def allowed(slot: Slot, kind: str, at: str) -> Iterator[Issue]:
    if slot.targets and kind not in slot.targets:
        allowed = ", ".join(sorted(slot.targets))
        yield Issue(
            f"a reference to {wording.quoted(kind)} is not allowed here; it may lead to {allowed}",
            f"ここでは {wording.quoted(kind)} を参照できません。参照できるのは {allowed} です",
            at,
            code="value",
        )
