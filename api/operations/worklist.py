"""$worklist: what is due or overdue for the person or agency that asks, and what was opened to it since.

Domain section 6 (clocks); profiles/tsunagu/OperationDefinition-worklist.json
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

from api import listed, opened_since
from api.due_items import consultations, meetings, plans, requests
from api.due_items.asking import AHEAD, MOST, Asking, Json
from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from resources.due import Due
from resources.record import moment
from resources.record.problem import Problem

PARAMETERS = ("for", "until", "since")

_KINDS: tuple[Callable[[Asking], Awaitable[list[Due]]], ...] = (
    *(requests.requests, requests.words, requests.roles, requests.overlaps, consultations.consultations),
    *(meetings.letters, meetings.meetings),
    *(plans.plans, plans.reviews, plans.consents, plans.majorities, plans.posts),
)


async def worklist(call: Call) -> Answer:
    """Everything is read as the asker may read it; an item names a record and how to find it, and nobody."""
    call.sign_in()
    given = parameters.of_address(call, PARAMETERS)
    if given.get("for", "agency") not in ("agency", "person"):
        text, ja = "`for` is `agency` or `person`", "`for` は `agency` か `person` です"
        raise Problem.of("structure", text, ja, "for")
    today = listed.today(call)
    until = _until(given) or today + timedelta(days=AHEAD)
    since = opened_since.instant(given)
    async with call.on.gate.reading(call.actor, "search", "operation", "$worklist") as reading:
        asking = await Asking.begin(call, reading, given.get("for", "agency"), today)
        items = sorted(item for item in await _items(asking) if item.day <= until)
        opened = await opened_since.parts(call, reading, asking.names, since) if since else []
    said: list[Json] = [{"name": "item", "part": _parts(item, today)} for item in items[:MOST]]
    if asking.more or len(items) > MOST:
        said.append({"name": "more", "valueBoolean": True})
    content: Json = {"resourceType": "Parameters"} | ({"parameter": [*said, *opened]} if said or opened else {})
    return respond.json(content)


async def _items(asking: Asking) -> list[Due]:
    if not asking.names or asking.call.actor.is_citizen:
        return []
    found = [await each(asking) for each in _KINDS]
    return [item for items in found for item in items]


def _parts(item: Due, today: date) -> list[Json]:
    said: list[Json] = [
        {"name": "kind", "valueCode": item.kind},
        {"name": "due", "valueDate": item.day.isoformat()},
        {"name": "overdue", "valueBoolean": item.day < today},
    ]
    if item.record:
        said.append({"name": "record", "valueReference": {"reference": item.record}})
    return [*said, {"name": "search", "valueUri": item.search}]


def _until(given: Mapping[str, str]) -> date | None:
    if "until" not in given:
        return None
    found = moment.read(given["until"])
    if found is None or moment.LEVELS[found.level] != "day":
        text, ja = f"`{given['until']}` is no day", f"`{given['until']}` は日付ではありません"
        raise Problem.of("structure", text, ja, "until")
    return moment.local_day(found.start)
