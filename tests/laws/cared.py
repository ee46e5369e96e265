"""A second opinion on who has a person in care, from docs/policy.md, "standing": by the bodies of the requests alone.

Here `center` registered everybody, and asks `other` or itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from consent.standing import care
from resources.record import period
from resources.store.port import Snapshot

Json = Mapping[str, Any]

_OTHERS = ("Organization/other", "PractitionerRole/q")
"""References by which `other` is asked; a desk of `center` is `center` itself."""


async def having(view: Snapshot, people: Iterable[str], now: datetime) -> dict[str, set[str]]:
    """Who has each person in care, as the policy asks it."""
    found = await care.of(view, [f"Patient/{one}" for one in people], period.instant(now))
    return {person: set(agencies) for person, agencies in found.items()}


def expected(bodies: Mapping[str, Json], people: Iterable[str]) -> dict[str, set[str]]:
    """Who registered them, and who accepted another agency's request about them or their household until it ends."""
    found = {f"Patient/{one}": {"Organization/center"} for one in people}
    members = {member["entity"]["reference"] for member in bodies["Group/g"].get("member", ())}
    for body in bodies.values():
        if _asks_another(body) and body["status"] in ("accepted", "in-progress", "on-hold"):
            whom = body.get("for", {}).get("reference", "")
            for person in members if whom == "Group/g" else {whom} & found.keys():
                found[person].add("Organization/other")
    return found


def is_asked(body: Json) -> bool:
    """Whether it is a request that `other` may accept now."""
    return _asks_another(body) and body["status"] == "requested"


def _asks_another(body: Json) -> bool:
    return body["resourceType"] == "Task" and "code" not in body and body["owner"]["reference"] in _OTHERS
