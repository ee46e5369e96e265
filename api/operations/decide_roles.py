"""$decide-roles: the lead section says which agency does what, and the case has its team.

R19 of the domain; profiles/tsunagu/OperationDefinition-decide-roles.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from resources.record.problem import Issue, Problem


async def decide_roles(call: Call) -> Answer:
    """The one CareTeam of the case; that only the lead section may is a duty of the policy, not of this operation."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    done = await call.on.gate.decide_roles(call.actor, f"CarePlan/{call.id}", list(_participants(found)))
    return respond.written(call, done)


def _participants(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    roles = [each for each in given.get("parameter", ()) if each.get("name") == "role"]
    if not roles:
        text, ja = "name at least one `role`", "`role` を一つ以上記入してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    for place, role in enumerate(roles):
        parts = parameters.parts(role)
        if "agency" not in parts or not {"field", "role"} & set(parts):
            text, ja = "a role names its `agency` and a `field` or `role`", "`agency` と、`field` か `role` が必要です"
            raise Problem("invalid", Issue(text, ja, f"Parameters.parameter[{place}].part"))
        said: dict[str, Any] = {"text": parts["role"]} if "role" in parts else {}
        if "field" in parts:
            said["coding"] = [parts["field"]]
        yield {"role": [said], "member": parts["agency"]}
