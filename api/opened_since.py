"""What was opened to somebody since an instant: consents, requests, letters, roles and seats, each with its search.

docs/worklist.md: a light recipient asks nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from api import party_search
from api.http.call import Call
from consent import policy
from consent.reading.reading import Reading
from profiles.spec import Spec
from resources.record import period
from resources.record.problem import Problem

Json = dict[str, Any]

MOST = 50
MOST_NAMES = 150

_KINDS = (
    ("consent", "Consent", "actor"),
    ("request", "Task", "owner"),
    ("request", "ServiceRequest", "performer"),
    ("letter", "Communication", "recipient"),
    ("role", "CareTeam", "participant"),
    ("seat", "Encounter", "participant"),
)


def instant(given: Mapping[str, str]) -> datetime | None:
    """The instant among the parameters of an address, None where it is not given. Raises Problem where it is none."""
    if "since" not in given:
        return None
    found = period.first(given["since"])
    if found is None:
        text, ja = f"`{given['since']}` is no instant", f"`{given['since']}` は日時ではありません"
        raise Problem.of("structure", text, ja, "since")
    return found


def named(spec: Spec, type: str, element: str, names: Sequence[str]) -> list[str]:
    """Those references that a search by this element takes, as many as one search has values."""
    targets = spec.search[type][element].targets
    return [name for name in names if name.partition("/")[0] in targets][:MOST_NAMES]


async def parts(call: Call, reading: Reading, names: Sequence[str], since: datetime) -> list[Json]:
    """One parameter `opened` for each kind of which there is anything: how much, the newest, and the search."""
    made = policy.ruling("search", reading.facts).rules
    said: list[Json] = []
    for kind, type, element in _KINDS if names and not call.actor.is_citizen else ():
        if not policy.reaches(made, type):
            continue
        who = named(call.on.spec, type, element, names)
        if not who:
            continue
        shown = [(element, ",".join(who)), ("_lastUpdated", f"ge{period.instant(since)}")]
        asked = [*shown, ("_sort", "-_lastUpdated"), ("_count", str(MOST))]
        page, found = await party_search.search(call.on.index, reading, type, asked)
        if found:
            records = [{"name": "record", "valueReference": {"reference": each.reference}} for each in found]
            number = page.total if page.next else len(found)
            total = {"name": "total", "valueInteger": number} if number is not None else None
            search = {"name": "search", "valueUri": f"{type}?{urlencode(shown, safe='/,:')}"}
            head = [{"name": "kind", "valueCode": kind}, *([total] if total else []), search]
            said.append({"name": "opened", "part": [*head, *records]})
    return said
