"""read and search of AuditEvent: the trail as an auditor sees it, newest first.

https://hl7.org/fhir/R4/auditevent.html; docs/trail.md, "asking"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

import orjson

from api.http import lenient, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import audit_request
from api.interactions.audit_request import AuditRequest
from consent.auditing import audit_event, audit_review
from consent.reading.page import BACK
from resources.record.version import Version
from resources.store.trail import Entry, Found


async def read(call: Call) -> Answer:
    return respond.version(_version(await audit_review.read(call.on.gate, call.actor, call.id)))


async def search(call: Call, parameters: Sequence[tuple[str, str]]) -> Answer:
    wanted, left = lenient.read(call, partial(audit_request.parse, base=call.on.settings.fhir), parameters)
    here = _url(call, wanted)
    after = call.on.cursors.read(wanted.cursor, here)
    query = replace(wanted.query, after=after.removeprefix(BACK), back=after.startswith(BACK))
    found = await audit_review.search(call.on.gate, call.actor, query, wanted.ids)
    links = [("self", _url(call, wanted, wanted.cursor)), *_beside(call, wanted, found, here)]
    shown = [_version(entry) for entry in found.entries] if wanted.rows else []
    entries = [*respond.entries(call, shown, "match"), *lenient.told(call, left)]
    return respond.json(respond.bundle("searchset", found.total, links, entries))


def _beside(call: Call, wanted: AuditRequest, found: Found, here: str) -> list[tuple[str, str]]:
    """The links to the pages before and after."""
    places = (("previous", found.first and f"{BACK}{found.first}"), ("next", found.next))
    return [
        (relation, _url(call, wanted, call.on.cursors.write(place, here)))
        for relation, place in places
        if place and wanted.rows
    ]


def _version(entry: Entry) -> Version:
    body = orjson.dumps(audit_event.of(entry))
    return Version(audit_event.TYPE, entry.id, 1, audit_event.recorded(entry.event), False, body, ())


def _url(call: Call, wanted: AuditRequest, cursor: str = "") -> str:
    """The address of this search as understood, with a cursor or from its beginning."""
    asked = [*wanted.canonical, ("_cursor", cursor)] if cursor else list(wanted.canonical)
    return f"{call.on.settings.fhir}/{audit_event.TYPE}" + (f"?{urlencode(asked)}" if asked else "")
