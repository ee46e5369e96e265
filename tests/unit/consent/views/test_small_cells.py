"""No small cell is told, neither by itself nor by what stands around it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.views import small_cells
from resources import figures
from resources.figures import Cell, Row, Table

ROWS = (
    "all",
    "all.cases",
    "all.cases.with",
    "all.cases.without",
    "all.inquiries",
    "meetings",
    "meetings.a",
    "meetings.b",
)


def table(counts: dict[str, tuple[int, ...]]) -> Table:
    """Two years and their total, of rows whose parts add up."""
    rows = tuple(Row(code, code, code, "initial-population", code) for code in counts)
    cells = tuple(tuple(Cell(count) for count in (*years, sum(years))) for years in counts.values())
    days = (date(2018, 4, 1), date(2020, 3, 31))
    return Table("m", "m", "m", *days, rows, ("H30", "R1", "total"), ("", "", ""), cells)


def added(leaves: list[tuple[int, int]]) -> dict[str, tuple[int, ...]]:
    used, unused, inquiries, a, b = leaves
    plus = lambda *parts: tuple(sum(each) for each in zip(*parts, strict=True))  # noqa: E731
    cases = plus(used, unused)
    values = (plus(cases, inquiries), cases, used, unused, inquiries, plus(a, b), a, b)
    return dict(zip(ROWS, values, strict=True))


def test_one_small_cell_takes_the_next_smallest_of_its_row_and_column_with_it() -> None:
    found = small_cells.withheld(table({"a": (40, 3), "b": (50, 60)}))
    assert [[cell.count for cell in line] for line in found.cells] == [[None, None, 43], [50, 60, 110]]


def wide(counts: dict[str, tuple[int, ...]]) -> Table:
    """Any number of years and their total, or one year alone."""
    years = len(next(iter(counts.values())))
    rows = tuple(Row(code, code, code, "initial-population", code) for code in counts)
    told = [(*each, sum(each)) if years > 1 else each for each in counts.values()]
    names = (*(f"R{year}" for year in range(years)), *(("total",) if years > 1 else ()))
    cells = tuple(tuple(Cell(count) for count in line) for line in told)
    return Table("m", "m", "m", date(2018, 4, 1), date(2020, 3, 31), rows, names, tuple("" for _ in names), cells)


def shown(told: Table) -> list[list[int | None]]:
    return [[cell.count for cell in line] for line in small_cells.withheld(told).cells]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # One to nine are small; none and ten are not.
        ({"a": (0, 10, 40)}, [[0, 10, 40, 50]]),
        ({"a": (1, 10, 40)}, [[None, None, 40, 51]]),
        ({"a": (9, 10, 40)}, [[None, None, 40, 59]]),
        # The next smallest goes with it, of alike ones the first; a zero before which any number goes.
        ({"a": (30, 3, 20, 40)}, [[30, None, None, 40, 93]]),
        ({"a": (20, 3, 20, 40)}, [[None, None, 20, 40, 83]]),
        ({"a": (0, 3, 20, 40)}, [[0, None, None, 40, 63]]),
        # Two that are small hide one another.
        ({"a": (3, 4, 20, 40)}, [[None, None, 20, 40, 67]]),
        # Where nothing but a zero stands beside the one and its total, these are alike and both are small.
        ({"a": (3, 0)}, [[None, 0, None]]),
        # The total goes where it is the next smallest.
        ({"a": (0, 12, 3)}, [[0, None, None, 15]]),
    ],
)
def test_of_a_row_the_small_cells_go_and_the_next_smallest_with_one_alone(
    counts: dict[str, tuple[int, ...]], expected: list[list[int | None]]
) -> None:
    assert shown(wide(counts)) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": (43,), "a.x": (3,), "a.y": (40,)}, [[43], [None], [None]]),
        ({"a": (63,), "a.x": (3,), "a.y": (40,), "a.z": (20,)}, [[63], [None], [40], [None]]),
        ({"a": (23,), "a.x": (23,), "b": (5,)}, [[23], [23], [None]]),
        # A whole that has one part alone is that part.
        ({"a": (5,), "a.x": (5,), "b": (50,)}, [[None], [None], [50]]),
    ],
)
def test_of_a_column_the_parts_of_a_whole_hide_one_another(
    counts: dict[str, tuple[int, ...]], expected: list[list[int | None]]
) -> None:
    assert shown(wide(counts)) == expected


def test_a_share_goes_with_a_small_number_that_it_would_tell() -> None:
    """Of those that are in it, and of those that are not: from one to nine of them."""
    for part, told in ((0, True), (1, False), (9, False), (10, True), (30, True), (31, False), (39, False), (40, True)):
        cells = ((Cell(40, part / 40, part),),)
        found = small_cells.withheld(replace(wide({"a": (40,)}), cells=cells))
        assert found.cells == (cells if told else ((Cell(40),),)), part
    median = ((Cell(40, 2.5),),)
    assert small_cells.withheld(replace(wide({"a": (40,)}), cells=median)).cells == median
    small = ((Cell(5, 1.0, 5),),)
    assert small_cells.withheld(replace(wide({"a": (5,)}), cells=small)).cells == ((Cell(None),),)


def test_nothing_else_of_a_table_is_changed() -> None:
    told = wide({"a": (40, 3), "b": (50, 60)})
    assert replace(small_cells.withheld(told), cells=told.cells) == told


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=5, max_size=5))
def test_no_more_is_withheld_than_keeps_the_small_cells_from_being_worked_out(leaves: list[tuple[int, int]]) -> None:
    """Each that is not small itself would tell one that is, were it told."""
    told = table(added(leaves))
    hidden = small_cells.hidden_in(told)
    lines = list(figures.lines(told))
    small = {(r, c) for r, line in enumerate(told.cells) for c, cell in enumerate(line) if 1 <= (cell.count or 0) <= 9}
    for place in hidden - small:
        assert not all(moves(each, hidden - {place}, lines) for each in small), place


def test_large_cells_are_all_told() -> None:
    told = table({"a": (40, 30), "b": (0, 60)})
    assert small_cells.withheld(told) == told


def test_a_share_that_tells_a_small_number_is_withheld() -> None:
    cells = ((Cell(30, 0.9, 27), Cell(40, 0.5, 20), Cell(70, 0.67, 47)),)
    found = small_cells.withheld(replace(table({"a": (0, 0)}), cells=cells))
    assert found.cells == ((Cell(30), cells[0][1], cells[0][2]),)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=5, max_size=5))
def test_no_small_cell_can_be_worked_out_from_those_that_are_told(leaves: list[tuple[int, int]]) -> None:
    """A second opinion: where a hidden cell could be worked out, no other table with the same told cells has another
    number in its place."""
    told = table(added(leaves))
    hidden = small_cells.hidden_in(told)
    counts = {(r, c): cell.count or 0 for r, line in enumerate(told.cells) for c, cell in enumerate(line)}
    small = {place for place, count in counts.items() if 1 <= count <= 9}
    assert small <= hidden
    for place in small:
        assert moves(place, hidden, list(figures.lines(told))), (place, counts)


def moves(place: tuple[int, int], hidden: frozenset[tuple[int, int]], lines: list[frozenset[tuple[int, int]]]) -> bool:
    """Whether some change of hidden cells alone leaves every line true and changes this one: a null space, by search
    over the basis of leaves (used, unused, inquiries, a, b in each year), in which every table is a sum."""
    basis = []
    for leaf, year in itertools.product(range(5), range(2)):
        one = [(0, 0)] * 5
        one[leaf] = (1, 0) if year == 0 else (0, 1)
        made = table(added(one))
        basis.append({(r, c): cell.count or 0 for r, line in enumerate(made.cells) for c, cell in enumerate(line)})
    shown = [cell for cell in basis[0] if cell not in hidden]
    return rank([[Fraction(each[cell]) for each in basis] for cell in [*shown, place]]) > rank(
        [[Fraction(each[cell]) for each in basis] for cell in shown]
    )


def rank(rows: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in rows], 0
    for column in range(10):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            by = rows[at][column] / rows[found][column]
            rows[at] = [a - by * b for a, b in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found
