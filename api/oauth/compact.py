"""How a compact JWS from outside is read: short, not deep, by named algorithms, unknown header members ignored.

https://www.rfc-editor.org/rfc/rfc7515#section-4 and https://www.rfc-editor.org/rfc/rfc8725
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

LONGEST = 16 * 1024
_MOST_OPENED = 64
"""Brackets in a header or a payload, and so how deep it can be."""


def header(token: str) -> dict[str, Any] | None:
    """What the header says, not yet believed; None where it cannot be read."""
    return _read(token, 0)


def claims(token: str) -> dict[str, Any] | None:
    """What the payload says, not yet believed; None where it cannot be read."""
    return _read(token, 1)


def verified(
    token: str, keys: jwk.KeySet | jwk.Key, algorithms: Collection[str]
) -> tuple[dict[str, Any], Mapping[str, Any]] | None:
    """Header and claims, None where form, algorithm, key or signature are not right; no claim is judged."""
    if header(token) is None or claims(token) is None:
        return None
    registry = jws.JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
    try:
        found = jwt.decode(token, keys, algorithms=list(algorithms), registry=registry)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return found.header, found.claims


def _read(token: str, place: int) -> dict[str, Any] | None:
    parts = token.split(".") if len(token) <= LONGEST and token.isascii() else []
    if len(parts) != 3:
        return None
    try:
        text = base64.b64decode(parts[place] + "=" * (-len(parts[place]) % 4), altchars=b"-_", validate=True)
        found = orjson.loads(text) if text.count(b"[") + text.count(b"{") <= _MOST_OPENED else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
