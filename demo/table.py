"""A CSV table of the city, read row by row, with the file, line and column of whatever is wrong in it.

https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import csv
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path


class TableFault(Exception):
    """A table cannot be used: `file` and `line` (counted from 1, the heading is line 1) and `column` say where."""

    def __init__(self, file: Path, line: int, column: str, text: str) -> None:
        super().__init__(f"{file}, line {line}, column `{column}`: {text}")
        self.file = file
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, by column name; cells are stripped."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def needed(self, column: str) -> str:
        """The cell, which must not be empty."""
        return self.cells[column] or self.refuse(column, "is empty")

    def words(self, column: str) -> list[str]:
        """The words of a cell that holds several, space between."""
        return self.cells[column].split()

    def one_of(self, column: str, known: Container[str]) -> str:
        """The cell where it is empty or names something known."""
        if self.cells[column] and self.cells[column] not in known:
            self.refuse(column, f"`{self.cells[column]}` is not known")
        return self.cells[column]

    def some_of(self, column: str, known: Container[str]) -> list[str]:
        """The words of the cell, each of which names something known."""
        for word in self.words(column):
            if word not in known:
                self.refuse(column, f"`{word}` is not known")
        return self.words(column)

    def refuse(self, column: str, text: str) -> str:
        """Raise the fault that this cell is; declared as a string so that it can end an expression."""
        raise TableFault(self.file, self.line, column, text)


def rows(file: Path, columns: tuple[str, ...]) -> list[Row]:
    """The rows of a UTF-8 table that has exactly these columns. Raises TableFault."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as fault:
        raise TableFault(file, 0, "", "the table is missing") from fault
    except UnicodeDecodeError as fault:
        line = file.read_bytes()[: fault.start].count(b"\n") + 1
        raise TableFault(file, line, "", "is not UTF-8") from fault
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    found: list[Row] = []
    try:
        _check_heading(file, next(reader, []), columns)
        for cells in reader:
            if len(cells) != len(columns):
                raise TableFault(file, reader.line_num, "", f"has {len(cells)} cells instead of {len(columns)}")
            trimmed = (cell.strip() for cell in cells)
            found.append(Row(file, reader.line_num, dict(zip(columns, trimmed, strict=True))))
    except csv.Error as fault:
        raise TableFault(file, reader.line_num, "", f"is not CSV: {fault}") from fault
    return found


def unique(found: list[Row], column: str = "id") -> dict[str, Row]:
    """The rows by a column that must be filled and differ in each. Raises TableFault."""
    by: dict[str, Row] = {}
    for row in found:
        if row.needed(column) in by:
            row.refuse(column, f"`{row[column]}` is in line {by[row[column]].line} already")
        by[row[column]] = row
    return by


def _check_heading(file: Path, heading: list[str], columns: tuple[str, ...]) -> None:
    for column in columns:
        if column not in heading:
            raise TableFault(file, 1, column, "the column is missing")
    if tuple(heading) != columns:
        raise TableFault(file, 1, "", f"the columns must be {', '.join(columns)}")
