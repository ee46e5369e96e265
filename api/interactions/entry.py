"""One entry of a batch or transaction: a request as it would come by itself, read from the Bundle.

https://hl7.org/fhir/R4/http.html#transaction; https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any

from api.http import call as calls
from api.http import query, respond
from api.http.answer import FHIR_JSON, Answer
from api.http.call import Call
from api.http.route import FHIR, Route
from resources.record import parse
from resources.record.problem import Issue, Problem

METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
"""In the order in which a transaction does them, PUT and PATCH at once."""

Find = Callable[[str, str], tuple[Route, Mapping[str, str]] | None]
"""The row for a method and an address below the base, and what its segments say."""

_HEADERS = {
    "ifMatch": "if-match",
    "ifNoneMatch": "if-none-match",
    "ifModifiedSince": "if-modified-since",
    "ifNoneExist": "if-none-exist",
}
_OF_ALL = ("accept-language", "prefer")
_OUTCOME = b'{"resourceType":"OperationOutcome"'
_PHRASES = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified"}


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is its place, such as `Bundle.entry[3]`; names of `headers` are in lower case."""

    at: str
    method: str
    row: Route
    parts: Mapping[str, str]
    parameters: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    resource: dict[str, Any]
    full_url: str

    def call(self, around: Call) -> Call:
        """The request that it is, by who sent the Bundle."""
        headers = {name: around.headers[name] for name in _OF_ALL if name in around.headers} | dict(self.headers)
        body, kind = sent(self)
        content = calls.given(body)
        headers |= {"content-type": kind} if body else {}
        return replace(
            around, method=self.method, path=self.parts, parameters=self.parameters, headers=headers, read=content
        )


def read(call: Call, find: Find, entry: Mapping[str, Any], place: int) -> Entry:
    """The entry at a place. Raises Problem naming the element that is no request of this server."""
    at = f"Bundle.entry[{place}]"
    asked = entry.get("request")
    asked = asked if isinstance(asked, dict) else {}
    method, url = str(asked.get("method", "")), str(asked.get("url", ""))
    if method not in METHODS:
        text, ja = f"`{method[:20]}` is not supported in a Bundle", f"Bundle では `{method[:20]}` に対応していません"
        raise Problem.of("not-supported", text, ja, f"{at}.request.method")
    path, _, said = url.removeprefix(call.on.settings.fhir).removeprefix("/").partition("?")
    path = path.removesuffix("/")
    reading = "GET" if method == "HEAD" else method
    named = path or (said and reading == "GET")  # with no path a search of several types, and never a Bundle again
    found = find(reading, f"/{path}" if path else "") if named and "://" not in path else None
    if found is None:
        text, ja = f"`{method} {url[:100]}` is nothing here", f"`{method} {url[:100]}` に当たるものがありません"
        raise Problem("structure", Issue(text, ja, f"{at}.request.url"))
    headers = {header: str(asked[name]) for name, header in _HEADERS.items() if name in asked}
    resource = entry.get("resource")
    parameters = query.read(said.encode("utf-8", "surrogatepass")) if said else ()
    given = resource if isinstance(resource, dict) else {}
    return Entry(at, method, *found, parameters, headers, given, str(entry.get("fullUrl", "")))


def sent(entry: Entry) -> tuple[bytes, str]:
    """Its body and the kind of it; a Binary in a PATCH is the patch itself. Raises Problem where it cannot be read."""
    resource = entry.resource
    if entry.method == "PATCH" and resource.get("resourceType") == "Binary":
        try:
            data = base64.b64decode(str(resource.get("data", "")), validate=True)
        except (binascii.Error, ValueError):
            text, ja = "the patch is no base64", "パッチが base64 ではありません"
            raise Problem.of("structure", text, ja, f"{entry.at}.resource.data") from None
        return data, str(resource.get("contentType", ""))
    return (parse.write(resource), FHIR) if resource else (b"", "")


def answered(answer: Answer) -> respond.Json:
    """The entry of the answer: what would have been the answer to it alone."""
    said: respond.Json = {"status": f"{answer.status} {_PHRASES.get(answer.status, '')}".strip()}
    said |= {name: answer.headers[name] for name in ("location", "etag") if name in answer.headers}
    if "last-modified" in answer.headers:
        said["lastModified"] = parsedate_to_datetime(answer.headers["last-modified"]).isoformat()
    if not answer.body or answer.kind != FHIR_JSON:
        return {"response": said}
    if answer.status >= 400 or answer.body.startswith(_OUTCOME):
        return {"response": said | {"outcome": respond.fragment(answer.body)}}
    return {"resource": respond.fragment(answer.body), "response": said}
