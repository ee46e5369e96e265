"""A city's published list, read into the records that it asks for, with whatever of it was not understood.

Slides 6, 7 and 14 of the seed; docs/operations.md, "a city's list".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from resources.listing import areas, columns, desks, offices, staff
from resources.listing.entry import Entry
from resources.listing.table import Misunderstood, Row, Table

Words = Mapping[str, Mapping[str, str]]
"""Codes of our code systems by what a list may call them: system -> display or code, folded -> code."""


@dataclass(slots=True)
class Reading:
    """`entries` by key, in an order in which what is referred to comes first; `unread` are rows that made no desk."""

    words: Words
    entries: dict[str, Entry] = field(default_factory=dict)
    misunderstood: list[Misunderstood] = field(default_factory=list)
    desks: set[str] = field(default_factory=set)
    unread: list[Row] = field(default_factory=list)


def read(tables: Iterable[Table], words: Words, standing: Mapping[str, str]) -> Reading:
    """All that the tables ask for. `standing` are the records that are there, by key: a list may name them."""
    found = Reading(words)
    sorted_out: dict[str, list[Row]] = {}
    for table in tables:
        kind = _kind(table)
        found.misunderstood += table.wrong
        if not kind:
            text = "is no table of areas, agencies, desks, annexes or staff: its columns do not say which"
            ja = "圏域・機関・一覧・別紙・職員のどの表か、列から分かりません"
            found.misunderstood.append(Misunderstood(table.name, 0, "", text, ja))
        else:
            found.misunderstood += _left_out(table, columns.READ[kind])
        sorted_out.setdefault(kind, []).extend(table.rows)
    areas.read(sorted_out.get("areas", []), found, standing)
    offices.read(sorted_out.get("agencies", []), found, standing)
    offices.facilities(sorted_out.get("facilities", []), found, standing)
    desks.read(sorted_out.get("desks", []), sorted_out.get("annex", []), found, standing)
    staff.read(sorted_out.get("staff", []), found, standing)
    return found


def _left_out(table: Table, read: frozenset[str]) -> Iterator[Misunderstood]:
    """The columns that another table of a list has, and of this one says nothing that is taken in."""
    for column, heading in table.columns.items():
        if column not in read and any(row[column] for row in table.rows):
            text, ja = f"not taken in: {heading}", f"取り込まない項目：{heading}"
            yield Misunderstood(table.name, 0, heading, text, ja)


def _kind(table: Table) -> str:
    named, have = table.name.lower(), set(table.columns)
    if ("別紙" in named or "annex" in named) and "agency" in have:
        return "annex"
    for kind, wanted in (
        ("facilities", columns.FACILITIES), ("areas", columns.AREAS), ("staff", columns.STAFF),
        ("desks", columns.DESKS), ("agencies", columns.AGENCIES), ("annex", columns.ANNEX),
    ):  # fmt: skip
        if wanted <= have:
            return kind
    return ""
