"""The supports of a total care plan in force that have neither started nor been closed with a reason.

R17 of the domain: the coordinator looks on until support has started.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_OVER = ("completed", "revoked")


def supports(plans: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The places of these activities in the plans."""
    found = []
    for plan in (each for each in plans if each.get("status") not in _OVER):
        for place, activity in enumerate(plan.get("activity") or ()):
            detail = activity.get("detail") or {}
            begun = detail.get("status") in ("in-progress", "completed", "entered-in-error")
            closed = detail.get("status") in ("cancelled", "stopped") and detail.get("statusReason")
            if detail and not begun and not closed and not detail.get("doNotPerform"):
                found.append(f"CarePlan/{plan['id']}#activity[{place}]")
    return tuple(found)
