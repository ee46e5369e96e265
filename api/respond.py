"""Answers of the RESTful API: stored bytes with their version in the headers, and Bundles of them.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
from starlette.responses import Response

from api import outcomes
from api.call import Call
from consent.change import Written
from resources.record.problem import Issue
from resources.record.version import Version

FHIR_JSON = "application/fhir+json; charset=utf-8"
Json = dict[str, Any]


def json(content: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type=FHIR_JSON)


def version(found: Version, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A record's bytes as stored (or as much of them as may be seen), with ETag and Last-Modified."""
    return Response(found.body, status, {**tags(found), **(headers or {})}, media_type=FHIR_JSON)


def tags(found: Version) -> dict[str, str]:
    changed = datetime.fromisoformat(found.since)
    return {"ETag": etag(found), "Last-Modified": format_datetime(changed, usegmt=True)}


def etag(found: Version) -> str:
    return f'W/"{found.number}"'


def location(call: Call, found: Version) -> str:
    return f"{call.on.settings.fhir}/{found.reference}/_history/{found.number}"


def written(call: Call, done: Written) -> Response:
    """The answer to a create, update or delete, as Prefer asks for it."""
    created = done.action == "create"
    if done.action == "delete":
        return Response(status_code=204, headers={"ETag": etag(done.version)})
    headers = {"Location": location(call, done.version)} if created else {}
    status = 201 if created else 200
    if call.prefers == "minimal":
        return Response(status_code=status, headers={**tags(done.version), **headers})
    if call.prefers == "OperationOutcome":
        return json(_told(call, done.warnings), status, {**tags(done.version), **headers})
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
