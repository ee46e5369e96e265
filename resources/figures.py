"""A published measure as a table: its rows from the Measure, a column a fiscal year, a cell for each.

https://hl7.org/fhir/R4/measure.html; docs/numbers.md
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from resources import fiscal_year
from resources.fiscal_year import Span
from resources.record import coding
from resources.results.source import Counted, Counts

_WHOLE = ("initial-population", "denominator", "measure-population")
"""The populations whose number is the number of a row."""
_PARTS = ("numerator", "measure-observation")
"""Those that its score is made of."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `counted` is what it counts, `scored` of what its score is made, empty where it has none."""

    code: str
    ja: str
    en: str
    population: str
    counted: str
    part: str = ""
    scored: str = ""

    @property
    def above(self) -> str:
        """The row that this one is a part of."""
        return self.code.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` None where it is withheld; `score` a share or a median, None where there is none or it is withheld.

    `part` is the number of those that a share is of.
    """

    count: int | None
    score: float | None = None
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`cells` are given row by row; the last column is the total where there is more than one."""

    measure: str
    title: str
    title_en: str
    first: date
    last: date
    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    columns_ja: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def total(self) -> bool:
        return len(self.columns) > 1


TOTAL, TOTAL_JA = "total", "総計"


def rows(measure: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows of a Measure, in its order."""
    return tuple(_row(group) for group in measure["group"])


def table(measure: Mapping[str, Any], first: date, last: date, counts: Counts) -> Table:
    """The measure over a period, both days included."""
    spans = tuple(fiscal_year.spans(first, last))
    whole = [*spans, Span(TOTAL, TOTAL_JA, first, last)] if len(spans) > 1 else list(spans)
    found = rows(measure)
    return Table(
        measure["url"],
        measure["title"],
        english(measure["_title"]),
        first,
        last,
        found,
        tuple(span.name for span in whole),
        tuple(span.ja for span in whole),
        tuple(tuple(_cell(row, span, counts) for span in whole) for row in found),
    )


def lines(found: Table) -> Iterator[frozenset[tuple[int, int]]]:
    """The cells (row, column) that add up: parts and their whole, the years and their total."""
    places = {row.code: at for at, row in enumerate(found.rows)}
    parts: dict[int, set[int]] = {}
    for at, row in enumerate(found.rows):
        if row.above in places:
            parts.setdefault(places[row.above], set()).add(at)
    for column in range(len(found.columns)):
        yield from (frozenset({(whole, column), *((at, column) for at in of)}) for whole, of in parts.items())
    if found.total:
        yield from (frozenset((at, column) for column in range(len(found.columns))) for at in range(len(found.rows)))


def english(element: Mapping[str, Any]) -> str:
    """The English that a translation extension gives."""
    for translation in element.get("extension", ()):
        for part in translation.get("extension", ()):
            if part.get("url") == "content":
                return str(part["valueString"])
    return ""


def _row(group: Mapping[str, Any]) -> Row:
    (code,) = coding.codes(group["code"], "figure")
    said = {each["code"]["coding"][0]["code"]: each["criteria"]["expression"] for each in group["population"]}
    whole = next(name for name in _WHOLE if name in said)
    part = next((name for name in _PARTS if name in said), "")
    return Row(code, group["description"], english(group["_description"]), whole, said[whole], part, said.get(part, ""))


def _cell(row: Row, span: Span, counts: Counts) -> Cell:
    counted = _within(row.counted, span, counts)
    if not row.part:
        return Cell(len(counted))
    scored = _within(row.scored, span, counts)
    if not counted:
        return Cell(0)
    if row.part == "numerator":
        return Cell(len(counted), round(len(scored) / len(counted), 4), len(scored))
    return Cell(len(counted), round(statistics.median(each.value for each in scored), 1))


def _within(asked: str, span: Span, counts: Counts) -> Sequence[Counted]:
    return [each for each in counts.get(asked, ()) if span.holds(each.day)]
