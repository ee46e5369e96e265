"""A system client that something is done for while it is not asking: what it was given then, and what it still has now.

docs/export.md; docs/subscriptions.md
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.oauth import clients
from api.oauth.granular import Granular
from consent import scope
from consent.actor import Actor
from resources.store.port import Vault


@dataclass(frozen=True, slots=True)
class Given:
    """Who asked, by which token; `mark` is that of the client's registration at that time."""

    client: str
    mark: str
    organization: str
    purpose: str
    scopes: str


async def given(vault: Vault, actor: Actor) -> Given:
    client = await clients.find(vault, actor.client)
    mark = client.mark if client else ""
    return Given(actor.client, mark, actor.organization, actor.purpose, scope.written(actor.scopes))


async def actor(vault: Vault, granular: Granular, given: Given, now: datetime, request: str) -> Actor | None:
    """The client as it stands now: None where it is gone or anything of it ended; never more than it was given."""
    client = await clients.find(vault, given.client)
    if client is None or client.mark != given.mark or given.purpose not in client.purposes:
        return None
    words = scope.written(scope.meet(scope.parse(given.scopes), scope.parse(client.scope)))
    return Actor(given.client, "", client.organization, given.purpose, granular.resolved(words, "", ""), now, request)
