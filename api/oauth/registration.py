"""Software registers itself where it was invited: by an initial token, or a statement signed by who is believed.

https://www.rfc-editor.org/rfc/rfc7591
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import orjson
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc7591 import ClientMetadataClaims, InvalidClientMetadataError, InvalidRedirectURIError
from authlib.oauth2.rfc7591.errors import InvalidSoftwareStatementError
from joserfc import jwk
from joserfc.errors import JoseError
from starlette.requests import Request as HttpRequest

from api.oauth import clients, compact, granted
from api.oauth import request as oauth
from api.oauth.clients import Client, Method
from api.oauth.issuer import Issuer, digest
from consent import scope
from resources.store.port import Vault

ALGORITHMS = ("RS384", "ES384")

_KIND = "oauth-invitation"
_LONGEST_NAME = 100
_INVITES = ("organization", "scope", "purposes")
_KNOWN_BY = ("redirect_uris", "jwks", "jwks_uri")
"""What tells a client from another that has a copy of its statement, which every copy of the software holds."""


async def invite(vault: Vault, organization: str, scope: str, purposes: tuple[str, ...], *, until: float) -> str:
    """An initial token, good for one registration of this agency, which can get no more than this."""
    token = granted.identifier()
    content = orjson.dumps({"organization": organization, "scope": scope, "purposes": purposes})
    await vault.keep(_KIND, digest(token), content, until=until)
    return token


class Registration:
    """`keys` are those of who signs software statements."""

    def __init__(self, issuer: Issuer, keys: Mapping[str, Any]) -> None:
        self.issuer, self._keys = issuer, keys

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        asked = await oauth.document(http)
        statement = asked.pop("software_statement", None)
        if statement is not None:
            invitation = self._stated(statement)
            if own := [name for name in _KNOWN_BY if name in asked and name not in invitation]:
                raise InvalidClientMetadataError(f"'{own[0]}' is for the software statement to say")
            asked |= {name: value for name, value in invitation.items() if name not in _INVITES}
        else:
            invitation = await self._invited(http.headers.get("authorization", ""))
        client = _client(_checked(asked), invitation)
        if fault := clients.fault(client):
            text = fault.replace("`", "'")
            raise InvalidRedirectURIError(text) if "redirect_uri" in text else InvalidClientMetadataError(text)
        if statement is None:
            await self._invited(http.headers.get("authorization", ""), use=True)
        await clients.register(self.issuer.vault, client)
        await self.issuer.events.note(
            http,
            "administration",
            "registration of a client",
            client=client.client_id,
            organization=client.organization,
        )
        return _told(client, self.issuer.now())

    def _stated(self, statement: object) -> dict[str, Any]:
        """What a statement says; it says for which agency, scope and purposes, and until when it may be used."""
        found = None
        if isinstance(statement, str) and self._keys:
            found = compact.verified(
                statement, jwk.KeySet.import_key_set({"keys": list(self._keys["keys"])}), ALGORITHMS
            )
        claims = dict(found[1]) if found else {}
        until = claims.get("exp")
        over = isinstance(until, bool) or not isinstance(until, int | float) or until <= self.issuer.now()
        audience = claims.get("aud", self.issuer.url)
        if over or self.issuer.url not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidSoftwareStatementError(
                "it is not signed by who is believed here, is for another server, or is over"
            )
        return claims

    async def _invited(self, authorization: str, *, use: bool = False) -> dict[str, Any]:
        """What the initial token invites to; it is used up when there is something to register, and not before."""
        kind, _, token = authorization.partition(" ")
        vault = self.issuer.vault
        ask = vault.take if use else vault.look
        kept = await ask(_KIND, digest(token.strip())) if kind.lower() == "bearer" else None
        if kept is None:
            text = "the initial token is not known, is over, or was used"
            raise OAuth2Error(text, status_code=401, error="invalid_token")
        found: dict[str, Any] = orjson.loads(kept)
        return found


def _checked(asked: dict[str, Any]) -> dict[str, Any]:
    """The metadata that the RFC knows; of the keys, `clients.fault` knows more."""
    keys = asked.pop("jwks", None)
    try:
        claims = ClientMetadataClaims(asked, {}, {}, {})
        claims.validate()
        found: dict[str, Any] = claims.get_registered_claims() | ({"jwks": keys} if keys is not None else {})
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as fault:
        raise InvalidClientMetadataError(str(getattr(fault, "description", "")) or "it cannot be read") from None
    return found


def _client(asked: dict[str, Any], invitation: Mapping[str, Any]) -> Client:
    """What is asked for, as far as the invitation goes."""
    most = str(invitation.get("scope", ""))
    wanted = str(asked.get("scope") or most)
    words = [word for word in scope.others(wanted) if word in scope.others(most)]
    try:
        return Client(
            client_id=granted.identifier(),
            name=str(asked.get("client_name") or asked.get("software_id") or "")[:_LONGEST_NAME],
            organization=str(invitation.get("organization", "")),
            scope=" ".join((*words, *scope.written(scope.meet(scope.parse(wanted), scope.parse(most))).split())),
            purposes=tuple(map(str, invitation.get("purposes", ()))),
            grant_types=tuple(asked.get("grant_types") or ("authorization_code",)),
            token_endpoint_auth_method=cast(Method, asked.get("token_endpoint_auth_method", "none")),
            redirect_uris=tuple(asked.get("redirect_uris") or ()),
            jwks=asked.get("jwks") or {},
            jwks_uri=str(asked.get("jwks_uri") or ""),
        )
    except TypeError:
        raise InvalidClientMetadataError("it cannot be read") from None


def _told(client: Client, now: int) -> dict[str, Any]:
    said: dict[str, Any] = {
        "client_id": client.client_id,
        "client_id_issued_at": now,
        "client_name": client.name,
        "scope": client.scope,
        "grant_types": list(client.grant_types),
        "response_types": ["code"] if client.redirect_uris else [],
        "redirect_uris": list(client.redirect_uris),
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
    }
    keys = {"jwks": client.jwks, "jwks_uri": client.jwks_uri}
    return said | {name: value for name, value in keys.items() if value}
