"""How often one address may ask, in bounded memory.

https://www.rfc-editor.org/rfc/rfc6585#section-4
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from starlette.requests import HTTPConnection

_MOST_ADDRESSES = 10_000


class Throttle:
    """A bucket for each address: it holds `a_minute` requests and fills up evenly. The longest idle is forgotten."""

    def __init__(self, a_minute: int, clock: Callable[[], datetime]) -> None:
        self.a_minute, self.clock = a_minute, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, http: HTTPConnection) -> int:
        """Nought where the request may go on, otherwise the seconds to wait."""
        address = http.client.host if http.client else ""
        now = self.clock().timestamp()
        left, since = self._buckets.pop(address, (float(self.a_minute), now))
        left = min(float(self.a_minute), left + max(0.0, now - since) * self.a_minute / 60)
        self._buckets[address] = (max(0.0, left - 1) if left >= 1 else left, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return 0 if left >= 1 else math.ceil((1 - left) * 60 / self.a_minute)
