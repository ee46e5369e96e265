"""How often one address may ask, counted in the vault for all processes together.

https://www.rfc-editor.org/rfc/rfc6585#section-4
"""

from __future__ import annotations

import hashlib

from starlette.requests import HTTPConnection

from api.clock import Clock
from api.oauth.source import Sources
from resources.store.port import Vault

_WINDOW = 60
_BUCKETS = 65_536
"""So many counters at the most, whoever asks from however many addresses; strangers share one once in 65,536."""


class Throttle:
    """`a_minute` requests from one address in each minute of the clock; `name` tells two throttles apart.

    What is refused is counted here alone until the minute is over, so that a flood writes nothing.
    """

    def __init__(self, name: str, a_minute: int, vault: Vault, clock: Clock, sources: Sources) -> None:
        self._name, self._a_minute, self._vault, self._clock, self._sources = name, a_minute, vault, clock, sources
        self._refused: dict[int, int] = {}

    async def wait(self, http: HTTPConnection) -> int:
        """Nought where the request may go on, otherwise the seconds to wait."""
        now = self._clock().timestamp()
        ends = int(now // _WINDOW + 1) * _WINDOW
        bucket = int.from_bytes(hashlib.sha256(self._sources.of(http).encode()).digest()[:8]) % _BUCKETS
        if self._refused.get(bucket) != ends:
            # The end is part of the name: a counter of another minute is another counter, wherever the clock goes.
            count = await self._vault.tally("oauth-rate", f"{self._name} {bucket} {ends}", until=ends)
            if count <= self._a_minute:
                return 0
            self._refused[bucket] = ends
        return max(1, int(ends - now))
