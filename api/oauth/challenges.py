"""Challenges for passkeys: each is answered once, within minutes, in the browser and for the purpose it was made for.

https://www.w3.org/TR/webauthn-3/#sctn-cryptographic-challenges
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from api.oauth import granted
from api.oauth.issuer import Issuer, digest
from api.oauth.session import Session
from api.oauth.webauthn import LIVES

_KIND = "oauth-challenge"


@dataclass(frozen=True, slots=True)
class Challenge:
    """`said` is what is signed. `session` is empty where somebody signs in, and otherwise whose passkey is made.

    `query` is the authorization request to go on with, `name` what the new passkey is to be called.
    """

    said: str
    browser: str
    session: str = ""
    query: str = ""
    name: str = ""


async def to_sign_in(issuer: Issuer, current: Session, query: str) -> Challenge:
    return await _kept(issuer, Challenge(granted.identifier(), digest(current.browser), query=query))


async def to_make(issuer: Issuer, current: Session, name: str) -> Challenge:
    made = Challenge(granted.identifier(), digest(current.browser), digest(current.cookie), name=name)
    return await _kept(issuer, made)


async def answered(issuer: Issuer, current: Session, said: str, *, making: bool) -> Challenge | None:
    """The challenge, used up by this; None where it was answered, is over, or was another browser's or session's."""
    content = await issuer.vault.take(_KIND, digest(said))
    found = Challenge(**orjson.loads(content)) if content else None
    session = digest(current.cookie) if making else ""
    return found if found and (found.browser, found.session) == (digest(current.browser), session) else None


async def _kept(issuer: Issuer, made: Challenge) -> Challenge:
    await issuer.vault.keep(_KIND, digest(made.said), orjson.dumps(asdict(made)), until=issuer.now() + LIVES)
    return made
