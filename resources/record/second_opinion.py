"""Now and then the models of fhir.resources read what was stored, and the log says what they would not have taken.

https://github.com/nazrulworld/fhir.resources; the write gate is one young library, this an older and slower one.
"""

from __future__ import annotations

import logging
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from pydantic import ValidationError

_log = logging.getLogger("tsunagu.second-opinion")


class SecondOpinion:
    """Asked for a share of the records, in a thread of its own; while it reads one, the others pass by."""

    def __init__(self, share: float) -> None:
        """`share` is between 0 (never) and 1 (always, as far as it keeps up)."""
        self._share = share
        self._free = threading.Lock()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tsunagu-second-opinion")

    def offer(self, type: str, body: bytes) -> None:
        """Perhaps have a record read; returns at once."""
        if random.random() < self._share and self._free.acquire(blocking=False):  # noqa: S311  # a sample, no secret
            self._reader.submit(self._read, type, body)

    def close(self) -> None:
        self._reader.shutdown()

    def _read(self, type: str, body: bytes) -> None:
        try:
            for objection in objections(type, body):
                _log.warning("fhir.resources would not take a %s: %s", type, objection)
        except Exception:
            _log.exception("fhir.resources could not read a %s", type)
        finally:
            self._free.release()


def objections(type: str, body: bytes) -> list[str]:
    """Where and why fhir.resources refuses a record: paths and kinds of error, never what stands there."""
    model = getattr(import_module(f"fhir.resources.R4B.{type.lower()}"), type)
    try:
        model.model_validate_json(body)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=False, include_input=False)
        return [f"{'.'.join(str(part) for part in error['loc'])}: {error['type']}" for error in errors]
    return []
