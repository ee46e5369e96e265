"""$confirm-plan: a later version of a total care plan is put before the lead section, or the lead section answers.

docs/policy.md, "after the conference"; profiles/tsunagu/OperationDefinition-confirm-plan.json
"""

from __future__ import annotations

from functools import partial

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import confirming_plan
from consent.acts.reply import Reply

_GIVEN = {"CarePlan": ("reason",), "Task": ("accept", "reason")}


async def confirm_plan(call: Call) -> Answer:
    """The Task by which it is asked, as the caller may see it."""
    given = await parameters.inputs(call, _GIVEN[call.type])
    reason, name = parameters.reason(given), f"{call.type}/{call.id}"
    if call.type == "Task":
        do = partial(confirming_plan.answered, said=Reply(call.id, parameters.flag(given, "accept"), reason))
    else:
        do = partial(confirming_plan.asked, said=confirming_plan.Asking(name, reason))
    done = await call.on.gate.operate(call.actor, ("$confirm-plan", name), do)
    return respond.version(done.shown or done.task)
