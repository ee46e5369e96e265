"""Page keys in commit order name their row, not its place: how much was written besides is for nobody to see.

docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from resources.store.port import NoPlaceError, Query

Row = tuple[str, str, int]
"""The type, id and number of a version."""


def names_a_row(query: Query) -> bool:
    """Whether the last key of the order is commit order, where a row's place is a number among all that is written."""
    return bool(query.order) and query.order[-1].by == "since"


def written(before: Sequence[object], row: Row) -> str:
    """The page key of a row, by its values in the keys before the last."""
    return orjson.dumps([*before, *row]).decode()


def read(key: str) -> tuple[list[object], Row]:
    """What a page key was written from. Raises ValueError."""
    values = orjson.loads(key)
    if not isinstance(values, list) or len(values) < 3 or [type(each) for each in values[-3:]] != [str, str, int]:
        raise unknown()
    kind, id, number = values[-3:]
    return values[:-3], (kind, id, number)


def unknown() -> NoPlaceError:
    return NoPlaceError("the page key is of no answer to this query")
