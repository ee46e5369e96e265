"""Whether the provider at which somebody signed in still knows them: it is asked whenever tokens are.

https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
"""

from __future__ import annotations

from api.oauth import resting
from api.oauth.issuer import Issuer
from api.oauth.provider import Provider, Unreachable

ANEW = 60
"""Seconds: for one sign-in it is asked no oftener, and of several requests at once one asks."""

_ASKING = "oauth-outside-asking"


class StillThere:
    """`seconds` is how long a sign-in stands from when the provider last said so, whether or not it answers."""

    def __init__(self, issuer: Issuer, provider: Provider, seconds: int) -> None:
        self._issuer, self._provider, self.seconds = issuer, provider, seconds

    async def began(self, rests: str, refresh: str) -> None:
        await resting.keep(self._issuer, rests, refresh, self.seconds)
        await self._first(rests)

    async def holds(self, rests: str) -> bool:
        """False where the provider says no: then everything that rests on the sign-in has ended."""
        refresh = await resting.kept(self._issuer, rests)
        if not refresh or not await self._first(rests):
            return True
        try:
            again = await self._provider.refreshed(refresh)
        except Unreachable:
            return True
        if again is None:
            await resting.end(self._issuer, rests)
            return False
        await resting.keep(self._issuer, rests, again, self.seconds)
        return True

    async def _first(self, rests: str) -> bool:
        return await self._issuer.vault.keep(_ASKING, rests, b"", until=self._issuer.now() + ANEW)
