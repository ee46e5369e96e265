"""$explain-access: may they read it, by which rule, on which evidence, now or at an instant of the past.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-explain-access.json
"""

from __future__ import annotations

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent import vocabulary
from consent.explaining import explain
from consent.explaining.explain import Question
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
    at = parameters.instant(given, "at", call.now)
    question = Question(call.type, call.id, reference.local(about), _purpose(given.get("purpose", "")), at)
    return respond.json(await explain.explain(call.on.gate, call.actor, question))


def _purpose(text: str) -> str:
    """A code, or `system|code`. Raises Problem where the system has no such code."""
    system, bar, code = text.rpartition("|")
    if bar and not vocabulary.coded_purpose(system, code):
        reason, ja = f"`{text[:64]}` is no purpose of use", f"`{text[:64]}` は利用目的ではありません"
        raise Problem.of("structure", reason, ja, "purpose")
    return code
