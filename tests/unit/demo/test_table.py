"""A table says which line of which file is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import table
from demo.table import TableFault

COLUMNS = ("id", "name")


def fault(tmp_path: Path, content: bytes) -> TableFault:
    file = tmp_path / "areas.csv"
    file.write_bytes(content)
    with pytest.raises(TableFault) as refused:
        table.unique(table.rows(file, COLUMNS))
    return refused.value


def test_the_rows_are_read_stripped_and_by_column(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text('id,name\na, 北区 \nb,"中, 区"\n', encoding="utf-8")
    first, second = table.rows(file, COLUMNS)
    assert (first["name"], second["name"], second.line) == ("北区", "中, 区", 3)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("id,name\na,北区\n", encoding="utf-8-sig")
    assert [row["id"] for row in table.rows(file, COLUMNS)] == ["a"]


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableFault, match=r"areas\.csv"):
        table.rows(tmp_path / "areas.csv", COLUMNS)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    found = fault(tmp_path, b"id\na\n")
    assert (found.line, found.column) == (1, "name")


def test_a_column_too_many_is_refused_in_the_heading(tmp_path: Path) -> None:
    assert fault(tmp_path, b"id,name,colour\na,b,c\n").line == 1


def test_a_row_of_another_length_is_named_by_its_line(tmp_path: Path) -> None:
    assert fault(tmp_path, b"id,name\na,b\nc\n").line == 3


def test_an_open_quotation_mark_is_named_by_its_line(tmp_path: Path) -> None:
    assert fault(tmp_path, b'id,name\na,"b\n').line == 2


def test_a_table_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    assert fault(tmp_path, "id,name\na,b\nc,北区\n".encode("cp932")).line == 3


def test_an_id_that_comes_twice_is_named_by_its_second_line(tmp_path: Path) -> None:
    found = fault(tmp_path, b"id,name\na,b\na,c\n")
    assert (found.line, found.column) == (3, "id")
