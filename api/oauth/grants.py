"""The three grants, on authlib's synchronous core: everything is loaded before and kept afterwards.

https://www.rfc-editor.org/rfc/rfc6749#section-4 and https://www.rfc-editor.org/rfc/rfc7636
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, grants
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc7636 import CodeChallenge

from api.oauth import granted
from api.oauth.clients import Client
from api.oauth.granted import Granted
from api.oauth.issuer import CODE_LIFETIME, Issuer
from api.oauth.request import Code, Refresh, Request

_METHODS = ("private_key_jwt", "none")
_SHA256_LENGTH = 43


class AuthorizationCode(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # authlib is untyped
    """For persons. `request.granted` is set before a code is made, `request.loaded` before it is exchanged."""

    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

    def validate_requested_scope(self) -> None:
        granted.narrow(self.server.issuer.granular, self.request.client, self.request.payload.scope, person=True)

    def save_authorization_code(self, code: str, request: Request) -> None:
        """The endpoint keeps it."""

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = self.request.loaded
        if not isinstance(found, Code) or found.granted.client != client.client_id:
            return None
        return found if self.server.issuer.lives(found.until, CODE_LIFETIME) else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """The endpoint spends it, before anything is answered."""

    def authenticate_user(self, authorization_code: Code) -> Granted:
        return authorization_code.granted


class Proof(CodeChallenge):  # type: ignore[misc]  # authlib is untyped
    """PKCE by S256, always: authlib asks public clients only, and takes `plain` where no method is named."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: AuthorizationCode, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")
        if len(data.get("code_challenge", "")) != _SHA256_LENGTH:
            raise InvalidRequestError("code_challenge must be a SHA-256 digest in base64url")
        super().validate_code_challenge(grant, redirect_uri)


class RefreshToken(grants.RefreshTokenGrant):  # type: ignore[misc]  # authlib is untyped
    """Rotated: each use gives a new one. `request.loaded` is set before."""

    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh | None:
        found = self.request.loaded
        issuer: Issuer = self.server.issuer
        return found if isinstance(found, Refresh) and issuer.lives(found.until, issuer.refresh_lifetime) else None

    def authenticate_user(self, refresh_token: Refresh) -> Granted:
        return refresh_token.granted

    def _validate_token_scope(self, token: Refresh) -> None:
        """authlib compares words; `user/Patient.r` is a part of `user/*.rs` all the same.

        A registration that has become narrower since narrows here too.
        """
        form = self.request.form
        asked = granted.part(token.get_scope(), form.get("scope"))
        form["scope"], _ = granted.narrow(self.server.issuer.granular, self.request.client, asked, person=True)

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """The endpoint spends it, before anything is answered."""


class ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]  # authlib is untyped
    """For systems that proved themselves by an assertion."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("private_key_jwt",)

    def validate_requested_scope(self) -> None:
        client = self.request.client
        scope, purpose = granted.narrow(self.server.issuer.granular, client, self.request.payload.scope, person=False)
        name = client.client_id
        self.request.granted = Granted(granted.identifier(), name, name, "", scope, purpose, client_mark=client.mark)


class Core(AuthorizationServer):  # type: ignore[misc]  # authlib is untyped
    """authlib's server for one request: it knows one client, and writes nothing."""

    def __init__(self, issuer: Issuer, client: Client | None) -> None:
        super().__init__()
        self.issuer, self.client = issuer, client
        self.register_grant(AuthorizationCode, [Proof(required=True)])
        self.register_grant(RefreshToken)
        self.register_grant(ClientCredentials)
        self.register_token_generator("default", _named)

    def query_client(self, client_id: str) -> Client | None:
        return self.client if self.client and self.client.client_id == client_id else None

    def authenticate_client(self, request: Request, methods: tuple[str, ...], endpoint: str = "token") -> Client:
        """The client proven before the grant runs, since a `jti` is used up asynchronously."""
        client: Client | None = request.client
        if client is None or request.auth_method not in methods:
            raise InvalidClientError("the client cannot authenticate so for this grant")
        return client

    def save_token(self, token: dict[str, Any], request: Request) -> None:
        """The endpoint keeps it."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""


def run(core: Core, request: Request) -> tuple[Granted, str, bool]:
    """What the token request is entitled to: the grant, its scope, and whether a refresh token comes with it.

    Raises OAuth2Error.
    """
    grant = core.get_token_grant(request)
    grant.validate_token_request()
    _, entitled, _ = grant.create_token_response()
    found = entitled["granted"] or request.granted
    if not isinstance(found, Granted):
        raise InvalidGrantError("nothing was granted")
    return found, entitled["scope"] if entitled["granted"] else found.scope, entitled["refresh"]


def _named(
    grant_type: str,
    client: Client,
    user: Granted | None = None,
    scope: str | None = None,
    expires_in: int | None = None,
    include_refresh_token: bool = True,
) -> dict[str, Any]:
    """authlib's token generator: what is to be signed; signing waits until the code or token was spent."""
    return {"granted": user, "scope": scope, "refresh": include_refresh_token}
