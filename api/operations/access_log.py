"""$access-log: on which day and on which ground a person's own records were accessed.

docs/policy.md, P7; profiles/tsunagu/OperationDefinition-access-log.json
"""

from __future__ import annotations

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.explaining import access_log as log

PARAMETERS = ("at",)


async def access_log(call: Call) -> Answer:
    """To the person and to who may sign for them, alike."""
    given = parameters.of_address(call, PARAMETERS)
    at = parameters.instant(given, "at", call.now)
    return respond.json(await log.answered(call.on.gate, call.actor, call.id, at))
