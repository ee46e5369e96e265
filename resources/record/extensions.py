"""Whether an extension has a form that FHIR R4 allows.

https://hl7.org/fhir/R4/extensibility.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from resources.record import primitives
from resources.record.problem import Issue


def issues(extension: dict[str, Any], at: str) -> Iterator[Issue]:
    """ext-1, and a url that is absolute but inside another extension."""
    valued = any(name.startswith(("value", "_value")) for name in extension)
    if valued == ("extension" in extension):
        text, ja = "an extension has either a value or extensions", "拡張は値か拡張のどちらか一方を持ちます"
        yield Issue(text, ja, at, code="invariant")
    url = extension.get("url")
    if isinstance(url, str) and url and not is_inner(at):
        found = primitives.uri(url, f"{at}.url", absolute=True)
        if found is not None:
            yield found


def is_inner(at: str) -> bool:
    """Whether an extension at this path is a part of another one, which names its parts itself."""
    around, _, _ = at.rpartition(".")
    return around.rpartition(".")[2].startswith(("extension[", "modifierExtension["))
