"""What an installation may turn on beside the rest: each is off until it is asked for, and listed only where it is on.

docs/settings.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from api import settings as app_settings
from api.oauth import source
from api.outward import Network
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """An OpenID provider of others at which people may sign in: its issuer, and our client there.

    Without a `secret` we prove ourselves by our own key. One of the `factors` must be said by it, as `acr` or in `amr`,
    where there are any. `networks` are local ones that it may be in, `name` is what people call it. `scope` is what it
    is asked for, `seconds` how long a sign-in stands from when it last said so.
    """

    issuer: str
    client: str
    secret: str
    factors: tuple[str, ...]
    networks: tuple[Network, ...]
    name: str
    scope: str = "openid"
    seconds: int = 3600


Pushing = Literal["off", "on", "required"]


@dataclass(frozen=True, slots=True)
class Options:
    """`software_keys` are the JWK Set of those whose software statements are believed."""

    dpop: bool = False
    pushed: Pushing = "off"
    registration: bool = False
    software_keys: Mapping[str, Any] = field(default_factory=dict)
    outside: Outside | None = None


def chosen(settings: Settings) -> Options:
    """What an installation has turned on. Raises SettingsFault."""
    return Options(
        settings.dpop,
        settings.pushed_requests,
        settings.registration,
        app_settings.software_keys(settings),
        _outside(settings),
    )


def _outside(settings: Settings) -> Outside | None:
    if not settings.provider:
        return None
    return Outside(
        settings.provider,
        settings.provider_client,
        app_settings.provider_secret(settings),
        tuple(settings.provider_factors.split()),
        source.networks(settings.provider_networks),
        settings.provider_name or urlsplit(settings.provider).netloc,
        settings.provider_scope,
        settings.provider_seconds,
    )
