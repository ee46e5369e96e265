"""$explain-access: may they read it, by which rule, on which evidence, now or at an instant of the past.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-explain-access.json
"""

from __future__ import annotations

from datetime import datetime

from api import respond
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from consent import explain
from consent.explain import Question
from resources.record import reference
from resources.record.problem import Problem

PARAMETERS = ("actor", "purpose", "at")

_WHO = ("Practitioner", "Organization")


async def explain_access(call: Call) -> Answer:
    given = parameters.of_address(call, PARAMETERS)
    about = given.get("actor", "")
    if about and reference.local(about).partition("/")[0] not in _WHO:
        text, ja = f"`{about}` is not a Practitioner or an Organization", f"`{about}` は担当者でも機関でもありません"
        raise Problem.of("structure", text, ja, "actor")
    at = _instant(given["at"]) if "at" in given else None
    question = Question(call.type, call.id, about, given.get("purpose", ""), at)
    return respond.json(await explain.explain(call.on.gate, call.actor, question))


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        at = None
    # Neither the first nor the last year of the calendar: in another zone they would lie outside it.
    if at is None or at.tzinfo is None or not 1 < at.year < 9999:
        reason, ja = f"`{text}` is not an instant with its zone", f"`{text}` は時差付きの日時ではありません"
        raise Problem.of("structure", reason, ja, "at")
    return at
