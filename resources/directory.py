"""The 相談機関一覧: which desk answers for a field of concern in an area, the fitting ones first, never none.

R6 and R7 of the domain (slides 10 and 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resources.record import coding, reference
from resources.record.reference import Resource

FALLBACK = coding.own("desk", "fallback-desk")
NOWHERE = 99


def ranked(desks: Iterable[Resource], areas: Sequence[str]) -> list[Resource]:
    """The desks of a field, best first, for an area and those around it (`Location/id`, the smallest first).

    A desk that covers the area comes before one that does not; among those the ★ desk, for whoever does not know
    which one to ask; then the one whose area is smallest.
    """
    return sorted(desks, key=lambda desk: _rank(desk, areas))


def is_fallback(desk: Resource) -> bool:
    """Whether this is the ★ desk of its field."""
    return FALLBACK in coding.of(desk.get("characteristic"))


def fields(desk: Resource) -> frozenset[str]:
    """The concern fields a desk answers for."""
    return coding.codes(desk.get("category"), "concern-field") | coding.codes(desk.get("type"), "concern-field")


def _rank(desk: Resource, areas: Sequence[str]) -> tuple[bool, bool, int, str]:
    covered = [areas.index(area) for area in reference.many(desk, "coverageArea") if area in areas]
    closeness = min(covered, default=NOWHERE)
    return closeness == NOWHERE, not is_fallback(desk), closeness, str(desk.get("id", ""))
