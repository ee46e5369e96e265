"""What every endpoint of the authorization server shares: its name, its keys, its clock and its vault.

https://www.rfc-editor.org/rfc/rfc8414#section-2
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from api.clock import Clock
from api.oauth import clients
from api.oauth.client_keys import ClientKeys
from api.oauth.clients import Client
from api.oauth.events import Events
from api.oauth.granular import Granular
from api.oauth.keys import Keys
from api.oauth.options import Options
from api.oauth.source import Sources
from api.oauth.webauthn import Ceremonies
from api.pages.ways import Ways
from resources.store import passed
from resources.store.port import Vault

CODE_LIFETIME = 60
AHEAD = 60
"""Seconds that another machine's clock may be ahead of this one's."""

_REVOKED = "oauth-revoked"


@dataclass(frozen=True, slots=True)
class Issuer:
    """`url` is the issuer identifier without a final slash, `fhir` the FHIR base and the audience of every token.

    `clock` is also what the vault goes by. `granular` reads what scopes reach. Lifetimes are in seconds.
    """

    url: str
    fhir: str
    vault: Vault
    keys: Keys
    clock: Clock
    events: Events
    sources: Sources
    client_keys: ClientKeys
    granular: Granular
    options: Options
    ceremonies: Ceremonies
    access_lifetime: int = 900
    refresh_lifetime: int = 12 * 3600

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.url}/oauth/authorize"

    @property
    def token_endpoint(self) -> str:
        return f"{self.url}/oauth/token"

    @property
    def introspection_endpoint(self) -> str:
        return f"{self.url}/oauth/introspect"

    @property
    def revocation_endpoint(self) -> str:
        return f"{self.url}/oauth/revoke"

    @property
    def pushed_endpoint(self) -> str:
        return f"{self.url}/oauth/par"

    @property
    def registration_endpoint(self) -> str:
        return f"{self.url}/oauth/register"

    @property
    def jwks_uri(self) -> str:
        return f"{self.url}/oauth/jwks"

    @property
    def longest(self) -> int:
        """Seconds that anything of a grant may live."""
        return self.refresh_lifetime + self.access_lifetime

    @property
    def ways(self) -> Ways:
        """What the sign-in page offers beside the password."""
        return Ways(
            passkey=self.ceremonies.possible, provider=self.options.outside.name if self.options.outside else ""
        )

    async def client(self, client_id: str) -> Client | None:
        """The client that is registered under this name."""
        return await clients.find(self.vault, client_id)

    def now(self) -> int:
        """Unix time in seconds."""
        return int(self.clock().timestamp())

    def lives(self, until: float, lifetime: float) -> bool:
        """Whether something that lives so long still does; what a clock made that ran ahead lives no longer for it."""
        left = until - self.clock().timestamp()
        return 0 < left <= lifetime + AHEAD

    async def spend(self, kind: str, secret: str, until: float) -> bool:
        """Use something that may be used once: of two at once, one gets True."""
        return await self.vault.keep("oauth-spent", f"{kind} {digest(secret)}", b"", until=until + passed.MARGIN)

    async def revoke(self, grant: str) -> None:
        """Every token of this grant is refused from the next request on, in every process."""
        until = self.now() + self.longest + passed.MARGIN
        await self.vault.replace(_REVOKED, grant, b"", until=until)

    @staticmethod
    def revocation(grant: str) -> tuple[str, str]:
        """Where in the vault it stands that a grant was revoked."""
        return _REVOKED, grant


def digest(secret: str) -> str:
    """What the vault keeps instead of a code, a token or a session."""
    return hashlib.sha256(secret.encode()).hexdigest()
