"""Failed sign-ins make wait, longer each time: who guesses waits, and not whom he guesses at.

https://pages.nist.gov/800-63-4/sp800-63b.html#throttle; counted in the vault for all processes together
"""

from __future__ import annotations

from dataclasses import dataclass

from api.clock import Clock
from api.oauth.issuer import digest
from resources.store.port import Vault

FIRST_WAIT, LONGEST_WAIT = 60, 3600
"""Seconds: the wait doubles with each failure, from the first to the longest."""

_DAY = 86_400
_COUNT, _WAIT = "oauth-failures", "oauth-wait"


@dataclass(frozen=True, slots=True)
class Line:
    """What failures are counted for; so many of them are `free`, and each further one makes it wait."""

    name: str
    free: int

    @property
    def key(self) -> str:
        return digest(self.name)


@dataclass(frozen=True, slots=True)
class Who:
    """Who signs in: `own` is counted before the password is looked at, `shared` when it was wrong.

    `own` is the account together with the device it has used before, or else with the address. A device that is known
    shares with nobody, so that whatever others do, it can be used.
    """

    own: Line
    shared: tuple[Line, ...] = ()


def who(account: str, source: str, device: str) -> Who:
    """`device` is empty where the account has not been used from it."""
    if device:
        return Who(Line(f"device {device} {account}", 5))
    return Who(Line(f"pair {source} {account}", 5), (Line(f"account {account}", 20), Line(f"source {source}", 50)))


class Attempts:
    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault, self._clock = vault, clock

    async def wait(self, who: Who) -> int:
        """Seconds to wait; nought where the password may be looked at, and a place for that is taken.

        The place is taken before, so that guesses made at once count too.
        """
        left = max([await self._left(line) for line in (who.own, *who.shared)])
        if left:
            return left
        begun = await self._counted(who.own)
        return 0 if begun is not False else max(1, await self._left(who.own))

    async def failed(self, who: Who) -> tuple[Line, ...]:
        """Count a wrong password for all whom it concerns; those for which a wait has begun with it."""
        return tuple([line for line in who.shared if await self._counted(line)])

    async def begun(self, who: Who) -> bool:
        """Whether its own wait has begun."""
        return await self._left(who.own) > 0

    async def forgive(self, who: Who) -> None:
        """After a success: what this account failed at from here is forgotten, and nothing else."""
        await self._vault.take(_COUNT, self._today(who.own)[0])
        await self._vault.take(_WAIT, who.own.key)

    async def release(self, account: str) -> None:
        """An operator lets everybody try this account again from addresses it has not been used from."""
        await self.forgive(Who(Line(f"account {account}", 20)))

    async def _left(self, line: Line) -> int:
        kept = await self._vault.look(_WAIT, line.key)
        if kept is None:
            return 0
        said, _, lasting = kept.partition(b" ")
        until, seconds, now = float(said), float(lasting or LONGEST_WAIT), self._clock().timestamp()
        if until - now > seconds:  # a clock that ran ahead said so: it lasts as long as it was to, from now on
            until = now + seconds
            if await self._vault.exchange(_WAIT, line.key, kept, _said(until, seconds)):
                await self._vault.replace(_WAIT, line.key, _said(until, seconds), until=until)
        return max(1, int(until - now) + 1)

    async def _counted(self, line: Line) -> bool | None:
        """One more. None below the limit; True where a wait begins with it, False where another was quicker."""
        today, ends = self._today(line)
        count = await self._vault.tally(_COUNT, today, until=ends)
        if count < line.free:
            return None
        seconds = min(FIRST_WAIT * 2 ** min(count - line.free, 10), LONGEST_WAIT)
        until = self._clock().timestamp() + seconds
        return await self._vault.keep(_WAIT, line.key, _said(until, seconds), until=until)

    def _today(self, line: Line) -> tuple[str, int]:
        """The counter of this day, and when it ends: that of another day is another, wherever the clock goes."""
        day = int(self._clock().timestamp() // _DAY)
        return f"{line.key} {day}", (day + 1) * _DAY


def _said(until: float, seconds: float) -> bytes:
    return f"{until} {seconds}".encode()
