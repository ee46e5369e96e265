"""The numbers of slide 25, counted from what was recorded, and what of them is told to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest

from consent.actor import Scope
from consent.views import evaluating
from consent.views.evaluating import Asked
from consent.writing import change
from resources import measure_report
from resources.figures import Table
from resources.record.problem import Problem
from tests.unit.consent.views.reading import refused as refused_to
from tests.world.two_years import H30, R1, SLIDE_25, Years

BASE = "https://tsunagu.example/fhir/Measure"


def live(years: Years, who: str, measure: str, first: date, last: date, purpose: str = "statistics") -> Table:
    asked = Asked(years.town.gate.engine.spec.artefacts[f"{BASE}/{measure}"], first, last)

    async def ask() -> Table:
        async with years.town.gate.reading(years.who(who, purpose), asked="$evaluate-measure") as reading:
            return await evaluating.live(reading, asked)

    return years.town.run(ask())


def test_slide_25_is_reproduced_exactly(years: Years) -> None:
    found = live(years, "lead", "results", H30[0], R1[1])
    assert found.columns == ("H30", "R1", "total")
    cells = zip(found.rows, found.cells, strict=True)
    assert {row.code: tuple(cell.count for cell in line) for row, line in cells} == SLIDE_25


def test_the_numbers_of_an_unfinished_month_are_the_lead_section_s_to_see(years: Years) -> None:
    found = live(years, "lead", "results", H30[0], date(2019, 7, 16))
    assert [cells[-1].count for cells in found.cells][:2] == [58, 28]


@pytest.mark.parametrize(
    ("who", "purpose"),
    [("lead", "CAREMGT"), ("co", "statistics"), ("p", "statistics"), ("aud", "statistics"), ("stat", "statistics")],
)
def test_nobody_else_counts_live_and_nobody_for_another_purpose(years: Years, who: str, purpose: str) -> None:
    with pytest.raises(Problem) as refused:
        live(years, who, "results", *H30, purpose)
    assert refused.value.kind == "forbidden"
    assert refused.value.issues[0].rule == "P10"


def reported(years: Years, who: str, measure: str, first: date, last: date) -> dict[str, Any]:
    """What is reported of closed months."""
    asked = Asked(years.town.gate.engine.spec.artefacts[f"{BASE}/{measure}"], first, last)
    operate = years.town.gate.operate(
        years.who(who, "statistics"),
        ("$evaluate-measure",),
        lambda unit: evaluating.report(unit, asked, change.new_id()),
    )
    found: dict[str, Any] = orjson.loads(years.town.run(operate).report.body)
    return found


def test_reported_is_each_closed_month_once_and_small_cells_with_what_would_tell_them_are_withheld(
    years: Years,
) -> None:
    report = reported(years, "stat", "results", H30[0], R1[1])
    table = measure_report.read(report, years.town.gate.engine.spec.artefacts[f"{BASE}/results"])
    shown = {row.code: tuple(c.count for c in cells) for row, cells in zip(table.rows, table.cells, strict=True)}
    assert shown["receptions"] == SLIDE_25["receptions"]
    assert shown["receptions.inquiries"] == (None, None, 30)
    assert shown["meetings.adviser-conference"] == (None, None, None)
    told = {count for cells in shown.values() for count in cells if count is not None}
    assert not told & set(range(1, 10))
    assert reported(years, "lead", "results", H30[0], R1[1])["id"] == report["id"]
    assert years.town.search(years.who("stat", "statistics"), "MeasureReport") == [f"MeasureReport/{report['id']}"]
    with pytest.raises(Problem, match="once reported"):
        reported(years, "stat", "results", *R1)
    for first, last in ((date(2019, 7, 1), date(2019, 7, 16)), (date(2019, 7, 1), date(2019, 7, 31))):
        with pytest.raises(Problem, match="months that are over"):
            reported(years, "stat", "results", first, last)


def test_a_report_is_the_server_s_to_write_and_nobody_else_s_to_see(years: Years) -> None:
    report = reported(years, "stat", "acceptance", *H30)
    for who in ("q", "co", "p"):
        assert years.town.search(years.who(who), "MeasureReport") == []
    mine = {name: part for name, part in report.items() if name not in ("id", "meta")} | {"id": "mine"}
    with pytest.raises(Problem, match="P10"):
        years.write("lead", mine)
    with pytest.raises(Problem, match="P10"):
        years.write("lead", report | {"status": "error"})


def event(years: Years) -> tuple[str, set[str], set[str]]:
    """Of the last event of a count: what was done, which records it names by type, and the rules that it rests on."""
    last = [each for each in years.town.trail() if each["entity"][-1]["name"] == "$evaluate-measure"][-1]
    named = {each["what"]["reference"].partition("/")[0] for each in last["entity"] if "what" in each}
    return last["action"], named, {each.rpartition("/")[2] for each in last["agent"][0].get("policy", ())}


def test_what_is_reported_is_on_the_trail_as_written_once_and_then_as_read(years: Years) -> None:
    live(years, "lead", "results", *H30)
    assert event(years)[2] == {"P10"}
    for action in ("C", "R", "R"):
        reported(years, "stat", "results", *H30)
        done, named, rules = event(years)
        assert (done, rules) == (action, {"P10"})
        assert "MeasureReport" in named


def test_months_beside_those_reported_are_reported_and_those_of_another_measure(years: Years) -> None:
    later = reported(years, "stat", "results", *R1)
    earlier = reported(years, "stat", "results", *H30)
    other = reported(years, "stat", "acceptance", *R1)
    assert len({each["id"] for each in (later, earlier, other)}) == 3
    assert reported(years, "stat", "results", *R1)["id"] == later["id"]
    for first, last in ((date(2019, 3, 1), date(2019, 4, 30)), (date(2019, 6, 1), date(2019, 6, 30))):
        with pytest.raises(Problem, match="once reported"):
            reported(years, "stat", "results", first, last)


def test_a_month_that_is_reported_is_in_no_other_report_whether_it_is_its_first_or_its_last(years: Years) -> None:
    reported(years, "stat", "results", *R1)
    reported(years, "stat", "acceptance", *H30)
    for measure in ("results", "acceptance"):
        with pytest.raises(Problem, match="once reported"):
            reported(years, "stat", measure, date(2019, 3, 1), date(2019, 4, 30))


def test_no_part_of_a_month_is_reported(years: Years) -> None:
    for first, last in ((date(2019, 6, 2), date(2019, 6, 30)), (date(2019, 5, 1), date(2019, 6, 29))):
        with pytest.raises(Problem, match="months that are over") as refused:
            reported(years, "stat", "results", first, last)
        assert (refused.value.kind, refused.value.issues[0].rule) == ("business-rule", "P10")


def test_a_token_that_does_not_reach_reports_is_told_no_number(years: Years) -> None:
    narrow = replace(years.who("lead", "statistics"), scopes=(Scope("user", "Task", frozenset("cruds")),))
    asked = Asked(years.town.gate.engine.spec.artefacts[f"{BASE}/results"], *H30)
    kind, rule = refused_to(years.town, narrow, lambda reading: evaluating.live(reading, asked))
    assert (kind, rule) == ("forbidden", "scope")


def test_more_than_one_question_may_count_is_refused(years: Years, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "MOST", 20)
    with pytest.raises(Problem) as refused:
        live(years, "lead", "results", *H30)
    assert refused.value.kind == "too-costly"
