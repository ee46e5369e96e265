"""batch: requests of their own that travel together; what one comes to is nothing to the others.

https://hl7.org/fhir/R4/http.html#brules
"""

from __future__ import annotations

from typing import Any

from api import error_boundary, respond
from api.answer import Answer
from api.call import Call
from api.interactions import entry as entries
from api.interactions.entry import Find


async def batch(call: Call, find: Find, asked: list[Any]) -> Answer:
    """The entries, one after another in their order."""
    answers = [entries.answered(await _one(call, find, each, place)) for place, each in enumerate(asked)]
    told: respond.Json = {"resourceType": "Bundle", "type": "batch-response"}
    return respond.json(told | ({"entry": answers} if answers else {}))


async def _one(call: Call, find: Find, asked: Any, place: int) -> Answer:
    try:
        entry = entries.read(call, find, asked if isinstance(asked, dict) else {}, place)
        error_boundary.check_format(entry.row, entry.parameters, {})
        error_boundary.check_parameters(entry.row, entry.parameters)
        return await entry.row.handler(entry.call(call))
    except Exception as fault:
        return error_boundary.refusal(fault, call.headers, call.request)
