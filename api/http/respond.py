"""Answers of the RESTful API: stored bytes with their version in the headers, and Bundles of them.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

import orjson

from api.http import etag, outcomes
from api.http.answer import FHIR_JSON, Answer
from api.http.call import Call
from consent.writing.written import Written
from resources.record import period
from resources.record.problem import Issue
from resources.record.version import Version

Json = dict[str, Any]


def json(content: Json, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, orjson.dumps(content), FHIR_JSON, headers or {})


def version(found: Version, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """A record's bytes as stored (or as much of them as may be seen), with ETag and Last-Modified."""
    return Answer(status, found.body, FHIR_JSON, tags(found) | (headers or {}))


def tags(found: Version) -> dict[str, str]:
    return {"etag": etag.of(found), "last-modified": _http_date(found.since)}


@lru_cache(maxsize=4096)
def _http_date(instant: str) -> str:
    shown = period.first(instant)
    assert shown is not None
    return format_datetime(shown, usegmt=True)


def location(call: Call, found: Version) -> str:
    return f"{call.on.settings.fhir}/{found.reference}/_history/{found.number}"


def fragment(body: bytes) -> orjson.Fragment:
    """Bytes that were written already, to stand in a larger whole."""
    return orjson.Fragment(body)


def written(call: Call, done: Written) -> Answer:
    """The answer to a create, update or delete, as Prefer asks for it; what was found on a condition is said where."""
    created = done.action == "create"
    if done.action == "delete":
        return Answer(204, headers={} if done.was_nothing else {"etag": etag.of(done.version)})
    headers = {"location": location(call, done.version)} if created or "id" not in call.path else {}
    status = 201 if created else 200
    if call.prefers == "minimal":
        return Answer(status, headers=tags(done.version) | headers)
    if call.prefers == "OperationOutcome":
        return json(_told(call, done.warnings), status, tags(done.version) | headers)
    return version(done.version, status, headers)


def entries(call: Call, versions: Iterable[Version], mode: str = "") -> list[Json]:
    """Bundle entries with the records' own bytes inside."""
    found = []
    for each in versions:
        entry: Json = {"fullUrl": f"{call.on.settings.fhir}/{each.reference}"}
        if not each.deleted:
            entry["resource"] = orjson.Fragment(each.body)
        if mode:
            entry["search"] = {"mode": mode}
        found.append(entry)
    return found


def bundle(kind: str, total: int | None, links: Sequence[tuple[str, str]], found: list[Json]) -> Json:
    """A Bundle with links in their order; an empty one has no entry at all."""
    content: Json = {"resourceType": "Bundle", "type": kind}
    if total is not None:
        content["total"] = total
    content["link"] = [{"relation": relation, "url": url} for relation, url in links]
    if found:
        content["entry"] = found
    return content


def _told(call: Call, warnings: tuple[Issue, ...]) -> Json:
    fine = Issue("done", "処理しました", severity="information", code="informational")
    return outcomes.outcome(warnings or (fine,), "business-rule", call.language)
