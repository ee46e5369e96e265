"""Subscriptions as they are kept in the vault: what was asked for, how far it was told, and of what.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/; docs/subscriptions.md
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from api.beside.standing_client import Given
from consent.actor import Actor
from consent.views.subscribing import Interest
from resources.record.problem import Problem
from resources.store.port import Vault

MOST, MOST_OF_ONE = 100, 20
KEPT = 7 * 86_400.0
"""Seconds that events can be asked for again."""
MOST_ASKED = 100

_SLOTS = tuple(("subscription", str(n)) for n in range(MOST))


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a subscriber is told, and how: `content` is `id-only` or `empty`, times are seconds, 0 for none."""

    endpoint: str
    headers: Sequence[tuple[str, str]] = ()
    content: str = "id-only"
    heartbeat: int = 0
    timeout: int = 10
    most: int = 20
    end: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription; `resource` is as it was sent, `wish` the status that its client asked for."""

    id: str
    given: Given
    interest: Interest
    channel: Channel
    resource: Mapping[str, Any]
    wish: str
    number: int
    since: str


@dataclass(frozen=True, slots=True)
class State:
    """`status` is the server's word. Of the `number` of events so far the subscriber was told `sent`; `after` is how
    far the feed was looked through, `tries` how often in a row telling failed, `due` when it is tried next. `version`
    is of which version of the Subscription status, tries and error are; 0 of whichever stands."""

    status: str = "requested"
    after: str = ""
    number: int = 0
    sent: int = 0
    tries: int = 0
    due: float = 0.0
    last: float = 0.0
    error: str = ""
    version: int = 0

    def of(self, one: Subscription) -> State:
        """How this version of a Subscription stands: one that has just taken another's place begins anew, where that
        one was told to; so no more than its own place need change, in one step, and nobody can come between."""
        if self.version in (0, one.number):
            return replace(self, version=one.number)
        status = "off" if one.wish == "off" else "requested"
        return replace(self, version=one.number, status=status, tries=0, due=0.0, error="")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: which record, at which instant it was written, and whether it was made then or changed."""

    number: int
    focus: str
    since: str
    made: bool


class Subscriptions:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def all(self) -> list[Subscription]:
        return [_read(kept) for kept in await self._vault.look_at(*_SLOTS) if kept]

    async def of(self, actor: Actor) -> list[Subscription]:
        """Those of this client, which a person is not."""
        own = [] if actor.person else await self.all()
        return sorted((each for each in own if each.given.client == actor.client), key=lambda each: each.id)

    async def find(self, actor: Actor, id: str) -> Subscription:
        """One of this client. Raises Problem `not-found`."""
        for each in await self.of(actor):
            if each.id == id:
                return each
        raise Problem.of("not-found", f"there is no `Subscription/{id}`", f"`Subscription/{id}` は見つかりません")

    async def make(self, made: Subscription, actor: Actor, after: str) -> None:
        """Keep a new one, which begins at a place of the feed. Raises Problem `too-often` where there are too many."""
        if len(await self.of(actor)) < MOST_OF_ONE:
            status = "off" if made.wish == "off" else "requested"
            await self._put(made.id, State(status, after=after, version=made.number))
            for place in _SLOTS:
                if await self._vault.keep(*place, orjson.dumps(asdict(made))):
                    return
            await self._vault.take("subscription-state", made.id)
        text, ja = (
            "there are too many subscriptions: delete one",
            "サブスクリプションが多すぎます。一つ削除してください",
        )
        raise Problem.of("too-often", text, ja)

    async def replace(self, before: Subscription, made: Subscription) -> None:
        """In place of what was asked for; it goes on where it stands, after a new handshake. Raises Problem `conflict`
        where another came before, or it was deleted: its place may be another's now."""
        for place, kept in zip(_SLOTS, await self._vault.look_at(*_SLOTS), strict=True):
            if kept and _read(kept) == before:
                if await self._vault.exchange(*place, kept, orjson.dumps(asdict(made))):
                    return
                break
        text, ja = "it was changed at the same moment: read it again", "同時に変更されました。読み直してください"
        raise Problem.of("conflict", text, ja)

    async def forget(self, id: str) -> None:
        for place, kept in zip(_SLOTS, await self._vault.look_at(*_SLOTS), strict=True):
            if kept and _read(kept).id == id:
                await self._vault.take(*place)
                await self._vault.take("subscription-state", id)

    async def state(self, one: Subscription) -> State:
        kept = await self._vault.look("subscription-state", one.id)
        return (State(**orjson.loads(kept)) if kept else State()).of(one)

    async def put(self, id: str, state: State) -> None:
        """How it stands now; of one that was deleted meanwhile nothing is kept."""
        if await self._vault.look("subscription-state", id) is not None:
            await self._put(id, state)

    async def happened(self, id: str, event: Happened, now: float) -> None:
        """Keep an event; done again after a kill, it is the same one."""
        name = f"{id} {event.number}"
        await self._vault.replace("subscription-event", name, orjson.dumps(asdict(event)), until=now + KEPT)

    async def events(self, id: str, first: int, last: int) -> list[Happened]:
        """Those of these numbers that are still kept, MOST_ASKED at most."""
        numbers = range(max(first, 1), min(last, first + MOST_ASKED - 1) + 1)
        asked = [("subscription-event", f"{id} {number}") for number in numbers]
        return [Happened(**orjson.loads(kept)) for kept in await self._vault.look_at(*asked) if kept] if asked else []

    async def _put(self, id: str, state: State) -> None:
        await self._vault.replace("subscription-state", id, orjson.dumps(asdict(state)))


def new_id() -> str:
    return secrets.token_hex(16)


def _read(kept: bytes) -> Subscription:
    said = orjson.loads(kept)
    channel = Channel(**{**said["channel"], "headers": tuple(map(tuple, said["channel"]["headers"]))})
    parts = {"given": Given(**said["given"]), "interest": Interest(**said["interest"]), "channel": channel}
    return Subscription(**{**said, **parts})
