"""The resource in a request's body, of the type the address names.

https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from typing import Any

from api.call import Call
from resources.record import parse, validate
from resources.record.problem import Problem


async def resource(call: Call, type: str = "") -> tuple[dict[str, Any], bytes]:
    """The resource and its bytes. Raises Problem where it is another type than the route's, or than `type`."""
    expected = type or call.type
    body = await call.body()
    found = parse.parse(body, limit=call.on.settings.body_limit, depth=call.on.settings.depth_limit)
    if found["resourceType"] != expected:
        text = f"the body is a `{found['resourceType']}`, not a `{expected}`"
        ja = f"本文は `{found['resourceType']}` です（`{expected}` ではありません）"
        raise Problem.of("structure", text, ja, "resourceType")
    return found, body


def checked(call: Call, found: dict[str, Any], body: bytes) -> None:
    """Raises Problem `invalid` with every error of a body that no write will look at again."""
    errors = [issue for issue in validate.validate(call.on.spec, found, body) if issue.severity == "error"]
    if errors:
        raise Problem("invalid", *errors)
