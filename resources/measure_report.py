"""A table as a MeasureReport, and a MeasureReport as a table.

https://hl7.org/fhir/R4/measurereport.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from resources import figures
from resources.figures import Cell, Row, Table
from resources.record import coding, moment

_POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
_WITHHELD = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]
}
_YEAR = "fiscal-year"


def of(table: Table, when: str, reporter: str) -> dict[str, Any]:
    """The report of a table, made at an instant by an agency (a reference)."""
    return {
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": "summary",
        "measure": table.measure,
        "date": when,
        "reporter": {"reference": reporter},
        "period": {"start": table.first.isoformat(), "end": table.last.isoformat()},
        "group": [_group(table, at) for at in range(len(table.rows))],
    }


def read(report: Mapping[str, Any], measure: Mapping[str, Any]) -> Table:
    """The table that a report of ours tells, with what it withholds."""
    first, last = (moment.day(each) or date.min for each in period(report))
    empty = figures.table(measure, first, last, {})
    cells = {next(iter(coding.codes(group["code"], "figure"))): _cells(group) for group in report["group"]}
    nothing = (Cell(None),) * len(empty.columns)
    told = tuple(cells.get(row.code, nothing) for row in empty.rows)
    return Table(
        *(empty.measure, empty.title, empty.title_en, first, last, empty.rows, empty.columns, empty.columns_ja), told
    )


def period(report: Mapping[str, Any]) -> tuple[str, str]:
    """The first and the last day of a report of ours."""
    found = report.get("period") or {}
    return str(found.get("start", "")), str(found.get("end", ""))


def _group(table: Table, at: int) -> dict[str, Any]:
    row, cells = table.rows[at], table.cells[at]
    code = {"coding": [{"system": f"{coding.BASE}/CodeSystem/figure", "code": row.code, "display": row.ja}]}
    years = zip(table.columns, cells, strict=True)
    strata = [{"value": {"text": name}, **_told(row, cell)} for name, cell in years if name != figures.TOTAL]
    return {"code": code, **_told(row, cells[-1]), "stratifier": [{"code": [{"text": _YEAR}], "stratum": strata}]}


def _told(row: Row, cell: Cell) -> dict[str, Any]:
    code = {"coding": [{"system": _POPULATION, "code": row.population}]}
    count: dict[str, Any] = {"_count": _WITHHELD} if cell.count is None else {"count": cell.count}
    told: dict[str, Any] = {"population": [{"code": code, **count}]}
    if cell.score is not None:
        told["measureScore"] = {"value": cell.score} | ({"unit": "h"} if row.part == "measure-observation" else {})
    return told


def _cells(group: Mapping[str, Any]) -> tuple[Cell, ...]:
    strata = [_cell(each) for each in group["stratifier"][0]["stratum"]]
    return (*strata, _cell(group)) if len(strata) > 1 else tuple(strata)


def _cell(told: Mapping[str, Any]) -> Cell:
    score = told.get("measureScore", {}).get("value")
    return Cell(told["population"][0].get("count"), None if score is None else float(score))
