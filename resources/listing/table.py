"""Tables of a city's published list, as CSV or XLSX, read row by row under the columns' own names, old ones too.

https://www.rfc-editor.org/rfc/rfc4180; https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_ROWS = 20_000
MOST_COLUMNS = 100
_Line = tuple[int, list[str]]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
STAR = "★"
MOST_HEADING = 64
_UNREAD = frozenset({"id", "地方公共団体名"})
"""What a row of open data is numbered by, and whose list it is: nothing of a desk, and told of nobody."""
_HEADED = 8
"""The heading is among so many rows: titles and a second row of headings may stand above and below it."""


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """What was not understood, and where: `line` counts from 1, `column` is its heading, empty for the whole row."""

    file: str
    line: int
    column: str
    text: str
    ja: str


class Unreadable(Exception):
    """A file is no table; the text says which and why, and a note says it in Japanese."""

    def __init__(self, file: str, text: str, ja: str) -> None:
        super().__init__(f"`{file}` {text}")
        self.add_note(f"`{file}` {ja}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, without the spaces around them. `of` is the table it is in."""

    of: Table
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def has(self, column: str) -> bool:
        """Whether the table has this column at all."""
        return column in self.of.columns

    def wrong(self, column: str, text: str, ja: str) -> Misunderstood:
        return Misunderstood(self.of.name, self.line, self.of.columns.get(column, column), text, ja)


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the headings as they stand, by the column that each is; `rows` are filled on reading,
    and `wrong` is what of it was not understood before any row is."""

    name: str
    columns: Mapping[str, str]
    rows: list[Row]
    wrong: list[Misunderstood] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """What a record of open data says, as a row: `headings` are its own names by our columns, `wrong` is what of it is
    not taken in (its own name, and a sentence in English and Japanese); `whole` where there is a row at all."""

    cells: Mapping[str, str]
    headings: Mapping[str, str]
    wrong: Sequence[tuple[str, str, str]] = ()
    whole: bool = True


def read(name: str, content: bytes, columns: Mapping[str, Sequence[str]]) -> list[Table]:
    """The tables of one file: one of a CSV, one a sheet of an XLSX. Raises Unreadable."""
    if name.lower().endswith(".xlsx"):
        return [table for sheet, rows in _sheets(name, content) if (table := _table(f"{name}/{sheet}", rows, columns))]
    table = _table(name, _lines(name, text(name, content)), columns)
    return [table] if table else []


def text(name: str, content: bytes) -> str:
    """A text file in UTF-8 with or without BOM, UTF-16 or cp932 (Shift_JIS of Windows). Raises Unreadable."""
    bom = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if bom else ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(name, "is no text in UTF-8, UTF-16 or cp932", "は UTF-8・UTF-16・cp932 の文字として読めません")


def folded(heading: str) -> str:
    """A heading for comparison: full-width or not, with or without spaces and line breaks."""
    return "".join(unicodedata.normalize("NFKC", heading).split()).lower()


def _lines(name: str, content: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as fault:
        raise Unreadable(name, f"is no CSV in line {reader.line_num}: {fault}", "は CSV として読めません") from fault


def _sheets(name: str, content: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield sheet.title, ([_cell(each) for each in row] for row in sheet.iter_rows(values_only=True))
    except Exception as fault:  # whatever a damaged archive makes the library stumble over
        raise Unreadable(name, f"is no XLSX: {fault}", "は XLSX として読めません") from fault


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(name: str, lines: Iterator[list[str]], columns: Mapping[str, Sequence[str]]) -> Table | None:
    """The rows below the heading that names most columns; None where none names two."""
    every = [(number, line) for number, line in enumerate(lines, 1) if number <= MOST_ROWS + _HEADED]
    if len(every) > MOST_ROWS or any(len(line) > MOST_COLUMNS for _, line in every):
        much = f"{MOST_ROWS} rows or {MOST_COLUMNS} columns"
        raise Unreadable(name, f"has more than {much}", f"は {MOST_ROWS} 行・{MOST_COLUMNS} 列を超えています")
    for number, line in every:
        if any(_CONTROL.search(cell) for cell in line):
            text = f"has a control character in line {number}"
            raise Unreadable(name, text, f"の {number} 行目に制御文字があります")
    known = {folded(heading): column for column, headings in columns.items() for heading in headings}
    heads = [(_headings(line, known), place) for place, (_, line) in enumerate(every[:_HEADED])]
    named, at = max(heads, key=lambda each: len(each[0]), default=({}, 0))
    if len(named) < 2:
        return None
    begins = at + 1
    if begins < len(every) and (more := _headings(every[begins][1], known)) and set(more) <= {"primary", "deputy"}:
        named, begins = named | more, begins + 1  # 担当者名 over 主 and 副
    if "star" not in named and (place := _stars([line for _, line in every[at:begins]], every[begins:])) is not None:
        named |= {"star": (place, STAR)}
    table = Table(name, {column: heading for column, (_, heading) in named.items()}, [])
    if left := _left_out(every[at:begins], every[begins:], {place for place, _ in named.values()}):
        said, ja = ", ".join(left), "、".join(left)
        table.wrong.append(Misunderstood(name, every[at][0], "", f"not taken in: {said}", f"取り込まない項目：{ja}"))
    for number, line in every[begins:]:
        cells = {column: line[place].strip() for column, (place, _) in named.items() if place < len(line)}
        if any(cells.values()):
            table.rows.append(Row(table, number, cells))
    return table


def _stars(heads: Sequence[Sequence[str]], rows: Sequence[tuple[int, Sequence[str]]]) -> int | None:
    """The column that nobody headed, as in the city's own list, and in which stands ★ and nothing else."""
    for place in range(max((len(line) for _, line in rows), default=0)):
        headed = any(line[place].strip() for line in heads if place < len(line))
        cells = {line[place].strip() for _, line in rows if place < len(line)}
        if not headed and STAR in cells and cells <= {STAR, ""}:
            return place
    return None


def _left_out(heads: Sequence[_Line], rows: Sequence[_Line], read: set[int]) -> list[str]:
    """The headings, as they stand, of the columns in which something is written and which are not taken in."""
    found = dict[str, None]()
    for place in range(max((len(line) for _, line in heads), default=0)):
        headed = [line[place].strip() for _, line in heads if place < len(line) and line[place].strip()]
        if place in read or not headed or folded(headed[-1]) in _UNREAD:
            continue
        if any(line[place].strip() for _, line in rows if place < len(line)):
            found["".join(headed[-1].split())[:MOST_HEADING]] = None
    return list(found)


def _headings(line: Sequence[str], known: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for place, heading in enumerate(line):
        column = known.get(folded(heading)) or known.get(folded(heading).partition("(")[0])
        if column and column not in found:
            found[column] = place, heading.strip()
    return found
