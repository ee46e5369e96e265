"""history: the versions that the caller may see, of a record, of a type, of all, newest first.

https://hl7.org/fhir/R4/http.html#history
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from api.http import etag, part, respond
from api.http.answer import Answer
from api.http.call import Call
from consent import vocabulary
from consent.reading.page import Page
from resources.record import moment, period
from resources.record.moment import Moment
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import refusal, result_parameters
from resources.search.subset import Subset

OF_ALL = ("_at", "_count", "_since", "_sort", "_summary", result_parameters.CURSOR)
PARAMETERS = (*OF_ALL, "_elements")
"""Elements are of one type."""

_SORTS = ("-_lastUpdated", "none")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked as it was sent, how many a page, from which cursor, since when, of which period, and how
    much of each."""

    sent: list[tuple[str, str]]
    count: int
    cursor: str
    since: str
    during: tuple[str, str] | None
    subset: Subset

    def here(self, at: str) -> str:
        """The address that a cursor is of."""
        return f"{at}?_since={self.since}&_at={self.during or ''}"


async def history(call: Call) -> Answer:
    """GET [type]/[id]/_history"""
    asked, at = _read(call, PARAMETERS, call.type), f"{call.on.settings.fhir}/{call.type}/{call.id}/_history"
    after = call.on.cursors.read(asked.cursor, asked.here(at))
    page = await call.on.gate.history(call.actor, call.type, call.id, asked.count, after, asked.during, asked.since)
    return _answer(call, page, at, asked)


async def of_many(call: Call) -> Answer:
    """GET [type]/_history, GET _history"""
    asked = _read(call, PARAMETERS, call.type) if "type" in call.path else _read(call, OF_ALL)
    if "type" in call.path:
        if call.type not in vocabulary.CASEWORK | vocabulary.INSTALLED | vocabulary.DEFINITIONS:
            text, ja = f"`{call.type}` has no history of versions", f"`{call.type}` に版の履歴はありません"
            raise Problem.of("not-supported", text, ja)
        types, at = [call.type], f"{call.on.settings.fhir}/{call.type}/_history"
    else:
        call.sign_in()
        types, at = sorted(vocabulary.CASEWORK | vocabulary.INSTALLED), f"{call.on.settings.fhir}/_history"
    after = call.on.cursors.read(asked.cursor, asked.here(at))
    page = await call.on.gate.history_of(call.actor, types, asked.since, asked.count, after, asked.during)
    return _answer(call, page, at, asked)


def _read(call: Call, known: Sequence[str], type: str = "") -> _Asked:
    asked = [each for each in call.parameters if each[0] not in result_parameters.IGNORED]
    for name, value in asked:
        if name not in known:
            text, ja = f"`{name[:64]}` is not supported on a history", f"履歴では `{name[:64]}` を使えません"
            raise Problem.of("not-supported", text, ja, name[:64])
        if name == "_sort" and value not in _SORTS:
            raise refusal.unsupported_value("_sort", value, _SORTS)
    wanted = result_parameters.read([each for each in asked if each[0] in ("_count", result_parameters.CURSOR)])
    shown = part.asked(call.on.spec, type, asked)
    count = 0 if shown.summary == "count" else wanted.count
    since, at = _moment(asked, "_since"), _moment(asked, "_at")
    during = (period.written(at.start), period.written(at.end)) if at else None
    return _Asked(asked, count, wanted.cursor, period.written(since.start) if since else "", during, shown)


def _moment(asked: Sequence[tuple[str, str]], name: str) -> Moment | None:
    """The time that a parameter says, a day as much as an instant; None where it is not given."""
    said = [value for each, value in asked if each == name]
    if not said:
        return None
    at = moment.read(said[0].replace(" ", "+"))
    if at is None or len(said) > 1:
        raise refusal.unreadable(name, said[0], "an instant such as `2019-04-05T10:00:00+09:00`", "日時")
    return at


def _answer(call: Call, page: Page, at: str, asked: _Asked) -> Answer:
    links = [("self", f"{at}?{urlencode(asked.sent)}" if asked.sent else at)]
    kept = [each for each in asked.sent if each[0] not in ("_count", result_parameters.CURSOR)]
    for relation, place in (("previous", page.previous), ("next", page.next)):
        if place:
            cursor = call.on.cursors.write(place, asked.here(at))
            links.append((relation, f"{at}?{urlencode([*kept, ('_count', asked.count), ('_cursor', cursor)])}"))
    found = respond.entries(call, part.of_each(call, asked.subset, page.versions))
    for entry, version in zip(found, page.versions, strict=True):
        entry["request"] = {"method": _method(version), "url": version.reference}
        entry["response"] = {"status": _status(version), "etag": etag.of(version), "lastModified": version.since}
    return respond.json(respond.bundle("history", page.total, links, found))


def _method(version: Version) -> str:
    return "DELETE" if version.deleted else "POST" if version.number == 1 else "PUT"


def _status(version: Version) -> str:
    return "204" if version.deleted else "201" if version.number == 1 else "200"
