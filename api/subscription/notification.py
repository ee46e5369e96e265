"""The Bundle that a subscriber gets: the state of its subscription, and of each event the name of the record.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.subscription.form import GUIDE
from api.subscription.kept import Happened, State, Subscription
from resources.record import period

Json = dict[str, Any]


def bundle(base: str, kind: str, one: Subscription, state: State, events: Sequence[Happened], now: datetime) -> Json:
    """`kind` is handshake, heartbeat, event-notification, query-status or query-event."""
    named = one.channel.content == "id-only" or kind == "query-event"
    entries = [
        {
            "fullUrl": f"urn:uuid:{uuid.uuid4()}",
            "resource": status(base, kind, one, state, events, named=named),
            "request": {"method": "GET", "url": f"Subscription/{one.id}/$status"},
            "response": {"status": "200"},
        }
    ]
    for each in {event.focus: event for event in events}.values() if named else ():
        type = each.focus.partition("/")[0]
        request = {"method": "POST", "url": type} if each.made else {"method": "PUT", "url": each.focus}
        done = {"status": "201" if each.made else "200"}
        entries.append({"fullUrl": f"{base}/{each.focus}", "request": request, "response": done})
    return {
        "resourceType": "Bundle",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [f"{GUIDE}/backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": period.instant(now),
        "entry": entries,
    }


def status(
    base: str, kind: str, one: Subscription, state: State, events: Sequence[Happened], *, named: bool = True
) -> Json:
    """A Parameters that says how a subscription stands."""
    parts: list[Json] = [
        {"name": "subscription", "valueReference": {"reference": f"{base}/Subscription/{one.id}"}},
        {"name": "topic", "valueCanonical": one.interest.topic},
        {"name": "status", "valueCode": state.status},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(state.number)},
    ]
    for each in events:
        event: list[Json] = [
            {"name": "event-number", "valueString": str(each.number)},
            {"name": "timestamp", "valueInstant": each.since},
        ]
        if named:
            event.append({"name": "focus", "valueReference": {"reference": f"{base}/{each.focus}"}})
        parts.append({"name": "notification-event", "part": event})
    if state.error:
        parts.append({"name": "error", "valueCodeableConcept": {"text": state.error}})
    return {
        "resourceType": "Parameters",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [f"{GUIDE}/backport-subscription-status-r4"]},
        "parameter": parts,
    }
