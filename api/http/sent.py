"""The resource in a request's body, of the type the address names.

https://hl7.org/fhir/R4/http.html#create
"""

from __future__ import annotations

from functools import partial
from typing import Any

from api.http.call import Call
from consent.writing.aside import aside
from resources.record import parse, reference, validate
from resources.record.problem import Problem


async def resource(call: Call, type: str = "") -> tuple[dict[str, Any], bytes]:
    """The resource and its bytes. Raises Problem where it is another type than the route's, or than `type`."""
    expected = type or call.type
    found, body = await anything(call)
    if found["resourceType"] != expected:
        text = f"the body is a `{found['resourceType']}`, not a `{expected}`"
        ja = f"本文は `{found['resourceType']}` です（`{expected}` ではありません）"
        raise Problem.of("structure", text, ja, "resourceType")
    return _near(call, found, body) if expected == "Parameters" else (found, body)


def _near(call: Call, found: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """The inputs of an operation, whose references may be written with this server's own address, without that."""
    relative = call.on.index.relative
    if not any(relative(target) for _, target in reference.named(found)):
        return found, body
    return reference.replaced(found, relative), parse.write(reference.replaced(parse.editable(body), relative))


async def anything(call: Call) -> tuple[dict[str, Any], bytes]:
    """A resource of whichever type, within the bounds that are set, and its bytes."""
    body, on = await call.body(), call.on.settings
    read = partial(parse.parse, body, limit=on.body_limit, depth=on.depth_limit, extent=on.extent)
    return await aside(len(body), read), body


async def checked(call: Call, found: dict[str, Any], body: bytes, *, asking: bool = False) -> None:
    """Raises Problem `invalid` with every error of a body that no write will look at as it is.

    What is answered in a form in it is as it was written down: who makes records of it reads it, and writes what holds.
    Where one is `asking` about codes it may have any: whether they are some is the question.
    """
    issues = await aside(len(body), validate.validate, call.on.spec, found, body, forms=False, own=not asking)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise Problem("invalid", *errors)
