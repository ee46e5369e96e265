"""Whether an id token of another's is for us, for this sign-in, of now; and who it says has signed in.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.oauth.options import Outside

LEEWAY = 60
"""Seconds that two clocks may differ."""

OLDEST = 600
"""Seconds since a token was made."""

_MOST_MEANS, _LONGEST_MEANS, _LONGEST_NAME = 10, 40, 255


@dataclass(frozen=True, slots=True)
class SaidOutside:
    """`subject` is who it is there, `sid` the session there or empty, `means` what was shown there; `enough` is whether
    that is what we ask for."""

    subject: str
    sid: str
    at: int
    means: tuple[str, ...]
    enough: bool


def judged(
    claims: Mapping[str, Any], outside: Outside, *, nonce: str, now: int, asked: float, anew: bool, dated: bool
) -> SaidOutside | None:
    """None where it is not as it must be. `asked` is when the person left for there, `anew` whether to sign in anew.

    `dated` is whether it must say when the person signed in there: to take now for it would be no answer to `max_age`.
    """
    subject, sid, since = claims.get("sub"), claims.get("sid"), claims.get("auth_time", now)
    right = (
        for_us(claims, outside)
        and of_now(claims, now)
        and claims.get("nonce") == nonce
        and is_name(subject)
        and (sid is None or is_name(sid))
        and _is_time(since)
    )
    if not right:
        return None
    fresh = ("auth_time" in claims or not dated) and (not anew or since >= asked - LEEWAY)
    if not fresh:
        return None
    means = _words(claims.get("amr"))
    enough = bool(set(outside.factors) & {*means, *_words([claims.get("acr")])})
    return SaidOutside(str(subject), str(sid or ""), min(int(since), now), means, enough)


def for_us(claims: Mapping[str, Any], outside: Outside) -> bool:
    """Whether a token is of this provider and for us, and not for somebody beside us unless it was made for us."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    return (
        claims.get("iss") == outside.issuer
        and outside.client in several
        and claims.get("azp", outside.client) == outside.client
        and (len(several) == 1 or "azp" in claims)
    )


def of_now(claims: Mapping[str, Any], now: int) -> bool:
    until, made = claims.get("exp", 0), claims.get("iat", 0)
    if not _is_time(until) or not _is_time(made):
        return False
    return bool(until > now - LEEWAY and now - OLDEST - LEEWAY < made <= now + LEEWAY)


def is_name(value: object) -> bool:
    """https://openid.net/specs/openid-connect-core-1_0.html#IDToken (`sub`)"""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1 << 40


def _words(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else []
    words = [each for each in listed if isinstance(each, str) and each.isascii() and each.isprintable()]
    return tuple(each for each in words if 0 < len(each) <= _LONGEST_MEANS)[:_MOST_MEANS]
