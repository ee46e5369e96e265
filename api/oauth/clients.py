"""Registered clients: which software may ask for a token, for whom, for what, and how it proves itself.

https://www.rfc-editor.org/rfc/rfc7591#section-2
"""

from __future__ import annotations

import re
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

import orjson
from authlib.common.security import is_secure_transport
from joserfc import jwk
from joserfc.errors import JoseError, SecurityWarning

from api import web_origin
from consent import vocabulary
from resources.store.port import Vault

Method = Literal["private_key_jwt", "none"]

_KIND, _ORIGIN, _NAMES = "oauth-client", "oauth-origin", "oauth-client-names"
_HERE = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?(?P<rest>(?:[/?][!-\[\]-~]*)?)")
"""An address of this very machine, with no sign in it that a browser reads otherwise: no space, no backslash."""

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Client:
    """One registration; the `check_…` and `get_…` methods are what authlib asks a client.

    `organization` is `Organization/id`, the agency answering for the software. `scope` and `purposes` are the most it
    can ever get; a purpose is `system|code`. `jwks` holds public keys, or `jwks_uri` says where they are; a public
    client has neither. `introspects` lets it ask about the tokens of others. Its tokens carry the `mark` they were
    given under, and end everywhere once it is another.
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
    jwks_uri: str = ""
    mark: str = field(default="", compare=False)

    @property
    def public(self) -> bool:
        return not self.jwks and not self.jwks_uri

    @property
    def origins(self) -> frozenset[str]:
        """The web origins that its pages may be at."""
        return frozenset(origin for uri in self.redirect_uris if (origin := _origin(uri)))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Sign for sign; only the port of an address of this very machine may be another (RFC 8252 section 7.3)."""
        return redirect_uri in self.redirect_uris or (
            bool(found := _portless(redirect_uri)) and found in map(_portless, self.redirect_uris)
        )

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
    """Keep the registration, in place of an older one, whose tokens live on as far as the new one reaches.

    Raises ValueError where it contradicts itself.
    """
    if text := fault(client):
        raise ValueError(f"client `{client.client_id}`: {text}")
    before = await find(vault, client.client_id)
    await _keep(vault, replace(client, mark=before.mark if before else secrets.token_urlsafe(12)))


async def end_everything(vault: Vault, client_id: str) -> bool:
    """End all codes and tokens of the client at once, in every process; False where there is none."""
    client = await find(vault, client_id)
    if client is not None:
        await _keep(vault, replace(client, mark=secrets.token_urlsafe(12)))
    return client is not None


async def remove(vault: Vault, client_id: str) -> None:
    """The client is gone, and every token that it was given."""
    await vault.take(_KIND, client_id)
    await vault.replace(_NAMES, "", orjson.dumps([name for name in await names(vault) if name != client_id]))


async def names(vault: Vault) -> list[str]:
    """The client ids that are registered, in order."""
    return sorted(orjson.loads(await vault.look(_NAMES, "") or b"[]"))


async def find(vault: Vault, client_id: str) -> Client | None:
    return read(await vault.look(*place(client_id))) if client_id else None


def place(client_id: str) -> tuple[str, str]:
    """Where in the vault the registration is kept."""
    return _KIND, client_id


async def at_origin(vault: Vault, origin: str) -> bool:
    """Whether pages of a client that stands are at this web origin; on this very machine, at whatever port."""
    origin = _portless(origin) or origin
    named = orjson.loads(await vault.look(_ORIGIN, origin) or b"[]")
    for name in named:
        client = await find(vault, name)
        if client is not None and origin in client.origins:
            return True
    return False


async def _keep(vault: Vault, client: Client) -> None:
    await vault.replace(_KIND, client.client_id, orjson.dumps(asdict(client)))
    known = await names(vault)
    if client.client_id not in known:
        await vault.replace(_NAMES, "", orjson.dumps([*known, client.client_id]))
    for origin in client.origins:
        named = set(orjson.loads(await vault.look(_ORIGIN, origin) or b"[]"))
        if client.client_id not in named:
            await vault.replace(_ORIGIN, origin, orjson.dumps(sorted({*named, client.client_id})))


