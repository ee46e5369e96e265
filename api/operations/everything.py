"""$everything: all about a person or a household that the caller may see, page by page.

https://hl7.org/fhir/R4/patient-operation-everything.html; https://hl7.org/fhir/R4/group-operation-everything.html
"""

from __future__ import annotations

from urllib.parse import urlencode

from api.http import respond
from api.http.answer import Answer
from api.http.call import Call
from api.operations import parameters
from consent import vocabulary
from consent.views import everything as compiled
from consent.views.everything import Everything
from resources.record import moment
from resources.record.problem import Problem
from resources.search import result_parameters

PARAMETERS = ("start", "end", "_since", "_type", "_count", result_parameters.CURSOR)


async def everything(call: Call) -> Answer:
    """One reading a page: one event on the trail with all that the page shows."""
    call.sign_in()
    given = parameters.of_address(call, PARAMETERS)
    asked = _asked(call, given)
    said = [(name, given[name]) for name in PARAMETERS[:-1] if name in given]
    here = f"{call.on.settings.fhir}/{asked.name}/$everything" + (f"?{urlencode(said)}" if said else "")
    after = call.on.cursors.read(given.get(result_parameters.CURSOR, ""), here)
    async with call.on.gate.reading(call.actor, "search", "operation", "$everything") as reading:
        page = await compiled.page(reading, asked, after)
    links = [("self", here)]
    if page.next:
        cursor = urlencode([(result_parameters.CURSOR, call.on.cursors.write(page.next, here))])
        links.append(("next", f"{here}{'&' if said else '?'}{cursor}"))
    return respond.json(respond.bundle("searchset", page.total, links, respond.entries(call, page.versions, "match")))


def _asked(call: Call, given: dict[str, str]) -> Everything:
    types = frozenset(filter(None, given.get("_type", "").split(",")))
    if unknown := sorted(types - vocabulary.CASEWORK):
        text = f"`{unknown[0][:64]}` is no type of record about persons"
        raise Problem.of("not-supported", text, f"`{unknown[0][:64]}` は人についての記録の種別ではありません", "_type")
    since, start, end = (_moment(given, name) for name in ("_since", "start", "end"))
    count = parameters.number(given, "_count", result_parameters.DEFAULT_COUNT, 10**9)
    if count == 0:
        raise Problem.of("structure", "`_count` is at least 1", "`_count` は1以上です", "_count")
    return Everything(call.type, call.id, min(count, result_parameters.MOST_COUNT), types, since, start, end)


def _moment(given: dict[str, str], name: str) -> str:
    """A day or an instant, as it was given; empty where it was not."""
    said = given.get(name, "").replace(" ", "+")
    if said and moment.read(said) is None:
        text, ja = f"`{said[:64]}` is no instant", f"`{said[:64]}` は日時ではありません"
        raise Problem.of("structure", text, ja, name)
    return said
