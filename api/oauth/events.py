"""What the authorization server does, on the trail: who signed in, what was issued, refused, ended; never a secret.

docs/trail.md; https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from starlette.requests import HTTPConnection

from api.clock import Clock
from resources.store.trail import Event

Append = Callable[[Event], Awaitable[None]]

Kind = Literal["sign-in", "sign-out", "security-alert", "token", "revocation", "administration"]


class Events:
    """`append` puts an event on the trail and returns when it is durable."""

    def __init__(self, append: Append, clock: Clock) -> None:
        self._append, self._clock = append, clock

    async def note(
        self,
        http: HTTPConnection | None,
        kind: Kind,
        asked: str,
        *,
        client: str = "",
        person: str = "",
        organization: str = "",
        purpose: str = "",
        about: str = "",
        allowed: bool = True,
    ) -> None:
        """`asked` says in words what was done; `client`, `person` and `about`, a record, are such as exist.

        Who tried in vain to be somebody is not the person, but what it was done about.
        """
        if http is not None and client:
            http.scope["client_id"] = client
        await self._append(
            Event(
                kind=kind,
                action="E",
                outcome="0" if allowed else "4",
                purpose=purpose,
                client=client,
                person=person,
                agencies=(organization,) if organization else (),
                asked=asked,
                rules=(),
                at=int(self._clock().timestamp() * 1000),
                request=http.scope.get("request_id", "") if http is not None else "",
                records=(about,) if about else (),
            )
        )


async def nowhere(event: Event) -> None:
    """Where nobody keeps a trail."""
