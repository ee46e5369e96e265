"""$mark-mistake: a record is said to name somebody by mistake, or the lead section says whether it does.

docs/policy.md, "mistakes"; profiles/tsunagu/OperationDefinition-mark-mistake.json
"""

from __future__ import annotations

from functools import partial

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import naming_by_mistake
from consent.acts.reply import Reply
from resources.record import reference
from resources.record.problem import Issue, Problem

_GIVEN = ("person", "accept", "reason")


async def mark_mistake(call: Call) -> Answer:
    """The Task by which it is asked, as the caller may see it."""
    given = await parameters.inputs(call, _GIVEN)
    reason, name = parameters.reason(given), f"{call.type}/{call.id}"
    wanted, other = ("accept", "person") if call.type == "Task" else ("person", "accept")
    if wanted not in given or other in given:
        text = f"a record takes `person`, its Task `accept`: give `{wanted}` here, and no `{other}`"
        ja = (
            f"記録には `person`、その Task には `accept` を示します。ここでは `{wanted}` を示し、`{other}` は示しません"
        )
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    if call.type == "Task":
        answer = Reply(call.id, parameters.flag(given, "accept"), reason)
        do = partial(naming_by_mistake.answered, said=answer)
    else:
        asked = naming_by_mistake.Misnaming(name, reference.one(given, "person"), reason)
        do = partial(naming_by_mistake.asked, said=asked)
    done = await call.on.gate.operate(call.actor, ("$mark-mistake", name), do)
    return respond.version(done.shown or done.task)
