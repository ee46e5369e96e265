"""One-time passwords of an authenticator app: six digits that change twice a minute, each used once.

https://www.rfc-editor.org/rfc/rfc6238
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote

STEP, DIGITS = 30, 6
_BYTES = 20
_AROUND = (0, -1, 1)
"""The step that it is, and those beside it: telephones are not quite right."""


def new_secret() -> str:
    """In base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode()


def address(secret: str, account: str, issuer: str) -> str:
    """What opens an authenticator app with this secret in it."""
    label = quote(f"Tsunagu:{account}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP}"


def code(secret: str, step: int) -> str:
    """The digits of one step, counted from the beginning of Unix time."""
    seal = hmac.digest(base64.b32decode(secret), step.to_bytes(8), hashlib.sha1)
    place = seal[-1] & 0x0F
    number = int.from_bytes(seal[place : place + 4]) & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching(secret: str, said: str, now: float) -> int | None:
    """The step whose digits these are, None where they are of none around now."""
    typed = "".join(said.split())
    for ahead in _AROUND:
        step = int(now // STEP) + ahead
        if hmac.compare_digest(code(secret, step).encode(), typed.encode()):
            return step
    return None
