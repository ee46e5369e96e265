"""P10: a small cell is withheld, and as many others with it as keep it from being worked out from its margins.

docs/policy.md, P10; docs/numbers.md
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from resources import figures
from resources.figures import Cell, Table

SMALL = range(1, 10)

Place = tuple[int, int]


def withheld(table: Table) -> Table:
    """The table without its small cells, and without the next smallest where a row or a column would tell them."""
    hidden = hidden_in(table)
    cells = tuple(
        tuple(Cell(None) if (row, column) in hidden else _share(cell) for column, cell in enumerate(line))
        for row, line in enumerate(table.cells)
    )
    return replace(table, cells=cells)


def hidden_in(table: Table) -> frozenset[Place]:
    """Which cells are withheld: the small ones, and others until nothing that is shown tells one of these."""
    cells = ((row, column, cell) for row, line in enumerate(table.cells) for column, cell in enumerate(line))
    counts = {(row, column): cell.count or 0 for row, column, cell in cells}
    lines = list(figures.lines(table))
    small = {place for place, count in counts.items() if count in SMALL}
    hidden = set(small)
    while told := sorted(_told(hidden, lines) & small):
        beside = {place for line in lines if told[0] in line for place in line} - hidden
        beside = beside or {place for line in lines if line & hidden for place in line} - hidden
        hidden.add(min(beside, key=lambda place: (counts[place] == 0, counts[place], place)))
    for place in sorted(hidden - small, key=lambda place: -counts[place]):  # what need not be withheld is told
        if not _told(hidden - {place}, lines) & small:
            hidden.discard(place)
    return frozenset(hidden)


def _share(cell: Cell) -> Cell:
    """A cell without its share, where that tells a small number."""
    if cell.part is None or cell.count is None:
        return cell
    told = cell.part in SMALL or cell.count - cell.part in SMALL
    return Cell(cell.count) if told else cell


def _told(hidden: set[Place], lines: list[frozenset[Place]]) -> set[Place]:
    """The hidden cells that the lines determine, where all others are known: Gauss, with exact numbers.

    A line says that its parts are its whole. Which cells it determines does not hang on signs: with that of every
    other level turned, and that of the totals, every line is a sum.
    """
    places = sorted(hidden)
    system = [[Fraction(place in line) for place in places] for line in lines]
    solved = _reduced(system, len(places))
    alone = (row for row in solved if sum(1 for each in row if each) == 1)
    return {places[next(at for at, each in enumerate(row) if each)] for row in alone}


def _reduced(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    """The reduced row echelon form, without empty rows."""
    found: list[list[Fraction]] = []
    for column in range(width):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot = [each / pivot[column] for each in pivot]
        rows = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in rows]
        found = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in found]
        found.append(pivot)
    return found
