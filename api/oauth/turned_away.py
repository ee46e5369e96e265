"""Who asked without a token that is good here leaves an event: one a minute from one place, however often they ask.

docs/policy.md, "accountability"; docs/trail.md
"""

from __future__ import annotations

from collections import OrderedDict

from starlette.requests import HTTPConnection

from api.clock import Clock
from api.oauth.events import Events

SECONDS = 60
MOST_KEPT = 10_000


class TurnedAway:
    """Places are kept for a minute in each process, and by no name: what is on the trail tells no address."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events, self._clock = events, clock
        self._noted: OrderedDict[tuple[str, bool], float] = OrderedDict()

    async def note(self, http: HTTPConnection, place: str, request: str, *, token: bool) -> None:
        """One event, unless there was one within the last minute."""
        now, key = self._clock().timestamp(), (place, token)
        if 0 <= now - self._noted.get(key, 0.0) < SECONDS:
            return
        self._noted[key] = now
        self._noted.move_to_end(key)
        if len(self._noted) > MOST_KEPT:
            self._noted.popitem(last=False)
        http.scope["request_id"] = request
        said = "access token not accepted" if token else "asked without signing in"
        await self._events.note(http, "security-alert", said, allowed=False)
