"""The work on subscriptions: look ahead in the feed, decide anew, tell, try again later, give up and say so.

docs/subscriptions.md
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import uuid
from collections.abc import Sequence
from dataclasses import replace

import anyio
import httpx2
import orjson

from api import outward
from api.beside import standing_client
from api.clock import Clock
from api.oauth import keys
from api.oauth.issuer import Issuer
from api.outward import Network
from api.settings import Settings
from api.subscription import form, notification
from api.subscription.kept import Happened, State, Subscription, Subscriptions
from consent.actor import Actor
from consent.gate import Gate
from consent.views import subscribing
from resources.record import moment
from resources.record.problem import Problem
from resources.store.port import TooCostly

WAITS = (2, 10, 60, 300, 1_800, 7_200)
"""Seconds after each failure in a row; after one more it is given up."""
SIGNATURE = "x-tsunagu-signature"

PATIENCE = 0.25
"""Seconds that a step waits for who is slow; what it began goes on beside the next."""

_CANNOT = (OSError, TimeoutError, ValueError, httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError)
_NOT_FOR_IT = ("forbidden", "login")
_UNTOLD = "the endpoint could not be told, or answered no 2xx"
_UNASKED = "what it asks for could not be looked for: narrower filters may do"


class Notifying:
    """`networks` are those of the local network that an endpoint may be in."""

    def __init__(
        self,
        settings: Settings,
        gate: Gate,
        issuer: Issuer,
        clock: Clock,
        networks: tuple[Network, ...] = (),
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._settings, self._gate, self._issuer, self._clock = settings, gate, issuer, clock
        self._networks = networks
        self._kept = Subscriptions(issuer.vault)
        self._going: dict[str, asyncio.Task[bool]] = {}

    async def waiting(self) -> bool:
        return bool(self._settings.subscribers and await self._kept.all())

    async def step(self) -> bool:
        """A piece of each subscription, all at once; who is slow, or cannot be served, keeps nobody waiting but itself.

        Raises the first fault, when the others were served.
        """
        for each in await self._kept.all():
            if each.id not in self._going:
                self._going[each.id] = asyncio.create_task(self._one(each), name=f"tsunagu-told-{each.id[:8]}")
        if self._going:
            await asyncio.wait(self._going.values(), timeout=self._patience)
        over = [self._going.pop(id) for id, task in list(self._going.items()) if task.done()]
        faults = [fault for task in over if not task.cancelled() and (fault := task.exception())]
        if faults:
            raise faults[0]
        return any(task.result() for task in over if not task.cancelled())

    async def aclose(self) -> None:
        """Give up what is under way: who leads next does it again."""
        for task in self._going.values():
            task.cancel()
        await asyncio.gather(*self._going.values(), return_exceptions=True)
        self._going.clear()

    async def _one(self, one: Subscription) -> bool:
        state, now = await self._kept.state(one), self._clock()
        left = state.due - now.timestamp()  # longer than anybody waits where a clock that ran ahead said so
        if state.status not in ("requested", "active") or 0 < left <= WAITS[-1]:
            return False
        end = moment.read(one.channel.end) if one.channel.end else None
        actor = await standing_client.actor(
            self._issuer.vault, self._issuer.granular, one.given, now, f"subscription {one.id[:8]}"
        )
        if actor is None or (end is not None and end.end <= moment.of(now)):
            ended = "its end has come" if actor else "its client is not what it was"
            await self._kept.put(one.id, replace(state, status="off", error=ended))
            return False
        if state.status == "requested":
            return await self._tell(one, replace(state, status="active"), state, "handshake", ())
        try:
            if state.number == state.sent:
                state, found = await self._ahead(one, state, actor)
                if found:
                    return True
            if state.number > state.sent:
                return await self._events(one, state, actor)
        except (Problem, TooCostly):  # what nobody can look for is no reason to think that nothing was there
            return await self._failed(one, state, _UNASKED)
        if one.channel.heartbeat and not 0 <= now.timestamp() - state.last < one.channel.heartbeat:
            await self._tell(one, state, state, "heartbeat", ())
        return False

    async def _ahead(self, one: Subscription, state: State, actor: Actor) -> tuple[State, bool]:
        """What was written since, as far as the subscriber may find it now; numbered and kept before it is told of."""
        page = await subscribing.ahead(self._gate, actor, one.interest, state.after)
        if page.next == state.after:
            return state, False
        live = [version for version in page.versions if not version.deleted]
        seen = await self._seen(one, actor, [version.reference for version in live], "")
        number = state.number
        for version in live:
            if version.reference in seen:
                number += 1
                event = Happened(number, version.reference, version.since, version.number == 1)
                await self._kept.happened(one.id, event, actor.now.timestamp())
        after = replace(state, after=page.next, number=number)
        if state.error == _UNASKED:
            after = replace(after, tries=0, due=0.0, error="")
        await self._kept.put(one.id, after)
        return after, number > state.number

    async def _events(self, one: Subscription, state: State, actor: Actor) -> bool:
        """Tell of the next events, decided anew: of what the subscriber may not find any more it is not told."""
        last = min(state.number, state.sent + one.channel.most)
        events = await self._kept.events(one.id, state.sent + 1, last)
        seen = await self._seen(one, actor, [each.focus for each in events], f"Subscription/{one.id}")
        told = [each for each in events if each.focus in seen]
        after = replace(state, sent=last)
        if told:
            return await self._tell(one, after, state, "event-notification", told)
        await self._kept.put(one.id, after)
        return True

    async def _seen(self, one: Subscription, actor: Actor, names: Sequence[str], asked: str) -> frozenset[str]:
        """Which of these it may find now; where nothing is `asked`, nobody is told and the trail says nothing."""
        try:
            async with subscribing.told(self._gate, actor, asked) as reading:
                return await subscribing.seen(reading, one.interest, names, quietly=not asked)
        except Problem as problem:
            if problem.kind not in _NOT_FOR_IT:
                raise
            return frozenset()  # its token does not reach so far any more

    async def _tell(
        self, one: Subscription, after: State, before: State, kind: str, events: Sequence[Happened]
    ) -> bool:
        """Send it; how it stands is what it is `after` that, or what it was and when it is tried again."""
        now = self._clock()
        said = notification.bundle(self._settings.fhir, kind, one, after, events, now)
        at = now.timestamp()
        try:
            await self._sent(one, orjson.dumps(said))
        except _CANNOT:
            return await self._failed(one, before, _UNTOLD)
        await self._kept.put(one.id, replace(after, tries=0, due=0.0, last=at, error=""))
        return True

    async def _failed(self, one: Subscription, before: State, error: str) -> bool:
        """It is tried again later, and at last given up."""
        tries = before.tries + 1
        over = tries > len(WAITS)
        due = 0.0 if over else self._clock().timestamp() + WAITS[tries - 1]
        status = "error" if over else before.status
        await self._kept.put(one.id, replace(before, status=status, tries=tries, due=due, error=error))
        return False

    async def _sent(self, one: Subscription, body: bytes) -> None:
        """POST it to the address that was judged, for as long as its client asked for and no shorter; no redirect is
        followed, nothing of the answer is read."""
        endpoint = one.channel.endpoint
        if not form.permitted(endpoint, self._settings.subscribers):
            raise ValueError("not allowed")
        with anyio.fail_after(one.channel.timeout):
            place = await outward.pinned(endpoint, self._networks)
            head = {
                **dict(one.channel.headers),
                "host": place.host,
                "content-type": "application/fhir+json",
                SIGNATURE: self._signed(one, body),
            }
            async with (
                httpx2.AsyncClient(
                    verify=outward.trusted(), trust_env=False, follow_redirects=False, timeout=None
                ) as web,
                web.stream(
                    "POST", place.url, content=body, headers=head, extensions={"sni_hostname": place.name}
                ) as answer,
            ):
                if not 200 <= answer.status_code < 300:
                    raise ValueError("no 2xx")

    def _signed(self, one: Subscription, body: bytes) -> str:
        """A token by our published keys, over the digest of the body, for this endpoint and these minutes."""
        now = self._issuer.now()
        claims = {
            "iss": self._issuer.url,
            "aud": one.channel.endpoint,
            "sub": f"{self._settings.fhir}/Subscription/{one.id}",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
            "body_sha256": hashlib.sha256(body).hexdigest(),
        }
        return self._issuer.keys.sign(claims, type="JWT", algorithm=keys.FOR_IDENTITY)