def read(content: bytes | None) -> Client | None:
    """The client that was kept so."""
    if content is None:
        return None
    fields = orjson.loads(content)
    for name in ("purposes", "grant_types", "redirect_uris"):
        fields[name] = tuple(fields[name])
    return Client(**fields)


def fault(client: Client) -> str:
    """What contradicts itself in a registration, in words; empty where nothing does."""
    public = client.public
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
        "keys are given either by jwks or by jwks_uri": not (client.jwks and client.jwks_uri),
        "jwks_uri is not https": not client.jwks_uri
        or bool(is_secure_transport(client.jwks_uri) and web_origin.written(client.jwks_uri)),
        "jwks holds other than public RSA keys of 2048 bits or P-384 keys, each with its own kid": not client.jwks
        or usable(client.jwks),
        "the name is empty, too long, or of an account": 0 < len(client.client_id) <= 200
        and client.client_id.isascii()
        and client.client_id.isprintable()
        and not set(client.client_id) & set(' "\\:'),
        "a purpose is not `system|code`": all("|" in purpose for purpose in client.purposes),
        "no token is for the installation": vocabulary.INSTALLATION not in client.purposes,
        "the organization is not `Organization/id`": client.organization.startswith("Organization/"),
    }
    return "; ".join(text for text, holds in checks.items() if not holds)


def _portless(uri: str) -> str:
    """An address of this very machine without its port, every other sign as it is; empty for any other."""
    found = _HERE.fullmatch(uri)
    if not found or not 0 < int(found["port"] or 80) <= _LAST_PORT:
        return ""
    return f"http://{found['host']}{found['rest']}"


def _origin(uri: str) -> str:
    found = web_origin.written(uri)
    return _portless(found) or found


def _can_be_redirected_to(uri: str) -> bool:
    if not uri.isascii() or not uri.isprintable() or any(sign in uri for sign in ' "\\;,#*'):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(is_secure_transport(uri) and web_origin.written(uri)) and "@" not in parts.netloc
    return "." in parts.scheme  # RFC 8252 7.1: an app's own scheme is a domain name turned round


def usable(jwks: Mapping[str, Any]) -> bool:
    """Whether these are public keys that a client can prove itself with, each under its own name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SecurityWarning)  # joserfc warns of RSA keys below 2048 bits
            keys = jwk.KeySet.import_key_set({"keys": list(jwks["keys"])}).keys
    except (JoseError, SecurityWarning, KeyError, TypeError, ValueError):
        return False
    named = {key.get("kid") for key in jwks["keys"]}
    return bool(keys) and all(map(_fit, keys)) and None not in named and len(named) == len(keys)


def fitting(published: object) -> Mapping[str, Any]:
    """Of a set that a client publishes, the keys that it can prove itself with here; others are for others (RFC 7517
    section 5). Raises ValueError where it is no set of public keys, none is such a one, or two have one name."""
    keys = published.get("keys") if isinstance(published, Mapping) else None
    if not isinstance(keys, list) or any(not isinstance(key, Mapping) or key.keys() & _SECRET for key in keys):
        raise ValueError("not a set of public keys")
    found = [key for key in keys if key.get("use", "sig") == "sig" and usable({"keys": [key]})]
    if not found or len({key["kid"] for key in found}) < len(found):
        raise ValueError("no key that can be used, or two of one name")
    return {"keys": found}


_SECRET = {"d", "k"}
"""The members by which a key of any type is a private one."""


def _fit(key: jwk.Key) -> bool:
    if key.is_private:
        return False
    return isinstance(key, jwk.RSAKey) or (isinstance(key, jwk.ECKey) and key.curve_name == "P-384")
