"""Reads the parameters of a search for AuditEvents: the few that the trail is found by, and no others.

https://hl7.org/fhir/R4/auditevent.html#search; docs/trail.md, "asking"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from consent.auditing import audit_event
from resources.record import moment
from resources.search import grammar, refusal, result_parameters
from resources.store.trail import FIELDS, Field, TrailQuery

KINDS: dict[str, str] = {
    "_id": "token",
    "action": "token",
    "agency": "reference",
    "agent": "reference",
    "consent": "reference",
    "date": "date",
    "entity": "reference",
    "outcome": "token",
    "patient": "reference",
    "policy": "uri",
}
"""Every parameter with its type; `agency` is our own: the agency somebody acted for; `consent` is the entity
that is a Consent (http://hl7.org/fhir/us/consent-management/SearchParameter/fast-auditevent-consent)."""

SORTS = ("date", "-date")
LATEST = 1 << 52
"""Milliseconds after every instant."""

_BARE = {"agency": "Organization", "consent": "Consent", "patient": "Patient"}
_FIELDS = {"consent": "entity"}
_SYSTEMS = {
    "action": "http://hl7.org/fhir/audit-event-action",
    "outcome": "http://hl7.org/fhir/audit-event-outcome",
}
_REFERENCE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_MOST = 200

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """A search as understood: only events among `ids` where these are given; without `rows` the total alone."""

    query: TrailQuery
    ids: frozenset[str] | None
    rows: bool
    cursor: str
    canonical: tuple[tuple[str, str], ...]


def parse(parameters: Sequence[tuple[str, str]], base: str) -> AuditRequest:
    """A search by its decoded parameters, on a server with this base. Raises Problem naming the parameter at fault."""
    having: list[tuple[Field, frozenset[str]]] = []
    when: Ranges | None = None
    ids: frozenset[str] | None = None
    shaping: list[tuple[str, str]] = []
    canonical: list[tuple[str, str]] = []
    order = "-date"
    for name, value in parameters:
        if name in result_parameters.IGNORED:
            continue
        if name == "_sort":
            order = _order(value)
        elif name in result_parameters.NAMES:
            shaping.append((name, value))
        else:
            values = _values(name, value)
            if name == "date":
                when = _both(when, tuple(each for one in values for each in _ranges(one)))
            elif name == "_id":
                ids = frozenset(values) if ids is None else ids & frozenset(values)
            else:
                field = next(each for each in FIELDS if each == _FIELDS.get(name, name))
                having.append((field, frozenset(_read(name, one, base) for one in values)))
        if name != result_parameters.CURSOR:
            canonical.append((name, value))
    wanted = result_parameters.read(shaping)
    query = TrailQuery(tuple(having), when, order == "-date", limit=wanted.count)
    return AuditRequest(query, ids, not wanted.summary_count, wanted.cursor, tuple(canonical))


def _values(name: str, value: str) -> list[str]:
    code, colon, modifier = name.partition(":")
    if code not in KINDS:
        raise refusal.unsupported(name) if code in result_parameters.LATER else refusal.unknown(code, audit_event.TYPE)
    if colon:
        raise refusal.modifier(code, modifier, KINDS[code])
    values = [grammar.plain(one) for one in grammar.split(value, ",")]
    if not all(values):
        raise refusal.broken(name, f"`{name}` has an empty value", f"`{name}` に空の値があります")
    if len(values) > _MOST:
        raise refusal.broken(name, f"more than {_MOST} values", f"値は{_MOST}個までです")
    return values


def _read(name: str, value: str, base: str) -> str:
    if name == "policy":
        return value
    if name in _SYSTEMS:
        system, bar, code = value.rpartition("|")
        if bar and system != _SYSTEMS[name]:
            raise refusal.unreadable(name, value, f"a code of `{_SYSTEMS[name]}`", "このコード体系のコード")
        return code
    asked = value.removeprefix(f"{base}/").partition("/_history/")[0]
    if name in _BARE and _ID.fullmatch(asked):
        asked = f"{_BARE[name]}/{asked}"
    if not _REFERENCE.fullmatch(asked) or not asked.startswith(_BARE.get(name, "")):
        raise refusal.unreadable(name, value, "a reference such as `Type/id`", "参照(型/id)")
    return asked


def _order(text: str) -> str:
    if text not in SORTS:
        raise refusal.unsupported_value("_sort", text, SORTS)
    return text


def _ranges(text: str) -> Ranges:
    prefix, written = (text[:2], text[2:]) if text[:2].isalpha() else ("eq", text)
    about = moment.read(written)
    if about is None or prefix not in _PREFIXES:
        raise refusal.unreadable(
            "date", text, "a date such as `2019-04-05` or `ge2019-04`", "日付(2019-04-05、ge2019-04 など)"
        )
    start, end = about.start - moment.UNIX, about.end - moment.UNIX
    return {
        "eq": ((start, end),),
        "ap": ((start, end),),
        "ne": ((-LATEST, start), (end, LATEST)),
        "gt": ((end, LATEST),),
        "sa": ((end, LATEST),),
        "ge": ((start, LATEST),),
        "lt": ((-LATEST, start),),
        "eb": ((-LATEST, start),),
        "le": ((-LATEST, end),),
    }[prefix]


def _both(one: Ranges | None, other: Ranges) -> Ranges:
    """What lies in both."""
    if one is None:
        return other
    found = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((start, end) for start, end in found if start < end)


_PREFIXES = frozenset({"eq", "ap", "ne", "gt", "sa", "ge", "lt", "eb", "le"})
