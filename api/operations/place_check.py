"""$place-check: a text of a record tells no place, and is shown to whoever reads the record.

docs/policy.md, D1; profiles/tsunagu/OperationDefinition-place-check.json
"""

from __future__ import annotations

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts.place_checking import PlaceCheck
from resources.record.problem import Issue, Problem


async def place_check(call: Call) -> Answer:
    """The record as its reader sees it; who may mark which text is decided by the policy."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = [each for each in found.get("parameter", ()) if each.get("name") == "element"]
    elements = tuple(str(parameters.value(each) or "") for each in given)
    if not elements:
        text, ja = "name at least one `element`", "`element` を一つ以上示してください"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    (done,) = await call.on.gate.place_check(call.actor, PlaceCheck(call.type, call.id, elements))
    return respond.version(done.version)
