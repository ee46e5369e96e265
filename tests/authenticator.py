"""An authenticator in a test's hands: it says what a browser would, or whatever else it is told to say.

https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, MADE = 0x01, 0x04, 0x40


def options(page: httpx2.Response) -> dict[str, Any]:
    """What the page would have the browser do."""
    found = re.search(r'data-options="([^"]*)"', page.text)
    assert found, page.text
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


@dataclass
class Authenticator:
    """One device with one passkey; each argument of what it says may be another than is right."""

    origin: str
    rp: str = "localhost"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: str = ""
    count: int = 0

    def makes(self, told: dict[str, Any], **other: Any) -> str:
        self.handle = told["user"]["id"]
        public = other.get("public", ES256.from_cryptography_key(self.key.public_key()))
        credential = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor.encode(public)
        data = self._data(other.get("flags", PRESENT | VERIFIED | MADE), other) + credential
        attestation = other.get("attestation") or cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(other.get("id", self.id)),
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(self._client(told, "webauthn.create", other)),
                    "attestationObject": websafe_encode(attestation),
                },
            }
        )

    def signs(self, told: dict[str, Any], **other: Any) -> str:
        data = self._data(other.get("flags", PRESENT | VERIFIED), other)
        client = self._client(told, "webauthn.get", other)
        key = other.get("key", self.key)
        signature = key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = other.get("handle", self.handle)
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(other.get("id", self.id)),
                "type": "public-key",
                "response": {
                    "clientDataJSON": websafe_encode(client),
                    "authenticatorData": websafe_encode(data),
                    "signature": websafe_encode(signature),
                    **({"userHandle": handle} if handle is not None else {}),
                },
            }
        )

    def _data(self, flags: int, other: dict[str, Any]) -> bytes:
        rp = hashlib.sha256(other.get("rp", self.rp).encode()).digest()
        return rp + bytes([flags]) + int(other.get("count", self.count)).to_bytes(4)

    def _client(self, told: dict[str, Any], kind: str, other: dict[str, Any]) -> bytes:
        said = {
            "type": other.get("type", kind),
            "challenge": other.get("challenge", told["challenge"]),
            "origin": other.get("origin", self.origin),
            "crossOrigin": other.get("cross_origin", False),
        }
        return json.dumps(said).encode()
