"""Whether a code is in the value set its element is required to draw from, and one of our own in its code system.

https://hl7.org/fhir/R4/terminologies.html#required
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import langcodes

from resources.record import wording
from resources.record.element_schema import Slot
from resources.record.problem import Issue

LISTED = 20
"""How many of the allowed codes a message lists."""


_MEDIA_TYPE = re.compile(
    r"(?:application|audio|chemical|font|haptics|image|message|model|multipart|text|video|x-[a-z0-9\-]+)"
    r"/[A-Za-z0-9!#$&^_.+\-]{1,127}(?: *; *[A-Za-z0-9!#$&^_.+\-]+=(?:[^\s;\"]+|\"[^\"]*\"))* *;?",
    re.IGNORECASE,
)
_UNHEARD = 64
"""Characters, beyond which nothing is looked up as a language."""


def code(slot: Slot, value: Any, at: str) -> Iterator[Issue]:
    if type(value) is not str:
        return
    if slot.codes is not None:
        if value not in slot.codes:
            yield _outside(slot, value, at)
    elif (
        (grammar := _GRAMMARS.get(slot.binding)) is not None
        and value
        and not (grammar[0](value) or _is_format(value, at))
    ):
        text, ja = (
            f"{wording.quoted(value)} is no {grammar[1]}",
            f"{wording.quoted(value)} は{grammar[2]}ではありません",
        )
        yield Issue(text, ja, at, code="code-invalid")


def coding(slot: Slot, value: dict[str, Any], at: str) -> Iterator[Issue]:
    if slot.codings is not None and not _within(slot, [value]):
        yield _outside(slot, str(value.get("code", "")), at)


def own(systems: Mapping[str, frozenset[str]], value: dict[str, Any], at: str) -> Iterator[Issue]:
    """Our own code systems are closed: a code that is not in one means nothing, wherever it stands."""
    system, code = value.get("system"), value.get("code")
    known = systems.get(system) if type(system) is str else None
    if known is None or type(code) is not str or code in known:
        return
    name = str(system).rpartition("/")[2]
    allowed = _listed(sorted(known))
    yield Issue(
        f"{wording.quoted(code)} is not a code of `{name}`, which has {allowed}",
        f"{wording.quoted(code)} は `{name}` のコードではありません。使えるコードは {allowed} です",
        f"{at}.code",
        code="code-invalid",
    )


def concept(slot: Slot, value: dict[str, Any], at: str) -> Iterator[Issue]:
    """At least one coding of a required concept is in the value set; text alone is not enough."""
    if slot.codings is None:
        return
    codings = value.get("coding")
    given = [each for each in codings if type(each) is dict] if type(codings) is list else []
    if not _within(slot, given):
        yield _outside(slot, ", ".join(str(each.get("code", "")) for each in given), at)


def _media_type(value: str) -> bool:
    """https://www.rfc-editor.org/info/bcp13"""
    return _MEDIA_TYPE.fullmatch(value) is not None


def _is_format(value: str, at: str) -> bool:
    """https://hl7.org/fhir/R4/capabilitystatement-definitions.html#CapabilityStatement.format"""
    return value in ("json", "xml", "ttl") and at.startswith("CapabilityStatement.format")


@lru_cache(maxsize=256)
def _language(value: str) -> bool:
    """https://www.rfc-editor.org/info/bcp47, with the subtags that are registered."""
    return len(value) <= _UNHEARD and "_" not in value and langcodes.tag_is_valid(value)


_GRAMMARS: Mapping[str, tuple[Callable[[str], bool], str, str]] = {
    "http://hl7.org/fhir/ValueSet/mimetypes": (_media_type, "media type such as `text/plain`", "メディア型"),
    "http://hl7.org/fhir/ValueSet/all-languages": (_language, "language tag such as `ja`", "言語タグ（`ja` など）"),
}
"""Value sets that are a grammar: whether a code is of it, and what it is called."""


def _within(slot: Slot, codings: list[dict[str, Any]]) -> bool:
    allowed = slot.codings or frozenset()
    return any((str(each.get("system")), str(each.get("code"))) in allowed for each in codings)


def _outside(slot: Slot, value: str, at: str) -> Issue:
    codes = sorted(slot.codes or {code for _, code in slot.codings or ()})
    allowed = _listed(codes)
    return Issue(
        f"{wording.quoted(value)} is not in the value set {slot.binding}, which has {allowed}",
        f"{wording.quoted(value)} は値セット {slot.binding} にありません。使えるコードは {allowed} です",
        at,
        code="code-invalid",
    )


def _listed(codes: list[str]) -> str:
    return ", ".join(codes[:LISTED]) + (", …" if len(codes) > LISTED else "")
