"""The content of a Binary as it is: sent and answered in its own media type.

https://hl7.org/fhir/R4/binary.html; docs/api.md, "binary"
"""

from __future__ import annotations

import base64
import re
from typing import Any

import orjson

from api.http import media, respond
from api.http.answer import Answer
from api.http.call import Call
from resources.record.problem import Problem
from resources.record.version import Version

TYPE = "Binary"

_WORD = r"[A-Za-z0-9!#$&^_.+\-]{1,127}"
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}( ?; ?{_WORD}=({_WORD}|\"{_WORD}\"))*")
_BESIDE = 1024
"""So many bytes are left for what a resource says beside its content."""

_HARMLESS = {"content-disposition": "attachment", "content-security-policy": "sandbox; default-src 'none'"}
"""A browser shows nothing of it as a page of this server."""


def is_sent(call: Call) -> bool:
    """Whether the body is a content, and not a resource."""
    return call.type == TYPE and not media.is_fhir(call.header("content-type"))


async def sent(call: Call) -> tuple[dict[str, Any], bytes]:
    """The Binary of the content sent, and its bytes. Raises Problem where that has no media type, or is too long."""
    call.sign_in()
    kind = call.header("content-type")
    if not _MEDIA_TYPE.fullmatch(kind):
        text, ja = "the Content-Type is no media type", "Content-Type が読み取れません"
        raise Problem.of("media-type", text, ja)
    content = await call.read((call.on.settings.body_limit - _BESIDE) // 4 * 3)
    resource: dict[str, Any] = {"resourceType": TYPE}
    if "id" in call.path:
        resource["id"] = call.id
    resource["contentType"] = kind
    if context := call.header("x-security-context"):
        resource["securityContext"] = {"reference": context.removeprefix(f"{call.on.settings.fhir}/")}
    if content:
        resource["data"] = base64.b64encode(content).decode()
    return resource, orjson.dumps(resource)


def is_wanted(call: Call) -> bool:
    """Whether the content itself may be wanted: over HTTP alone, where an Accept is always there."""
    accept = call.header("accept")
    return call.type == TYPE and bool(accept) and not call.parameters and not media.asks_fhir(accept)


def answer(call: Call, found: Version) -> Answer:
    """The content, or the resource where that is withheld. Raises Problem where neither is of a type that is wanted."""
    resource = orjson.loads(found.body)
    kind, data = resource.get("contentType"), resource.get("data")
    if not isinstance(kind, str) or not isinstance(data, str):
        return respond.version(found)
    if not media.takes(call.header("accept"), kind):
        media.wanted(call.parameters, call.headers)
        return respond.version(found)
    told = kind if _MEDIA_TYPE.fullmatch(kind) else "application/octet-stream"
    return Answer(200, base64.b64decode(data), told, respond.tags(found) | _HARMLESS)
