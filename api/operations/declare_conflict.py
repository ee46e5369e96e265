"""$declare-conflict: a member of staff is said to be in conflict of interest with a person.

docs/policy.md, D2; profiles/tsunagu/OperationDefinition-declare-conflict.json
"""

from __future__ import annotations

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from resources.record import reference


async def declare_conflict(call: Call) -> Answer:
    """What was declared, one record a person."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    listed = found.get("parameter", ())
    given = [(each.get("name"), reference.one({"of": parameters.value(each)}, "of")) for each in listed]
    staff = next((named for name, named in given if name == "staff"), "")
    asked = Conflict(staff, tuple(named for name, named in given if name == "person" and named))
    names = ("$declare-conflict", *(each for each in asked.persons if each.startswith("Patient/")))
    done = await call.on.gate.operate(call.actor, names, lambda unit: declaring_conflict.declared(unit, asked))
    links = [("self", f"{call.on.settings.fhir}/$declare-conflict")]
    entries = respond.entries(call, done.flags)
    return respond.json(respond.bundle("collection", None, links, entries))
