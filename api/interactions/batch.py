"""batch: requests of their own that travel together; what one comes to is nothing to the others.

https://hl7.org/fhir/R4/http.html#brules
"""

from __future__ import annotations

import asyncio
from typing import Any

from api.http import error_boundary, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import entry as entries
from api.interactions.entry import Find
from resources.record.problem import Problem


async def batch(call: Call, find: Find, asked: list[Any]) -> Answer:
    """The entries, one after another in their order; those that are left when its time is over are not done."""
    loop = asyncio.get_running_loop()
    end = loop.time() + call.on.settings.batch_seconds
    answers = [
        entries.answered(await _one(call, find, each, place) if loop.time() < end else _left(call, place))
        for place, each in enumerate(asked)
    ]
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


def _left(call: Call, place: int) -> Answer:
    text = "the batch has taken as long as one may: send this entry again, in another"
    ja = "一括要求の時間を使い切ったため、この要素は処理していません。別の要求で送ってください"
    fault = Problem.of("too-costly", text, ja, f"Bundle.entry[{place}]")
    return error_boundary.refusal(fault, call.headers, call.request)
