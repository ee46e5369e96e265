"""$simulate: what would change, for whom, if this consent, roster, conference or household were written.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-simulate.json
"""

from __future__ import annotations

from typing import Any

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import ID, Call
from api.operations import parameters
from consent.explaining import simulating
from consent.writing import change
from consent.writing.prepared import Change
from resources.record import parse
from resources.record.problem import Issue, Problem


async def simulate(call: Call) -> Answer:
    """Nothing is stored. A resource with an `id` is the next version of that record, one without is a new record."""
    parameters.of_address(call, ())
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = parse.editable(body).get("parameter", [])
    changes = [_change(parameter, f"Parameters.parameter[{place}]") for place, parameter in enumerate(given)]
    async with call.on.turn.taken(call.asker):
        return respond.json(await simulating.simulated(call.on.gate, call.actor, changes))


def _change(parameter: dict[str, Any], at: str) -> Change:
    resource = parameter.get("resource")
    if parameter.get("name") != "change" or not isinstance(resource, dict):
        text, ja = "send each record as a parameter `change`", "記録は `change` という名前のパラメータで送ってください"
        raise Problem("invalid", Issue(text, ja, at))
    type, id = str(resource.get("resourceType", "")), str(resource.get("id", ""))
    if id and not ID.fullmatch(id):
        text, ja = f"`{id[:64]}` is no id", f"`{id[:64]}` は id ではありません"
        raise Problem("invalid", Issue(text, ja, f"{at}.resource.id"))
    body = parse.write(resource)
    return Change("update", type, id, body) if id else Change("create", type, change.new_id(), body)
