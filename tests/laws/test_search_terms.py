"""What must hold of the terms of search for all values: order, complement, and agreement with R4's own definitions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from profiles import load
from resources.record import moment
from resources.search import decimals, fold, request
from resources.search.index import Index
from tests.unit.resources.search.generated import days, moments, records

SPEC = load.load()
INDEX = Index(SPEC, "https://records.example/fhir")
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def finds(resource: Mapping[str, Any], name: str, value: str) -> bool:
    type = resource["resourceType"]
    asked = request.parse(INDEX, type, [(name, value)])
    return asked.what.matches(sorted({f".type {type}", *INDEX.terms(resource)}))


CLOSE = [*map(Decimal, ("0", "-0", "1e-30", "-1e-30", "1e30", "-1e30", "10", "100", "-10", "-100", "12", "123"))]
numbers = st.decimals(-(10**12), 10**12, places=6) | st.sampled_from(CLOSE)


@EXAMPLES
@given(numbers, numbers)
def test_the_order_of_written_numbers_is_the_order_of_the_numbers(one, other):
    assert (decimals.ordered(one) < decimals.ordered(other)) == (one < other)
    assert (decimals.ordered(one) == decimals.ordered(other)) == (one == other)
    assert decimals.LEAST < decimals.ordered(one) < decimals.GREATEST


@st.composite
def periods(draw: st.DrawFn) -> tuple[str | None, str | None]:
    start = draw(st.none() | days)
    if start is None:
        return None, draw(days).isoformat()
    end = draw(st.none() | st.integers(0, 40).map(lambda length: start + timedelta(length)))
    return start.isoformat(), end.isoformat() if end else None


def read(text: str) -> moment.Moment:
    """A time that can be read."""
    found = moment.read(text)
    assert found is not None
    return found


def ends(value: str | tuple[str | None, str | None]) -> tuple[float, float]:
    """The range of a value; without a bound where a Period has none."""
    if isinstance(value, str):
        one = read(value)
        return one.start, one.end
    start, end = (read(text) if text else None for text in value)
    return start.start if start else float("-inf"), end.end if end else float("inf")


def by_definition(prefix: str, value: tuple[float, float], asked: tuple[float, float]) -> bool:
    """https://hl7.org/fhir/R4/search.html#prefix, word for word."""
    (start, end), (low, high) = value, asked
    contained = low <= start and end <= high
    above, below = end > high, start < low
    return {
        "eq": contained,
        "ne": not contained,
        "gt": above,
        "lt": below,
        "ge": above or contained,
        "le": below or contained,
        "sa": start >= high,
        "eb": end <= low,
        "ap": start < high and end > low,
    }[prefix]


def activity(value: str | tuple[str | None, str | None]) -> dict[str, Any]:
    if isinstance(value, str):
        return {"detail": {"scheduledTiming": {"event": [value]}}}
    period = {name: text for name, text in zip(("start", "end"), value, strict=True) if text}
    return {"detail": {"scheduledPeriod": period}}


@EXAMPLES
@given(st.lists(moments() | periods(), max_size=4), st.sampled_from(PREFIXES), moments())
def test_a_date_is_found_exactly_when_one_repetition_fits_the_definition(values, prefix, asked):
    plan = {"resourceType": "CarePlan", "activity": [activity(value) for value in values]}
    expected = any(by_definition(prefix, ends(value), ends(asked)) for value in values)
    assert finds(plan, "activity-date", prefix + asked) == expected


@pytest.mark.parametrize("prefix", PREFIXES)
def test_the_law_of_dates_is_not_empty(prefix):
    values = [moment_ for year in (2018, 2019, 2020) for moment_ in (f"{year}", f"{year}-06", f"{year}-06-15")]
    answers = {by_definition(prefix, ends(value), ends("2019-06")) for value in values}
    assert answers == {True, False}


@EXAMPLES
@given(moments())
def test_a_time_is_held_by_every_calendar_range_around_it(text):
    one = read(text)
    for level in range(one.level + 1):
        around = moment.around(one.start, level)
        assert around.start <= one.start < one.end <= around.end
    assert moment.enclosing(one.start, one.end) == one


