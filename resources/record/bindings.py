"""Whether a code is in the value set its element is required to draw from, and one of our own in its code system.

https://hl7.org/fhir/R4/terminologies.html#required
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resources.record import wording
from resources.record.element_schema import Slot
from resources.record.problem import Issue

LISTED = 20
"""How many of the allowed codes a message lists."""


def code(slot: Slot, value: Any, at: str) -> Iterator[Issue]:
    if type(value) is str and slot.codes is not None and value not in slot.codes:
        yield _outside(slot, value, at)


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
