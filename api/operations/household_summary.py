"""$household-summary: the problems of a whole household by person and field, and where its case, plan and roles are.

R18 of the domain; profiles/tsunagu/OperationDefinition-household-summary.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent.views import household_summary as summary
from consent.views.household_summary import Summary
from resources.record import coding

Json = dict[str, Any]


async def household_summary(call: Call) -> Answer:
    """Codes and references, and no text of anybody's."""
    call.sign_in()
    parameters.of_address(call, ())
    async with call.on.gate.reading(call.actor, "search", "operation", "$household-summary") as reading:
        found = await summary.summed(reading, call.id)
    names = {each.code: each for each in call.on.spec.concepts(f"{coding.BASE}/CodeSystem/concern-field")}

    def told(field: Mapping[str, Any]) -> Json:
        known = names.get(field["code"])
        display = (known.en if call.language == "en" else known.display) if known else ""
        return dict(field) | ({"display": display} if display else {})

    return respond.json({"resourceType": "Parameters", "parameter": list(_parts(found, told))})


def _parts(found: Summary, told: Any) -> Iterator[Json]:
    yield {"name": "household", "valueReference": {"reference": found.household}}
    yield {"name": "coordinated", "valueBoolean": found.coordinated}
    for whom, fields in found.concerns.items():
        said = [{"name": "concern", "valueCoding": told(field)} for field in fields]
        if whom == found.household:
            yield from said
        else:
            yield {"name": "member", "part": [{"name": "person", "valueReference": {"reference": whom}}, *said]}
    yield from ({"name": "record", "valueReference": {"reference": each}} for each in found.records)