amounts = st.integers(-30, 30).map(lambda tenth: Decimal(tenth) / 2)
ranges = st.tuples(amounts, amounts).map(sorted).map(tuple)


def context(value: Decimal | tuple[Decimal, Decimal]) -> dict[str, Any]:
    if isinstance(value, Decimal):
        return {"valueQuantity": {"value": float(value)}}
    return {"valueRange": {"low": {"value": float(value[0])}, "high": {"value": float(value[1])}}}


def number_by_definition(prefix: str, value: Decimal | tuple[Decimal, Decimal], text: str) -> bool:
    low, high = value if isinstance(value, tuple) else (value, value)
    asked = Decimal(text)
    half = Decimal("0.5") if "." not in text else Decimal("0.05")
    about = max(half, abs(asked) / 10)
    point = low == high and not isinstance(value, tuple)
    inside = asked - half <= low and (high < asked + half if point else high <= asked + half)
    return {
        "eq": inside,
        "ne": not inside,
        "gt": high > asked,
        "lt": low < asked,
        "ge": high >= asked,
        "le": low <= asked,
        "sa": low > asked,
        "eb": high < asked,
        "ap": low <= asked + about and high >= asked - about,
    }[prefix]


@EXAMPLES
@given(
    st.lists(amounts | ranges, max_size=4),
    st.sampled_from(PREFIXES),
    amounts.map(lambda number: f"{number:.1f}") | st.integers(-15, 15).map(str),
)
def test_a_quantity_is_found_exactly_when_one_repetition_fits_the_definition(values, prefix, asked):
    coverage = {"resourceType": "Questionnaire", "useContext": [context(value) for value in values]}
    expected = any(number_by_definition(prefix, value, asked) for value in values)
    assert finds(coverage, "context-quantity", prefix + asked) == expected


@EXAMPLES
@given(days, days, st.sampled_from([("gt", "le"), ("lt", "ge"), ("eq", "ne")]))
def test_of_whole_days_the_opposite_prefix_finds_the_others(born, asked, prefixes):
    person = {"resourceType": "Patient", "birthDate": born.isoformat()}
    one, opposite = (finds(person, "birthdate", prefix + asked.isoformat()) for prefix in prefixes)
    assert one is not opposite


@EXAMPLES
@given(st.sampled_from(["male", "female", "other", "unknown"]), st.sampled_from(["male", "female"]))
def test_not_finds_exactly_the_others(gender, asked):
    person = {"resourceType": "Patient", "gender": gender}
    assert finds(person, "gender:not", asked) is not finds(person, "gender", asked)


words = st.text(st.sampled_from("アガぱｶﾞﾊﾟかが゛ー山田 　AaÉéßﬁ１1ヽゞ㍻"), max_size=12)


@EXAMPLES
@given(words, words)
def test_a_folded_text_stays_folded_and_begins_with_its_folded_beginning(one, other):
    folded = fold.folded(one)
    assert fold.folded(folded) == folded
    assert fold.folded(one + other).startswith(folded)


@EXAMPLES
@given(words, words)
def test_a_name_is_found_by_every_beginning_of_it(beginning, rest):
    assume(fold.folded(beginning))
    person = {"resourceType": "Patient", "name": [{"family": beginning + rest}]}
    assert finds(person, "family", beginning)
    assert finds(person, "family:exact", beginning + rest)


@EXAMPLES
@given(records(SPEC))
def test_every_record_can_be_indexed_and_missing_is_a_complement(record):
    terms = sorted({f".type {record['resourceType']}", *INDEX.terms(record)})
    for term in terms:
        name, space, _ = term.partition(" ")
        assert space
        assert "!" not in name
        assert len(term) < 1_000
    for name in {term.partition(" ")[0].partition(":")[0] for term in terms} - {".type"}:
        missing, there = (
            request.parse(INDEX, record["resourceType"], [(f"{name}:missing", asked)]).what.matches(terms)
            for asked in ("true", "false")
        )
        assert there
        assert not missing
