"""The files of a city's published list: every table of a folder, whatever form it has.

docs/operations.md, "a city's list"
"""

from __future__ import annotations

from pathlib import Path

from resources.listing import columns, open_data, table
from resources.listing.table import Table, Unreadable

LARGEST = 20 * 1024 * 1024
"""Bytes of one file."""

_KINDS = (".csv", ".xlsx", ".json")


def tables(folder: Path) -> list[Table]:
    """Every table of a folder, or of one file: CSV and XLSX in the list's columns, JSON in the forms of open data.

    Raises Unreadable, OSError.
    """
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    found: list[Table] = []
    for file in files:
        if file.suffix.lower() in _KINDS and not file.name.startswith(("~", ".")):
            if file.stat().st_size > LARGEST:
                raise Unreadable(file.name, f"has more than {LARGEST} bytes", f"は {LARGEST} バイトを超えています")
            found += read(file.name, file.read_bytes())
    return found


def read(name: str, content: bytes) -> list[Table]:
    """The tables of one file. Raises Unreadable."""
    if name.lower().endswith(".json"):
        return open_data.read(name, content)
    return table.read(name, content, columns.COLUMNS)
