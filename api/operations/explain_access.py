"""$explain-access: may they read it, by which rule, on which evidence, now or at an instant of the past.

docs/policy.md, "explaining"; profiles/tsunagu/OperationDefinition-explain-access.json
"""

from __future__ import annotations

import re
from datetime import datetime

from api import respond
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from consent import explain
from consent.explain import Question
from resources.record import period, reference
from resources.record.problem import Problem

PARAMETERS = ("actor", "purpose", "at")

_WHO = ("Practitioner", "Organization")
_INSTANT = re.compile(r"T\d\d:\d\d:\d\d.*(?:Z|[+\- ]\d\d:\d\d)$")
"""A time with its zone, as far as it takes more than a reader of dates to tell."""


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
    at = period.first(text) if _INSTANT.search(text) else None
    if at is None:
        reason, ja = f"`{text}` is not an instant with its zone", f"`{text}` は時差付きの日時ではありません"
        raise Problem.of("structure", reason, ja, "at")
    return at
