"""Signing in with a passkey: one act that shows something one has and, to it, a finger, a face or a PIN.

The device has verified its owner, and says so under the signature: that is two factors, and no site can phish them.
https://pages.nist.gov/800-63-4/sp800-63b.html#multifactorcrypto and https://www.w3.org/TR/webauthn-3/
"""

from __future__ import annotations

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import accounts, challenges, passkeys, session
from api.oauth.accounts import Account
from api.oauth.entrance import Entrance
from api.oauth.issuer import Issuer
from api.oauth.passkey import Passkey
from api.pages import passkey as pages
from api.pages import sign_in

MEANS = ("pop", "user", "mfa")
"""https://www.rfc-editor.org/rfc/rfc8176#section-2"""


class PasskeySignIn:
    def __init__(self, issuer: Issuer, entrance: Entrance) -> None:
        self.issuer, self.entrance = issuer, entrance

    async def ask(self, http: HttpRequest) -> Response:
        """The page that asks the browser for a passkey, whoever's: no name is typed, so none can be tried out."""
        sent = await self.entrance.before(http)
        if isinstance(sent, Response):
            return sent
        form, current = sent
        if not self.issuer.ceremonies.possible:
            return sign_in.refused(404, "there are no passkeys at a bare address")
        challenge = await challenges.to_sign_in(self.issuer, current, form.get("query", ""))
        options = self.issuer.ceremonies.to_sign(challenge.said)
        page = pages.asked(current.entry, challenge.said, options, challenge.query)
        return session.remember(self.issuer, http, page, current)

    async def enter(self, http: HttpRequest) -> Response:
        """Judge what the browser said; then on to what was asked for before. A failure counts as a wrong password."""
        sent = await self.entrance.before(http)
        if isinstance(sent, Response):
            return sent
        form, current = sent
        said, ways = form.get("said", ""), self.issuer.ways
        challenge = await challenges.answered(self.issuer, current, form.get("challenge", ""), making=False)
        if challenge is None:
            return sign_in.sign_in(current.entry, ways=ways, wrong="over")
        account, passkey = await self._named(said)
        name, query = account.name if account else "", challenge.query
        who = await self.entrance.who(http, current, name)
        if seconds := await self.entrance.attempts.wait(who):
            return sign_in.sign_in(current.entry, query, ways=ways, wrong="wait", seconds=seconds)
        if account is None or passkey is None or not await self._signed(http, said, challenge.said, account, passkey):
            await self.entrance.failed(http, name, who, "sign-in with a passkey")
            return sign_in.sign_in(current.entry, query, ways=ways, wrong="passkey")
        await self.entrance.attempts.forgive(who)
        return await self.entrance.entered(http, current, account, query, MEANS)

    async def _named(self, said: str) -> tuple[Account | None, Passkey | None]:
        named = self.issuer.ceremonies.named(said)
        account = await accounts.of_handle(self.issuer.vault, named[1]) if named else None
        return account, passkeys.named(account, named[0]) if account and named else None

    async def _signed(self, http: HttpRequest, said: str, challenge: str, account: Account, passkey: Passkey) -> bool:
        count = self.issuer.ceremonies.signed(said, challenge, passkey)
        if count is None:
            return False
        if await passkeys.used(self.issuer, account, passkey.id, count):
            return True
        if count <= passkey.count:
            asked = "a passkey whose count went back: there may be two of it"
            await self.issuer.events.note(http, "security-alert", asked, about=account.person, allowed=False)
        return False
