"""$decide-coordination: an escalation is put before the lead section, or the lead section decides on it.

docs/policy.md, "handing on"; profiles/tsunagu/OperationDefinition-decide-coordination.json
"""

from __future__ import annotations

from functools import partial

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import deciding_coordination
from consent.acts.reply import Reply
from resources.record.problem import Issue, Problem

_GIVEN = ("ground", "accept", "reason")


async def decide_coordination(call: Call) -> Answer:
    """The Task by which it is asked, as the caller may see it."""
    given = await parameters.inputs(call, _GIVEN)
    reason, name = parameters.reason(given), f"Task/{call.id}"
    if ("ground" in given) == ("accept" in given):
        text = (
            "a call for the coordinator is put before the lead section with `ground`, which answers with `accept`: "
            "give one of them"
        )
        ja = (
            "推進員への連絡は `ground`（理由の符号）で主管課に諮り、主管課は `accept` で答えます。"
            "どちらか一つを示してください"
        )
        raise Problem("invalid", Issue(text, ja, "Parameters.parameter", code="required"))
    if "accept" in given:
        answer = Reply(call.id, accept=parameters.flag(given, "accept"), reason=reason)
        do = partial(deciding_coordination.answered, said=answer)
    else:
        asked = deciding_coordination.Escalation(call.id, parameters.word(given, "ground").strip(), reason)
        do = partial(deciding_coordination.asked, said=asked)
    done = await call.on.gate.operate(call.actor, ("$decide-coordination", name), do)
    return respond.version(done.shown or done.task)
