"""A fault as the log tells it: where it was and of which kind, and never in its own words, which may hold a record.

https://docs.python.org/3/library/logging.html#logging.Formatter.formatException; docs/operations.md, "log"
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

_Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_BEFORE = "which came of:"


class Formatter(logging.Formatter):
    """A sentence a line; under it the lines of code and the class of what was raised."""

    def formatException(self, ei: _Raised) -> str:  # logging's own name
        return "\n".join(_lines(ei[1])) if ei[1] is not None else ""

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's own name
        told = super().formatMessage(record)
        # What asyncio says below its first line shows the values of a task.
        return told.partition("\n")[0] if record.name == "asyncio" else told


def _lines(fault: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    yield "".join(traceback.format_tb(fault.__traceback__)).rstrip("\n")
    yield f"{type(fault).__module__}.{type(fault).__qualname__}"
    seen |= {id(fault)}
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    inside = fault.exceptions if isinstance(fault, BaseExceptionGroup) else ()
    for each in (*inside, *((before,) if before else ())):
        if id(each) not in seen:
            yield _BEFORE
            yield from _lines(each, seen)
