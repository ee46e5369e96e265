"""search: the records that match and that the caller may see, exactly counted, page by page.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlencode

from api.http import lenient, media, part, query, respond
from api.http.answer import Answer
from api.http.call import Call
from api.interactions import audit, subscription
from consent import vocabulary
from consent.auditing import audit_event
from resources.record.problem import Problem
from resources.search import compartment, refusal, request, result_parameters, several
from resources.search.request import SearchRequest
from resources.search.several import Several

PARAMETERS = ("_count", "_elements", "_include", "_revinclude", "_sort", "_summary", "_total", result_parameters.CURSOR)
"""Of the answer; those of the type come beside them."""

OF_ALL = ("_count", "_sort", "_summary", "_total", several.TYPE, result_parameters.CURSOR)
_OFFERED = vocabulary.CASEWORK | vocabulary.INSTALLED
"""What is searched together: records, and neither the trail, nor subscriptions, nor definitions."""

_FORM = "application/x-www-form-urlencoded"


async def search(call: Call) -> Answer:
    """GET [type]?…"""
    return await _answer(call, call.parameters)


async def search_by_post(call: Call) -> Answer:
    """POST [type]/_search: parameters of the address and of the form count alike."""
    return await _answer(call, await _given(call))


async def of_all(call: Call) -> Answer:
    """GET [base]?_type=…, POST [base]/_search"""
    given = await _given(call) if call.method == "POST" else call.parameters
    parse = partial(several.parse, call.on.index, _OFFERED)
    return await _of_several(call, parse, given)


async def _given(call: Call) -> Sequence[tuple[str, str]]:
    kind = media.kind(call.header("content-type"))
    if kind not in (_FORM, ""):
        raise _no_form(kind)
    form = await call.form()
    if form and not kind:
        raise _no_form("nothing")
    given = query.read(form) if form else ()
    call.shape.extend(each for each in given if each[0] in result_parameters.IGNORED)
    media.wanted([*call.parameters, *call.shape], call.headers)
    return [*call.parameters, *given]


async def in_compartment(call: Call) -> Answer:
    """GET [type]/[id]/[other type]: what the CompartmentDefinition of the type names by its record."""
    if call.path["within"] == several.EVERY:
        parse = partial(several.in_compartment, call.on.index, _OFFERED, call.type, call.id)
        return await _of_several(call, parse, call.parameters)
    return await _answer(call, call.parameters, (call.type, call.id, call.path["within"]))


async def _of_several(
    call: Call, parse: Callable[[Sequence[tuple[str, str]]], Several], given: Sequence[tuple[str, str]]
) -> Answer:
    wanted, left = lenient.read(call, parse, given)
    shape, search = wanted.shape, _address(call, "", wanted.canonical)
    page = await call.on.gate.search_several(call.actor, wanted, call.on.cursors.read(shape.cursor, search))
    places = (("previous", page.previous), ("next", page.next))
    links = [("self", _address(call, "", wanted.canonical, shape.cursor))]
    links += [
        (name, _address(call, "", wanted.canonical, call.on.cursors.write(at, search))) for name, at in places if at
    ]
    found = [
        *respond.entries(call, part.of_each(call, shape.subset, page.versions), "match"),
        *lenient.told(call, left),
    ]
    return respond.json(respond.bundle("searchset", page.total, links, found))


async def _answer(
    call: Call, parameters: Sequence[tuple[str, str]], inside: tuple[str, str, str] | None = None
) -> Answer:
    if inside is None and call.type == audit_event.TYPE:
        return await audit.search(call, parameters)
    if inside is None and call.type == subscription.TYPE:
        return await subscription.search(call, parameters)
    if inside is None and call.type not in vocabulary.SERVED:
        raise refusal.unsupported_type("", call.type)
    index = call.on.index
    parse = partial(compartment.parse, index, *inside) if inside else partial(request.parse, index, call.type)
    wanted, left = lenient.read(call, parse, parameters)
    search = _url(call, wanted)
    after = call.on.cursors.read(wanted.cursor, search)
    page = await call.on.gate.search(call.actor, wanted, after)
    links = [("self", _url(call, wanted, wanted.cursor) if wanted.cursor else search)]
    if page.previous:
        links.append(("previous", _url(call, wanted, call.on.cursors.write(page.previous, search))))
    if page.next:
        links.append(("next", _url(call, wanted, call.on.cursors.write(page.next, search))))
    found = respond.entries(call, part.of_each(call, wanted.subset, page.versions), "match")
    found += respond.entries(call, part.of_each(call, wanted.subset, page.included), "include")
    found += lenient.told(call, left)
    return respond.json(respond.bundle("searchset", page.total, links, found))


def _url(call: Call, wanted: SearchRequest, cursor: str = "") -> str:
    """The address of this search as understood, with a cursor or from its beginning."""
    return _address(call, wanted.type, wanted.canonical, cursor)


def _address(call: Call, type: str, canonical: Sequence[tuple[str, str]], cursor: str = "") -> str:
    asked = [*canonical, ("_cursor", cursor)] if cursor else list(canonical)
    query = f"?{urlencode(asked)}" if asked else ""
    inside = f"{call.type}/{call.id}/" if "within" in call.path else ""
    place = f"/{inside}{type or several.EVERY}" if type or inside else ""
    return f"{call.on.settings.fhir}{place}{query}"


def _no_form(kind: str) -> Problem:
    return Problem.of("media-type", f"send `{_FORM}`, not `{kind}`", f"`{_FORM}` で送ってください（`{kind}`）")
