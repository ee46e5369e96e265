"""search: the records that match and that the caller may see, exactly counted, page by page.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from api import respond
from api.answer import Answer
from api.call import Call
from api.interactions import audit
from consent import audit_event, vocabulary
from resources.record.problem import Problem
from resources.search import refusal, request, result_parameters
from resources.search.request import SearchRequest

PARAMETERS = ("_count", "_include", "_revinclude", "_sort", "_summary", "_total", result_parameters.CURSOR)
"""Of the answer; those of the type come beside them."""

_FORM = "application/x-www-form-urlencoded"


async def search(call: Call) -> Answer:
    """GET [type]?…"""
    return await _answer(call, call.parameters)


async def search_by_post(call: Call) -> Answer:
    """POST [type]/_search: parameters of the address and of the form count alike."""
    kind = call.header("content-type").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise Problem.of("media-type", f"send `{_FORM}`, not `{kind}`", f"`{_FORM}` で送ってください（`{kind}`）")
    try:
        form = parse_qsl((await call.form()).decode(), keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise Problem.of("structure", "the form cannot be read", "フォームを読めません") from None
    return await _answer(call, [*call.parameters, *form])


async def _answer(call: Call, parameters: Sequence[tuple[str, str]]) -> Answer:
    if call.type == audit_event.TYPE:
        return await audit.search(call, parameters)
    if call.type not in vocabulary.SERVED:
        raise refusal.unsupported_type("", call.type)
    wanted = request.parse(call.on.index, call.type, parameters)
    search = _url(call, wanted)
    after = call.on.cursors.read(wanted.cursor, search)
    page = await call.on.gate.search(call.actor, wanted, after)
    links = [("self", search)]
    if page.next:
        links.append(("next", _url(call, wanted, call.on.cursors.write(page.next, search))))
    found = respond.entries(call, page.versions, "match") + respond.entries(call, page.included, "include")
    return respond.json(respond.bundle("searchset", page.total, links, found))


def _url(call: Call, wanted: SearchRequest, cursor: str = "") -> str:
    """The address of this search as understood, with a cursor or from its beginning."""
    asked = [*wanted.canonical, ("_cursor", cursor)] if cursor else list(wanted.canonical)
    query = f"?{urlencode(asked)}" if asked else ""
    return f"{call.on.settings.fhir}/{wanted.type}{query}"
