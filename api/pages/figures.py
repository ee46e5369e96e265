"""A table of numbers as a page with a picture, as the picture alone, on paper, or as CSV.

docs/numbers.md; okayama-2019.txt s25
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from api.pages import template
from resources.figures import Cell, Row, Table
from resources.record import era

KINDS = ("text/html", "text/csv", "image/svg+xml", "image/png", "application/pdf")
PRINTED = ("image/png", "application/pdf")
"""Those that are worth a thread of their own."""
WITHHELD = "＊"
_BAR, _GAP, _LEFT, _WIDTH, _TOP = 16, 10, 300, 760, 76
_HUES = ("#2f6db5", "#c8553d", "#3b8a4b", "#b7791f", "#7a4fb0", "#66727e")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a row: where it begins and how long it is; `said` stands at its end."""

    y: int
    length: float
    hue: str
    said: str


def render(table: Table, kind: str, language: str) -> tuple[bytes, str]:
    """The table in one of KINDS and its Content-Type, in one language (`ja` or `en`)."""
    if kind == "text/csv":
        # With the mark that tells spreadsheets in which encoding it is.
        return _csv(table, language).encode("utf-8-sig"), "text/csv; charset=utf-8"
    drawn = _drawn(table, language)
    if kind == "image/svg+xml":
        return drawn.encode(), "image/svg+xml; charset=utf-8"
    if kind in PRINTED:
        return _printed(table, drawn, kind, language), kind
    values = {
        "language": language,
        "title": _title(table, language),
        "days": _days(table, language),
        "columns": _columns(table, language),
        "rows": [(depth(row), _named(row, language), [said(cell) for cell in cells]) for row, cells in _lines(table)],
        "withheld": any(cell.count is None for _, cells in _lines(table) for cell in cells),
        "drawing": Markup(drawn),  # noqa: S704  # escaped by its own template
    }
    return template.rendered("figures.html", values).encode(), "text/html; charset=utf-8"


def said(cell: Cell) -> str:
    """What a cell says: its number, and its share or median beside it."""
    if cell.count is None:
        return WITHHELD
    return str(cell.count) if cell.score is None else f"{cell.count} ({cell.score:g})"


def depth(row: Row) -> int:
    """How many rows it is a part of."""
    return row.code.count(".")


def _csv(table: Table, language: str) -> str:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([_title(table, language), *_columns(table, language)])
    for row, cells in _lines(table):
        rows.writerow([_named(row, language), *("" if cell.count is None else cell.count for cell in cells)])
        if row.part:
            rows.writerow([_scored(row, language), *("" if cell.score is None else cell.score for cell in cells)])
    return written.getvalue()


def _drawn(table: Table, language: str) -> str:
    years = len(table.columns) - 1 if table.total else len(table.columns)
    most = max([1, *(cell.count or 0 for cells in table.cells for cell in cells[:years])])
    groups, y = [], _TOP
    for row, cells in _lines(table):
        bars = []
        for at, cell in enumerate(cells[:years]):
            length = (cell.count or 0) / most * (_WIDTH - _LEFT - 70)
            bars.append(Bar(y + at * _BAR, round(length, 1), _HUES[at % len(_HUES)], said(cell)))
        groups.append((y + 12, depth(row) * 14, _named(row, language), bars))
        y += years * _BAR + _GAP
    legend = [(name, _HUES[at % len(_HUES)]) for at, name in enumerate(_columns(table, language)[:years])]
    values = {
        "title": _title(table, language), "days": _days(table, language), "groups": groups, "legend": legend,
        "width": _WIDTH, "height": y + 10, "left": _LEFT, "bar_height": _BAR - 3,
    }  # fmt: skip
    return template.rendered("figures.svg", values)


def _lines(table: Table) -> list[tuple[Row, tuple[Cell, ...]]]:
    return list(zip(table.rows, table.cells, strict=True))


def _printed(table: Table, drawn: str, kind: str, language: str) -> bytes:
    """The picture on paper, as PDF with its table behind it."""
    # What prints takes long to load, and most servers are asked for nothing on paper in their first seconds.
    from api.pages import paper

    title, days = _title(table, language), _days(table, language)
    rows = [[_named(row, language), *map(said, cells)] for row, cells in _lines(table)]
    listed: dict[str, object] = {"title": f"{title} {days}", "head": ["", *_columns(table, language)], "rows": rows}
    form: paper.Form = "png" if kind == "image/png" else "pdf"
    return paper.printed(drawn.encode(), form, title, f"{title} {days}", language, [listed])


def _scored(row: Row, language: str) -> str:
    """What the score of a row is: a share, or the median of hours."""
    if language == "en":
        return f"{_named(row, language)} ({'share' if row.part == 'numerator' else 'hours'})"
    return f"{_named(row, language)}（{'割合' if row.part == 'numerator' else '時間'}）"


def _days(table: Table, language: str) -> str:
    """From which day to which."""
    return "–".join(_day(each, language) for each in (table.first, table.last))


def _day(on: date, language: str) -> str:
    return on.isoformat() if language == "en" else era.shown(on)


def _title(table: Table, language: str) -> str:
    return table.title_en if language == "en" else table.title


def _named(row: Row, language: str) -> str:
    return row.en if language == "en" else row.ja


def _columns(table: Table, language: str) -> tuple[str, ...]:
    return table.columns if language == "en" else table.columns_ja
