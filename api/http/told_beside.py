"""X-Provenance: where a record comes from, told in the request that writes it, and written with it or not at all.

https://hl7.org/fhir/R4/provenance.html#header; docs/api.md, "provenance"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.http.call import Call
from api.http.route import Route
from consent.writing import change
from consent.writing.prepared import Change
from resources.record import parse
from resources.record.problem import Problem

HEADER = "X-Provenance"
_HEADER = HEADER.lower()
_TYPE = "Provenance"


def check(row: Route, headers: Mapping[str, str]) -> None:
    """Raises Problem where a Provenance comes with a request that writes no one record."""
    if _HEADER in headers and row.method != "GET" and HEADER not in row.headers:
        raise _refused("not-supported", "is taken with one record that is created, updated or patched by its id")


def changes(call: Call, done: Change) -> list[Change]:
    """What is written, and the Provenance of it where one was sent."""
    said = call.headers.get(_HEADER)
    if said is None:
        return [done]
    if done.condition:
        raise _refused("not-supported", "does not go with a condition: name the record by its id")
    on = call.on.settings
    told: dict[str, Any] = parse.parse(
        said.encode("latin-1"), limit=on.body_limit, depth=on.depth_limit, extent=on.extent
    )
    if told.get("resourceType") != _TYPE or "target" in told:
        raise _refused("structure", "is a Provenance in JSON without `target`, which the server writes")
    body = parse.write(told | {"target": [{"reference": done.reference}]})
    return [done, Change("create", _TYPE, change.new_id(), body)]


def _refused(kind: Any, why: str) -> Problem:
    ja = "`X-Provenance` は、id で指定した記録一つの作成・更新・パッチに、`target` のない JSON で付けます"
    return Problem.of(kind, f"`{HEADER}` {why}", ja, HEADER)
