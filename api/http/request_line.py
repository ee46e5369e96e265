"""One structured line a request, and an id that leads from an answer to it; never a body, a name or a path with an id.

docs/operations.md
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

import orjson


@dataclass(slots=True)
class RequestLine:
    """`action` is the row of the table of routes, or beside the FHIR API the route; empty where there is none.

    `rules` are ids of decisions and issues, and never of texts.
    """

    request: str = field(default_factory=lambda: os.urandom(16).hex())
    client: str = ""
    action: str = ""
    status: int = 0
    rules: tuple[str, ...] = ()
    begun: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.begun

    def written(self) -> bytes:
        line = {
            "request": self.request,
            "client": self.client,
            "action": self.action,
            "status": self.status,
            "ms": round(self.seconds * 1000, 2),
        }
        if self.rules:
            line["rules"] = self.rules
        return orjson.dumps(line)
