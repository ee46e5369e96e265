"""Whether a reference has a form the server can follow and leads to a type its element allows.

https://hl7.org/fhir/R4/references.html#literal
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import fhirkit

from resources.record import wording
from resources.record.element_schema import Slot
from resources.record.problem import Issue

_LITERAL = re.compile(r"([A-Z]\w*)(/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?|\?.+)", re.DOTALL)
_RESOURCES = frozenset(fhirkit.RESOURCE_TYPES)


def issues(slot: Slot, reference: dict[str, Any], at: str) -> Iterator[Issue]:
    """Of `Type/id`, `Type?search` and `type`; absolute urls, `urn:` and `#id` are left alone."""
    literal, kind = reference.get("reference"), reference.get("type")
    leads = ""
    if type(literal) is str and not (literal.startswith(("#", "urn:")) or "://" in literal):
        found = _LITERAL.fullmatch(literal)
        if found is None or found[1] not in _RESOURCES:
            yield Issue(
                f"{wording.quoted(literal)} is not of the form `Type/id`",
                f"{wording.quoted(literal)} は `Type/id` の形ではありません",
                f"{at}.reference",
                code="value",
            )
        else:
            leads = found[1]
            yield from _allowed(slot, leads, f"{at}.reference")
    if type(kind) is str and "/" not in kind:
        if leads and kind != leads:
            yield Issue(
                f"the type {wording.quoted(kind)} is not that of the reference, {leads}",
                f"型 {wording.quoted(kind)} が参照先の {leads} と違います",
                f"{at}.type",
                code="value",
            )
        else:
            yield from _allowed(slot, kind, f"{at}.type")


def _allowed(slot: Slot, kind: str, at: str) -> Iterator[Issue]:
    if slot.targets and kind not in slot.targets:
        allowed = ", ".join(sorted(slot.targets))
        yield Issue(
            f"a reference to {wording.quoted(kind)} is not allowed here; it may lead to {allowed}",
            f"ここでは {wording.quoted(kind)} を参照できません。参照できるのは {allowed} です",
            at,
            code="value",
        )
