"""$who-can-see: the agencies and persons who can see what an agency keeps of a person or a household, by ground.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-who-can-see.json
"""

from __future__ import annotations

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.explaining import who_can_see as seeing
from consent.explaining.who_can_see import Question

PARAMETERS = ("at",)


async def who_can_see(call: Call) -> Answer:
    given = parameters.of_address(call, PARAMETERS)
    question = Question(call.type, call.id, parameters.instant(given, "at", call.now))
    async with call.on.turn.taken(call.asker):
        return respond.json(await seeing.answered(call.on.gate, call.actor, question))
