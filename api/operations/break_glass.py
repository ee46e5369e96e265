"""$break-glass: an officer with an emergency post opens for minutes what is about one person and their household.

docs/policy.md, P8; profiles/tsunagu/OperationDefinition-break-glass.json
"""

from __future__ import annotations

from api.http import respond, sent
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.acts import breaking_glass
from consent.acts.breaking_glass import Emergency
from consent.writing import change
from resources.record import reference
from resources.record.problem import Problem


async def break_glass(call: Call) -> Answer:
    """Whom it opened, by which Task, until when; the records themselves are read as any other."""
    found, body = await sent.resource(call, "Parameters")
    await sent.checked(call, found, body)
    given = {each.get("name"): parameters.value(each) for each in found.get("parameter", ())}
    record, person = given.get("record"), given.get("person")
    described = person if isinstance(person, dict) and person.get("resourceType") == "Patient" else None
    named = reference.one({"record": record}, "record")
    if bool(named) == bool(described):
        text = "name either a `record` or a `person` by what identifies them"
        ja = "記録（`record`）か、人を特定する手がかり（`person`）の、どちらか一つを示してください"
        raise Problem.of("invalid", text, ja, "Parameters.parameter")
    asked = Emergency(str(given.get("reason") or ""), named, described)
    names = ("$break-glass", *([named] if named else []))
    done = await call.on.gate.operate(
        call.actor, names, lambda unit: breaking_glass.broken(unit, asked, change.new_id())
    )
    whom = done.meant.person or done.meant.household
    parts = [
        {"name": "for", "valueReference": {"reference": whom}},
        {"name": "review", "valueReference": {"reference": done.review.reference}},
        {"name": "until", "valueInstant": done.until},
    ]
    return respond.json({"resourceType": "Parameters", "parameter": parts})
