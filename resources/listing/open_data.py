"""A list of desks in the JSON of open data, HSDS or GIF, read as rows of the list's own columns.

docs/operations.md, "a city's list"; what such a row says is then understood as a row of a CSV is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from resources.listing import gif_read, hsds_read
from resources.listing.table import MOST_ROWS, Misunderstood, Row, Said, Table, Unreadable

_FORMS: tuple[tuple[Callable[[Any], Sequence[Any] | None], Callable[[Any], Said]], ...] = (
    (hsds_read.services, hsds_read.row),
    (gif_read.places, gif_read.row),
)


def read(name: str, content: bytes) -> list[Table]:
    """One table for each desk, with the columns that it has: what it does not say stays as it is. Raises Unreadable."""
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise Unreadable(name, f"is no JSON: {fault}", "は JSON として読めません") from fault
    for listed, row in _FORMS:
        if (found := listed(said)) is not None:
            if len(found) > MOST_ROWS:
                raise Unreadable(name, f"has more than {MOST_ROWS} desks", f"は {MOST_ROWS} 件を超えています")
            return list(_tables(name, found, row))
    text, ja = "is neither HSDS (services) nor GIF (名称, 団体名)", "は HSDS でも GIF でもありません"
    raise Unreadable(name, text, ja)


def _tables(name: str, desks: Sequence[Any], row: Callable[[Any], Said]) -> Iterator[Table]:
    for line, desk in enumerate(desks, 1):
        if not isinstance(desk, Mapping):
            raise Unreadable(name, f"has no desk as its entry {line}", f"の {line} 件目は窓口ではありません")
        said = row(desk)
        table = Table(name, said.headings, [], [Misunderstood(name, line, *each) for each in said.wrong])
        if said.whole:
            table.rows.append(Row(table, line, said.cells))
        yield table
