"""A registration that contradicts itself is not kept."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwk

from api.oauth import clients
from api.oauth.clients import Client
from api.oauth.purpose import CARE_MANAGEMENT
from consent import vocabulary

KEY = jwk.ECKey.generate_key("P-384", {"kid": "one"})
PUBLIC = {"keys": [KEY.as_dict(private=False)]}
SMALL = {"kty": "RSA", "kid": "small", "e": "AQAB", "n": base64.urlsafe_b64encode(b"\xc5" * 128).decode().rstrip("=")}
OTHER_CURVE = jwk.ECKey.generate_key("P-256", {"kid": "other"})
SYSTEM = Client(
    client_id="system",
    name="System",
    organization="Organization/agency",
    scope="system/*.rs",
    purposes=(CARE_MANAGEMENT,),
    grant_types=("client_credentials",),
    token_endpoint_auth_method="private_key_jwt",
    jwks=PUBLIC,
)
APP = replace(
    SYSTEM,
    client_id="app",
    grant_types=("authorization_code",),
    token_endpoint_auth_method="none",
    jwks={},
    redirect_uris=("https://app.example/back",),
)


@pytest.mark.parametrize("client", [SYSTEM, APP, replace(APP, redirect_uris=("jp.example.app:/back",))])
def test_a_client_is_found_as_it_was_registered(at: Any, client: Client) -> None:
    at.do(clients.register(at.vault, client))
    assert at.do(clients.find(at.vault, client.client_id)) == client


@pytest.mark.parametrize(
    ("client", "fault"),
    [
        (replace(SYSTEM, grant_types=("password",)), "not supported"),
        (replace(APP, grant_types=("authorization_code", "client_credentials")), "no client credentials"),
        (replace(SYSTEM, grant_types=("client_credentials", "refresh_token")), "refresh tokens"),
        (replace(APP, redirect_uris=()), "needs a redirect_uri"),
        (replace(APP, redirect_uris=("http://app.example/back",)), "neither https"),
        (replace(APP, redirect_uris=("https://app.example/back#x",)), "neither https"),
        (replace(APP, redirect_uris=("javascript:alert(1)",)), "neither https"),
        (replace(APP, redirect_uris=("https://city.example@evil.example/back",)), "neither https"),
        (replace(APP, redirect_uris=("https://*/back",)), "neither https"),
        (replace(APP, redirect_uris=("https://app.example:99999/back",)), "neither https"),
        (replace(APP, redirect_uris=("https://[::1/back",)), "neither https"),
        (replace(APP, redirect_uris=("https:///back",)), "neither https"),
        (replace(SYSTEM, jwks={}, jwks_uri="https://[::1/keys"), "jwks_uri is not https"),
        (replace(SYSTEM, jwks={}, jwks_uri="https://keys.example:99999/keys"), "jwks_uri is not https"),
        (replace(SYSTEM, jwks={}), "do not fit"),
        (replace(APP, jwks=PUBLIC), "do not fit"),
        (replace(SYSTEM, jwks={"keys": [KEY.as_dict(private=True)]}), "public RSA keys"),
        (
            replace(SYSTEM, jwks={"keys": [{"kty": "oct", "k": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0", "kid": "one"}]}),
            "public RSA keys",
        ),
        (replace(SYSTEM, jwks={"keys": "none"}), "public RSA keys"),
        (replace(SYSTEM, jwks={"keys": [SMALL]}), "2048 bits"),
        (replace(SYSTEM, jwks={"keys": [OTHER_CURVE.as_dict(private=False)]}), "P-384"),
        (replace(SYSTEM, jwks={"keys": PUBLIC["keys"] * 2}), "its own kid"),
        (replace(SYSTEM, purposes=("CAREMGT",)), "purpose"),
        (replace(SYSTEM, purposes=(vocabulary.INSTALLATION,)), "no token is for the installation"),
        (replace(SYSTEM, organization="agency"), "Organization/id"),
    ],
)
def test_a_contradiction_is_named(at: Any, client: Client, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        at.do(clients.register(at.vault, replace(client, client_id="contradiction")))
    assert at.do(clients.find(at.vault, "contradiction")) is None
