"""Date parameters: ranges of time against ranges of time.

https://hl7.org/fhir/R4/search.html#date

Three terms a value: `<start`, `>end`, and `@start level` of the calendar range it is, or lies in. What has one end in
it is asked of that end; what has both (`eq`) is asked of the calendar range, so two repetitions never mix. A Period
has `[place start` and `]place end` besides, for `ap`.
"""

from __future__ import annotations

from typing import Any

from resources.record import moment
from resources.record.moment import Moment
from resources.search import grammar, layout, refusal
from resources.search.layout import Gathered, Writer
from resources.search.parameter import Part
from resources.search.predicate import Predicate, all_of, any_of

MODIFIERS: frozenset[str] = frozenset()
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")

_SOONEST = "0" * 15
_LATEST = "9" * 15
_OWN, _HELD = "bdfhjl", "acegik"
"""Level letters of a value that is a calendar range, and of a period held by one: coarser before finer."""


def predicate(part: Part, lead: str, modifier: str, text: str) -> Predicate:
    """One value of a request: a prefix and a date."""
    asked = grammar.plain(text)
    prefix, written = (asked[:2], asked[2:]) if asked[:2].isalpha() else ("eq", asked)
    about = moment.read(written) if prefix in PREFIXES else None
    if about is None:
        raise refusal.unreadable(
            part.name, asked, "a date such as `2019-04-05` or `ge2019-04`", "日付(2019-04-05、ge2019-04 など)"
        )
    start, end = _text(about.start), _text(about.end)
    starts_before = layout.span(lead, "<", high=start)
    ends_after = layout.span(lead, ">", layout.above(end))
    if prefix == "eq":
        return _inside(lead, about)
    if prefix == "ne":
        return any_of((starts_before, ends_after))
    if prefix == "gt":
        return ends_after
    if prefix == "lt":
        return starts_before
    if prefix == "ge":
        return any_of((ends_after, layout.span(lead, "<", start)))
    if prefix == "le":
        return any_of((starts_before, layout.span(lead, ">", high=layout.above(end))))
    if prefix == "sa":
        return layout.span(lead, "<", end)
    if prefix == "eb":
        return layout.span(lead, ">", high=layout.above(start))
    return _overlapping(lead, about)


def _inside(lead: str, about: Moment) -> Predicate:
    """Held whole by the range: begins in it, and is not a coarser range that begins with it."""
    return layout.span(lead, "@", f"{_text(about.start)}{_HELD[about.level]}", _text(about.end))


def _overlapping(lead: str, about: Moment) -> Predicate:
    """Calendar ranges overlap where one holds the other; a Period is asked for both its ends, place by place."""
    holding = (moment.around(about.start, level) for level in range(about.level))
    outer = (layout.equal(lead, f"@{_text(one.start)}{_OWN[one.level]}") for one in holding)
    periods = (
        all_of(
            (
                layout.span(lead, f"[{place}", high=_text(about.end)),
                layout.span(lead, f"]{place}", layout.above(_text(about.start))),
            )
        )
        for place in range(layout.REPETITIONS)
    )
    return any_of((_inside(lead, about), *outer, *periods))


def _write_moment(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, str) and (one := moment.read(value)) is not None:
        _add_moment(into, lead, one)


def _write_period(into: Gathered, lead: str, value: Any) -> None:
    if isinstance(value, dict):
        _add_period(into, lead, _read(value.get("start")), _read(value.get("end")))


def _write_timing(into: Gathered, lead: str, value: Any) -> None:
    """Only the outer limits of a schedule count."""
    if not isinstance(value, dict):
        return
    bounds = (value.get("repeat") or {}).get("boundsPeriod") or {}
    events = [one for one in map(_read, value.get("event") or ()) if one is not None]
    if not bounds and len(events) == 1:
        _add_moment(into, lead, events[0])
        return
    starts = [*events, *(_found(bounds, "start") if bounds else ())]
    ends = [*events, *(_found(bounds, "end") if bounds else ())]
    open_start, open_end = bool(bounds) and "start" not in bounds, bool(bounds) and "end" not in bounds
    first = None if open_start else min(starts, key=lambda one: one.start, default=None)
    last = None if open_end else max(ends, key=lambda one: one.end, default=None)
    _add_period(into, lead, first, last)


def _read(value: Any) -> Moment | None:
    return moment.read(value) if isinstance(value, str) else None


def _found(bounds: Any, end: str) -> list[Moment]:
    one = _read(bounds.get(end))
    return [] if one is None else [one]


def _add_moment(into: Gathered, lead: str, one: Moment) -> None:
    start = _text(one.start)
    into.terms.add(f"{lead}<{start}")
    into.terms.add(f"{lead}>{_text(one.end)}")
    into.terms.add(f"{lead}@{start}{_OWN[one.level]}")


def _add_period(into: Gathered, lead: str, first: Moment | None, last: Moment | None) -> None:
    if first is None and last is None:
        return
    start = _SOONEST if first is None else _text(first.start)
    end = _LATEST if last is None else _text(last.end)
    place = into.place(lead)
    into.terms.update((f"{lead}<{start}", f"{lead}>{end}", f"{lead}[{place}{start}", f"{lead}]{place}{end}"))
    if first is not None and last is not None and (held := moment.enclosing(first.start, last.end)) is not None:
        into.terms.add(f"{lead}@{_text(held.start)}{_HELD[held.level]}")


def _text(instant: int) -> str:
    return f"{instant:015}"


WRITERS: dict[str, Writer] = {
    **dict.fromkeys(("date", "dateTime", "instant"), _write_moment),
    "Period": _write_period,
    "Timing": _write_timing,
}
