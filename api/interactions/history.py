"""history: the versions that the caller may see, of a record, of a type, of all, newest first.

https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from api import etag, respond
from api.answer import Answer
from api.call import Call
from consent import vocabulary
from consent.page import Page
from resources.record import moment, period
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import refusal, result_parameters

PARAMETERS = ("_count", "_sort", result_parameters.CURSOR)
WIDE = (*PARAMETERS, "_since")
"""Of a type or of all: `_at` is asked of one record alone, as a version."""

_SORTS = ("-_lastUpdated", "none")


async def history(call: Call) -> Answer:
    """GET [type]/[id]/_history"""
    asked, count, cursor, _ = _read(call, PARAMETERS)
    here = f"{call.on.settings.fhir}/{call.type}/{call.id}/_history"
    page = await call.on.gate.history(call.actor, call.type, call.id, count, call.on.cursors.read(cursor, here))
    return _answer(call, page, here, here, asked, count)


async def of_many(call: Call) -> Answer:
    """GET [type]/_history, GET _history"""
    asked, count, cursor, since = _read(call, WIDE)
    if "type" in call.path:
        if call.type not in vocabulary.CASEWORK | vocabulary.INSTALLED | vocabulary.DEFINITIONS:
            text, ja = f"`{call.type}` has no history of versions", f"`{call.type}` に版の履歴はありません"
            raise Problem.of("not-supported", text, ja)
        types, at = [call.type], f"{call.on.settings.fhir}/{call.type}/_history"
    else:
        call.sign_in()
        types, at = sorted(vocabulary.CASEWORK | vocabulary.INSTALLED), f"{call.on.settings.fhir}/_history"
    here = f"{at}?_since={since}"
    page = await call.on.gate.history_of(call.actor, types, since, count, call.on.cursors.read(cursor, here))
    return _answer(call, page, at, here, asked, count)


def _read(call: Call, known: Sequence[str]) -> tuple[list[tuple[str, str]], int, str, str]:
    """What is asked, how many a page, from which cursor, and since when."""
    asked = [each for each in call.parameters if each[0] not in result_parameters.IGNORED]
    for name, value in asked:
        if name not in known:
            text, ja = f"`{name[:64]}` is not supported on a history", f"履歴では `{name[:64]}` を使えません"
            raise Problem.of("not-supported", text, ja, name[:64])
        if name == "_sort" and value not in _SORTS:
            raise refusal.unsupported_value("_sort", value, _SORTS)
    wanted = result_parameters.read([each for each in asked if each[0] not in ("_sort", "_since")])
    return asked, wanted.count, wanted.cursor, _since([value for name, value in asked if name == "_since"])


def _since(said: Sequence[str]) -> str:
    """The instant from which on, empty for the beginning."""
    if not said:
        return ""
    at = moment.read(said[0].replace(" ", "+"))
    if at is None or len(said) > 1:
        raise refusal.unreadable("_since", said[0], "an instant such as `2019-04-05T10:00:00+09:00`", "日時")
    return period.written(at.start)


def _answer(call: Call, page: Page, at: str, here: str, asked: Sequence[tuple[str, str]], count: int) -> Answer:
    links = [("self", f"{at}?{urlencode(asked)}" if asked else at)]
    if page.next:
        kept = [each for each in asked if each[0] not in ("_count", result_parameters.CURSOR)]
        following = [*kept, ("_count", count), ("_cursor", call.on.cursors.write(page.next, here))]
        links.append(("next", f"{at}?{urlencode(following)}"))
    found = respond.entries(call, page.versions)
    for entry, version in zip(found, page.versions, strict=True):
        entry["request"] = {"method": _method(version), "url": version.reference}
        entry["response"] = {"status": _status(version), "etag": etag.of(version), "lastModified": version.since}
    return respond.json(respond.bundle("history", page.total, links, found))


def _method(version: Version) -> str:
    return "DELETE" if version.deleted else "POST" if version.number == 1 else "PUT"


def _status(version: Version) -> str:
    return "204" if version.deleted else "201" if version.number == 1 else "200"
