"""The second thing that a person shows at the sign-in, where they have set it up; and setting it up.

https://pages.nist.gov/800-63-4/sp800-63b.html#singlefactorOTP
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import accounts, granted, one_time, session
from api.oauth.accounts import Account
from api.oauth.entrance import Entrance
from api.oauth.issuer import Issuer, digest
from api.oauth.resting import Came
from api.oauth.session import Session
from api.pages import sign_in as pages

WITH_PASSWORD = ("pwd",)
"""https://www.rfc-editor.org/rfc/rfc8176#section-2"""

_KIND = "oauth-second"
_LIVES = 300
_HERE = Came()


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who gave the right password, or came from a provider of others, in one browser, and has yet to give the
    digits. `means` are what was shown, the last three what `Came` says."""

    name: str
    mark: str
    query: str
    browser: str
    means: tuple[str, ...] = WITH_PASSWORD
    via: str = ""
    since: int = 0
    rests: str = ""

    @property
    def came(self) -> Came:
        return Came(self.via, self.since, self.rests)


class SecondFactor:
    def __init__(self, issuer: Issuer, entrance: Entrance) -> None:
        self.issuer, self.entrance = issuer, entrance

    async def asked(
        self,
        current: Session,
        account: Account,
        query: str,
        means: tuple[str, ...] = WITH_PASSWORD,
        came: Came = _HERE,
    ) -> Response:
        """The page that asks for digits or a passkey; whoever has it has shown `means` in this browser."""
        name = granted.identifier()
        browser, origin = digest(current.browser), (came.via, came.since, came.rests)
        kept = orjson.dumps(Pending(account.name, account.mark, query, browser, means, *origin))
        await self.issuer.vault.keep(_KIND, digest(name), kept, until=self.issuer.now() + _LIVES)
        return pages.second(current.entry, name, query, digits=bool(account.secret), passkey=bool(account.passkeys))

    async def pending(self, current: Session, form: dict[str, str]) -> tuple[Account, Pending] | None:
        """Whose digits are awaited, and after what; None where it is over, or in another browser."""
        content = await self.issuer.vault.look(_KIND, digest(form.get("pending", "")))
        if content is None:
            return None
        found = Pending(**orjson.loads(content))
        account = await accounts.find(self.issuer.vault, found.name)
        good = account and account.mark == found.mark and found.browser == digest(current.browser)
        return (account, found) if account and good else None

    async def proves(self, account: Account, said: str) -> bool:
        """Whether these are the digits of now, and nobody has used them yet."""
        return bool(account.secret) and await self._right(account.name, account.secret, said)

    async def over(self, form: dict[str, str]) -> bool:
        """The page was answered: of two answers at once, one counts."""
        return await self.issuer.vault.take(_KIND, digest(form.get("pending", ""))) is not None

    async def show(self, http: HttpRequest) -> Response:
        """The page on which it is set up, with a secret that nothing keeps until digits of it come back."""
        current = await session.of(self.issuer, http)
        if current.account is None:
            page = pages.sign_in(current.entry, ways=self.issuer.ways)
            return session.remember(self.issuer, http, page, current)
        return self._setting_up(current, one_time.new_secret())

    async def again(self, http: HttpRequest, current: Session, account: Account, form: dict[str, str]) -> int | bool:
        """Whether who is signed in has shown the password once more, and digits where there are some.

        A number is that of the seconds to wait. A failure counts as one of the sign-in does.
        """
        who = await self.entrance.who(http, current, account.name)
        if seconds := await self.entrance.attempts.wait(who):
            return seconds
        right = await accounts.verified(self.issuer.vault, account.name, form.get("password", ""))
        if not right or (account.secret and not await self.proves(account, form.get("code", ""))):
            await self.entrance.failed(http, account.name, who)
            return False
        await self.entrance.attempts.forgive(who)
        return True

    async def set_up(self, http: HttpRequest) -> Response:
        """Keep the secret, once the password, and digits of it and of one before, have come back.

        Everything of the account ends then.
        """
        sent = await self.entrance.inside(http)
        if isinstance(sent, Response):
            return sent
        form, current, account = sent
        secret = form.get("secret", "")
        who = await self.entrance.who(http, current, account.name)
        if seconds := await self.entrance.attempts.wait(who):
            return pages.too_often(seconds)
        right = await accounts.verified(self.issuer.vault, account.name, form.get("password", ""))
        if right and account.secret:
            right = account if await self.proves(account, form.get("before", "")) else None
        if not right or len(secret) != 32 or not await self._right(account.name, secret, form.get("code", "")):
            await self.entrance.failed(http, account.name, who)
            return self._setting_up(current, secret if len(secret) == 32 else one_time.new_secret(), wrong=True)
        await self.entrance.attempts.forgive(who)
        await accounts.show_second(self.issuer.vault, account.name, secret)
        await self.issuer.events.note(http, "administration", "one-time passwords set up", person=account.person)
        return pages.second_done()

    def _setting_up(self, current: Session, secret: str, *, wrong: bool = False) -> Response:
        account = current.account
        assert account is not None
        address = one_time.address(secret, account.name, self.issuer.url)
        return pages.second_set_up(
            current.csrf, account.name, secret, address, digits=bool(account.secret), wrong=wrong
        )

    async def _right(self, name: str, secret: str, said: str) -> bool:
        now = self.issuer.clock().timestamp()
        try:
            step = one_time.matching(secret, said, now)
        except ValueError:
            return False
        return step is not None and await self.issuer.spend("one-time", f"{name} {secret} {step}", now + 120)
