"""$transfer: a record is offered to another agency, or what was offered is answered.

docs/policy.md, "handing a record over"; profiles/tsunagu/OperationDefinition-transfer.json
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import transferring
from consent.acts.reply import Reply
from resources.record import reference
from resources.record.problem import Issue, Problem

_GIVEN = ("to", "accept", "reason")


async def transfer(call: Call) -> Answer:
    """The Task by which it is offered or asked, as the caller may see it."""
    given = await parameters.inputs(call, _GIVEN)
    reason, name = parameters.reason(given), f"{call.type}/{call.id}"
    if call.type == "Task":
        _takes(given, "accept", "to")
        answer = Reply(call.id, accept=parameters.flag(given, "accept"), reason=reason)
        do = partial(transferring.answered, answer=answer)
    else:
        _takes(given, "to", "accept")
        do = partial(transferring.offered, offer=transferring.Offer(name, reference.one(given, "to"), reason))
    done = await call.on.gate.operate(call.actor, ("$transfer", name), do)
    return respond.version(done.shown or done.task)


def _takes(given: Mapping[str, Any], wanted: str, other: str) -> None:
    """Raises Problem where the one that is wanted is not given, or the other is."""
    if wanted not in given or other in given:
        text = f"a record is offered with `to`, its Task answered with `accept`: give `{wanted}` here, and no `{other}`"
        ja = f"記録には `to`、その Task には `accept` を示します。ここでは `{wanted}` を示し、`{other}` は示しません"
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
