"""$status and $events of a Subscription: how it stands, and what it was told of, as far as it may be told of it now.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html
"""

from __future__ import annotations

from typing import Any

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from api.subscription import notification, owner
from api.subscription.kept import MOST_ASKED, Subscriptions
from consent.views import subscribing
from resources.record.problem import Problem

EVENTS = ("eventsSinceNumber", "eventsUntilNumber")


async def status(call: Call) -> Answer:
    owner.may(call, "r")
    parameters.of_address(call, ())
    kept = _kept(call)
    one = await kept.find(call.actor, call.id)
    said = notification.status(call.on.settings.fhir, "query-status", one, await kept.state(one), ())
    here = f"{call.on.settings.fhir}/Subscription/{one.id}/$status"
    entry = {"fullUrl": f"urn:uuid:{said['id']}", "resource": said, "search": {"mode": "match"}}
    return respond.json(respond.bundle("searchset", 1, [("self", here)], [entry]))


async def events(call: Call) -> Answer:
    """At most MOST_ASKED of them; what the subscriber may not find any more is left out."""
    owner.may(call, "r")
    given: dict[str, Any] = dict(parameters.of_address(call, EVENTS))
    kept = _kept(call)
    one = await kept.find(call.actor, call.id)
    state = await kept.state(one)
    first = parameters.number(given, EVENTS[0], 1, 10**9)
    last = parameters.number(given, EVENTS[1], min(state.number, first + MOST_ASKED - 1), 10**9)
    if last - first >= MOST_ASKED:
        text, ja = f"at most {MOST_ASKED} events in one answer", f"一度に答えるのは{MOST_ASKED}件までです"
        raise Problem.of("too-costly", text, ja, EVENTS[1])
    found = await kept.events(one.id, first, min(last, state.number))
    async with subscribing.told(call.on.gate, call.actor, f"Subscription/{one.id}") as reading:
        seen = await subscribing.seen(reading, one.interest, (each.focus for each in found))
    told = [each for each in found if each.focus in seen]
    return respond.json(notification.bundle(call.on.settings.fhir, "query-event", one, state, told, call.now))


def _kept(call: Call) -> Subscriptions:
    return Subscriptions(call.on.gate.engine.store.vault)
