"""What rests on a sign-in at a provider of others stands as long as that sign-in is kept and nobody there ended it.

https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions; docs/oauth.md, "a city's own provider"
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from api.oauth.issuer import Issuer, digest
from resources.store import passed

_KEPT, _ENDED = "oauth-outside-kept", "oauth-outside-ended"
_LONGEST_SESSION = 3600


@dataclass(frozen=True, slots=True)
class Came:
    """From where somebody came who signed in elsewhere: what it is called, since when they are signed in there (nought
    for now), and the name of that sign-in, on which everything here rests; empty where it was here."""

    via: str = ""
    since: int = 0
    rests: str = ""


def name(provider: str, sid: str, subject: str, at: float) -> str:
    """A new name for a sign-in: whose it is, a session's there or a person's where none is said, and when it was."""
    whose = of_session(provider, sid) if sid else of_person(provider, subject)
    return f"{whose} {_thousandths(at)} {secrets.token_urlsafe(12)}"


def of_session(provider: str, sid: str) -> str:
    return digest(orjson.dumps([provider, "sid", sid]).decode())


def of_person(provider: str, subject: str) -> str:
    """For the sign-ins of a person of which the provider did not name the session."""
    return digest(orjson.dumps([provider, "sub", subject]).decode())


def places(rests: str) -> tuple[tuple[str, str], ...]:
    """Where in the vault it is seen whether the sign-in stands; nowhere for one that was here."""
    return ((_KEPT, rests), (_ENDED, rests.partition(" ")[0])) if rests else ()


def stands(rests: str, found: Sequence[bytes | None]) -> bool:
    """`found` is what is at its places."""
    if not rests:
        return True
    kept, ended = found
    return kept is not None and (ended is None or int(ended) < int(rests.split()[1]))


async def keep(issuer: Issuer, rests: str, refresh: str, seconds: int) -> None:
    """The sign-in stands so long from now on; `refresh` is what the provider can be asked with, or empty."""
    await issuer.vault.replace(_KEPT, rests, refresh.encode(), until=issuer.now() + seconds)


async def kept(issuer: Issuer, rests: str) -> str:
    return (await issuer.vault.look(_KEPT, rests) or b"").decode()


async def end(issuer: Issuer, rests: str) -> None:
    """This sign-in, and everything that rests on it."""
    await issuer.vault.take(_KEPT, rests)


async def end_all(issuer: Issuer, whose: str) -> None:
    """Every sign-in until now of a session or a person there, also one on its way back."""
    until = issuer.now() + _LONGEST_SESSION + issuer.longest + passed.MARGIN
    await issuer.vault.replace(_ENDED, whose, str(_thousandths(issuer.clock().timestamp())).encode(), until=until)


def _thousandths(at: float) -> int:
    """Who signs out and in again does so within a second."""
    return int(at * 1000)
