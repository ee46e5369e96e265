"""From the Authorization header of a request to the actor: identity only, never a decision.

https://www.rfc-editor.org/rfc/rfc6750
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from api.oauth import access_token, dpop
from api.oauth.dpop import Shown
from api.oauth.issuer import AHEAD, Issuer, digest
from api.oauth.standing import Standing
from consent import vocabulary
from consent.actor import Actor
from resources.record.problem import Problem

_MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    """A verified token, kept under its digest until it expires."""

    actor: Actor
    standing: Standing
    since: float
    until: float
    jkt: str


class Bearer:
    TOO_NARROW = 'Bearer realm="tsunagu", error="insufficient_scope"'
    """The WWW-Authenticate value of a 403 that a wider scope would not have had (RFC 6750 section 3.1)."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def actor(
        self, authorization: str | None, request_id: str, now: datetime, shown: Shown | None = None
    ) -> Actor:
        """Who asks; an anonymous actor where there is no header. Raises Problem `login` where the token is not good.

        A signature is verified once. Whether grant, client and account still stand is asked at every request, by point
        reads: so what ends, ends in every process at once.
        """
        if authorization is None:
            return Actor("", "", "", "", (), now, request_id)
        kind, _, token = authorization.partition(" ")
        known = self._verified(token.strip(), now) if kind.lower() in ("bearer", "dpop") else None
        # A token that is bound to a key is worth nothing without it, and one that is not is no bound one.
        if known and (known.jkt or kind.lower() == "dpop"):
            known = known if kind.lower() == "dpop" and await self._proves(known, token.strip(), shown) else None
        if known is None or not await known.standing.holds():
            raise Problem.of(
                "login",
                "the access token is not valid here, has expired, or was revoked",
                "アクセストークンが無効か、期限切れか、取り消されています",
            )
        return known.actor.at(now, request_id)

    @staticmethod
    def challenge(authorization: str | None) -> str:
        """The WWW-Authenticate value of a 401; without a token it names no error (RFC 6750 section 3.1)."""
        if authorization is None:
            return 'Bearer realm="tsunagu"'
        if authorization[:5].lower() == "dpop ":
            return f'DPoP realm="tsunagu", error="invalid_token", algs="{" ".join(dpop.ALGORITHMS)}"'
        return 'Bearer realm="tsunagu", error="invalid_token"'

    async def _proves(self, known: _Known, token: str, shown: Shown | None) -> bool:
        if not known.jkt or shown is None:
            return False
        try:
            return await dpop.thumbprint(self.issuer, shown, token) == known.jkt
        except dpop.Unproven:
            return False

    def _verified(self, token: str, now: datetime) -> _Known | None:
        name = digest(token)
        known = self._known.get(name)
        if known is None:
            claims = access_token.verified(self.issuer, token, now.timestamp())
            if claims is None or not access_token.has_begun(claims, now.timestamp()):
                return None
            chosen = _purpose(claims["extensions"]["ihe_iua"]["purpose_of_use"])
            if not chosen:
                return None
            person = access_token.person(self.issuer, claims)
            actor = Actor(
                client=claims["client_id"],
                person=person,
                organization=claims["organization"],
                purpose=chosen,
                scopes=self.issuer.granular.resolved(claims["scope"], person, claims.get("patient", "")),
                now=now,
                request="",
            )
            known = self._known[name] = _Known(
                actor,
                Standing(self.issuer, access_token.given(claims)),
                claims["iat"],
                claims["exp"],
                claims.get("cnf", {}).get("jkt", ""),
            )
            if len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
        if not known.since - AHEAD <= now.timestamp() < known.until:
            self._known.pop(name, None)
            return None
        return known


def _purpose(said: list[dict[str, str]]) -> str:
    """The one purpose of a token, by system and code; empty where no token can have it (P12)."""
    found = [vocabulary.coded_purpose(each.get("system", ""), each.get("code", "")) for each in said]
    return found[0] if len(found) == 1 and found[0] != vocabulary.INSTALLATION else ""
