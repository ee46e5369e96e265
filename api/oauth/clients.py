"""Registered clients: which software may ask for a token, for whom, for what, and how it proves itself.

https://www.rfc-editor.org/rfc/rfc7591#section-2
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson
from authlib.common.security import is_secure_transport
from joserfc import jwk
from joserfc.errors import JoseError, SecurityWarning

from consent import vocabulary
from resources.store.port import Vault

Method = Literal["private_key_jwt", "none"]


@dataclass(frozen=True, slots=True)
class Client:
    """One registration; the `check_…` and `get_…` methods are what authlib asks a client.

    `organization` is `Organization/id`, the agency answering for the software. `scope` and `purposes` are the most it
    can ever get; a purpose is `system|code`. `jwks` holds public keys, empty for a public client. `introspects` lets
    it ask about the tokens of others.
    """

    client_id: str
    name: str
    organization: str
    scope: str
    purposes: tuple[str, ...]
    grant_types: tuple[str, ...]
    token_endpoint_auth_method: Method
    redirect_uris: tuple[str, ...] = ()
    jwks: Mapping[str, Any] = field(default_factory=dict)
    introspects: bool = False

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def get_default_redirect_uri(self) -> None:
        """None: a request names its redirect_uri, so that nothing is guessed."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """As it was granted: narrowing is done in `api.oauth.granted`."""
        return scope

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.token_endpoint_auth_method


async def register(vault: Vault, client: Client) -> None:
    """Keep the registration, in place of an older one. Raises ValueError where it contradicts itself."""
    if fault := _fault(client):
        raise ValueError(f"client `{client.client_id}`: {fault}")
    await vault.replace("oauth-client", client.client_id, orjson.dumps(asdict(client)))


async def remove(vault: Vault, client_id: str) -> None:
    """No token from now on; one that is out already lives to its end."""
    await vault.take("oauth-client", client_id)


async def find(vault: Vault, client_id: str) -> Client | None:
    kept = await vault.look("oauth-client", client_id)
    if kept is None:
        return None
    fields = orjson.loads(kept)
    for name in ("purposes", "grant_types", "redirect_uris"):
        fields[name] = tuple(fields[name])
    return Client(**fields)


def _fault(client: Client) -> str:
    public = not client.jwks
    code = "authorization_code" in client.grant_types
    checks = {
        "a grant type is not supported": set(client.grant_types)
        <= {"authorization_code", "refresh_token", "client_credentials"},
        "a public client has no client credentials": not (public and "client_credentials" in client.grant_types),
        "refresh tokens come with the authorization code": code or "refresh_token" not in client.grant_types,
        "the authorization code needs a redirect_uri": bool(client.redirect_uris) == code,
        "a redirect_uri is neither https, nor of this machine, nor of an app": all(
            map(_can_be_redirected_to, client.redirect_uris)
        ),
        "keys and the way to authenticate do not fit": public == client.check_endpoint_auth_method("none", "token"),
        "jwks holds something else than public RSA keys of 2048 bits or P-384 keys, each with its own kid": public
        or _public(client.jwks),
        "a purpose is not `system|code`": all("|" in purpose for purpose in client.purposes),
        "no token is for the installation": vocabulary.INSTALLATION not in client.purposes,
        "the organization is not `Organization/id`": client.organization.startswith("Organization/"),
    }
    return "; ".join(text for text, holds in checks.items() if not holds)


def _can_be_redirected_to(uri: str) -> bool:
    parts = urlsplit(uri)
    if parts.fragment or not uri.isascii() or not uri.isprintable() or any(sign in uri for sign in ' "\\;,'):
        return False
    if parts.scheme in ("http", "https"):
        return bool(is_secure_transport(uri))
    return "." in parts.scheme  # RFC 8252 7.1: an app's own scheme is a domain name turned round


def _public(jwks: Mapping[str, Any]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # joserfc warns of RSA keys below 2048 bits
            keys = jwk.KeySet.import_key_set({"keys": list(jwks["keys"])}).keys
    except (JoseError, SecurityWarning, KeyError, TypeError, ValueError):
        return False
    named = {key.get("kid") for key in jwks["keys"]}
    return all(map(_fit, keys)) and None not in named and len(named) == len(keys)


def _fit(key: jwk.Key) -> bool:
    if key.is_private:
        return False
    return isinstance(key, jwk.RSAKey) or (isinstance(key, jwk.ECKey) and key.curve_name == "P-384")
