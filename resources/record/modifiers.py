"""Modifiers that nobody here knows: they may turn round what a record says, so it is not taken as if they did not.

https://hl7.org/fhir/R4/extensibility.html#modifierExtension; https://hl7.org/fhir/R4/resource.html#Resource

R4 lets a server keep what it does not understand, and forbids it to act on it. Every record kept here is acted on: the
policy reads whom it is about and who asks whom, it is found by its codes, and it is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resources.record import coding, wording
from resources.record.problem import Issue

WEIGHED = "Consent"
"""Is kept as it was signed, and judged by itself: with such a modifier it is not taken as active (R4 of the policy)."""

_OURS = f"{coding.BASE}/StructureDefinition/"


def rules(resource: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """Rules that a resource says it was made by."""
    if "implicitRules" in resource or "_implicitRules" in resource:
        text = "no implicit rules are known here: leave them out, and say what they mean in the elements"
        ja = "ここで分かる implicitRules はありません。除き、内容は要素で表してください"
        yield Issue(text, ja, f"{at}.implicitRules", code="not-supported")


def unknown(extension: Mapping[str, Any], at: str) -> Iterator[Issue]:
    """An extension at a path, where it modifies and is not ours."""
    url = extension.get("url")
    if at.rpartition(".")[2].startswith("modifierExtension") and isinstance(url, str) and not url.startswith(_OURS):
        text = f"the modifier {wording.quoted(url)} is not known here and may change what is said: leave it out"
        ja = f"意味を変える拡張 {wording.quoted(url)} はここでは分かりません。除いてください"
        yield Issue(text, ja, at, code="extension")
