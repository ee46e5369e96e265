"""Requests to the fund in an emergency, on which a coordinator has not yet consulted both who is to be asked.

F6 of the domain (slide 28); docs/worklist.md
"""

from __future__ import annotations

from datetime import date

from api.due_items.asking import Asking, Json, searched
from consent import vocabulary
from resources import due, fund
from resources.due import Due
from resources.record import reference

_BOTH = 2
"""The lead section, and the adviser of the field concerned."""


async def consultations(asking: Asking) -> list[Due]:
    """On the day each was asked: it is an emergency."""
    if not asking.reading.facts.holds(vocabulary.COORDINATOR):
        return []
    said = [("code", fund.REQUEST), ("priority", ",".join(sorted(fund.URGENT)))]
    said.append(("status", "requested,received,on-hold"))
    waiting = await asking.found("Task", said)
    if not waiting:
        return []
    taken_back = ("status:not", "cancelled,entered-in-error")
    asked = await asking.found("Task", [("code", fund.CONSULTATION), taken_back])
    consulted = [(reference.one(body, "focus"), reference.one(body, "owner")) for _, body in asked]
    return [
        Due(_asked(body, asking.today), "consult-on-fund", version.reference, searched("Task", said))
        for version, body in waiting
        if len({owner for name, owner in consulted if name == version.reference}) < _BOTH
    ]


def _asked(task: Json, today: date) -> date:
    return due.asked_on(task) or today
