"""The passkeys of who is signed in: a page that lists them, makes another, and removes one.

Each change asks for the password once more, and for digits where there are some: what makes keys to a door is no less
guarded than the door. https://pages.nist.gov/800-63-4/sp800-63b.html#binding
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Literal

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import accounts, challenges, passkeys, session
from api.oauth.accounts import Account
from api.oauth.entrance import Entrance
from api.oauth.issuer import Issuer
from api.oauth.passkey import Passkey
from api.oauth.second_factor import SecondFactor
from api.oauth.session import Session
from api.pages import passkey as pages
from api.pages import sign_in

LONGEST_NAME = 40


class OwnPasskeys:
    def __init__(self, issuer: Issuer, entrance: Entrance, second: SecondFactor) -> None:
        self.issuer, self.entrance, self.second = issuer, entrance, second

    async def show(self, http: HttpRequest) -> Response:
        current = await session.of(self.issuer, http)
        if current.account is None:
            page = sign_in.sign_in(current.entry, ways=self.issuer.ways)
        else:
            page = self._listed(current, current.account)
        return session.remember(self.issuer, http, page, current)

    async def ask(self, http: HttpRequest) -> Response:
        """The page that asks the browser to make one, once the password was right."""
        sent = await self.entrance.inside(http)
        if isinstance(sent, Response):
            return sent
        form, current, account = sent
        if not self.issuer.ceremonies.possible:
            return self._listed(current, account)
        if len(account.passkeys) >= passkeys.MOST:
            return self._listed(current, account, wrong="many")
        refused = await self._refused(http, current, account, form)
        if refused is not None:
            return refused
        handle = await accounts.handle(self.issuer.vault, account.name)
        name = _plain(form.get("name", "")) or f"パスキー {len(account.passkeys) + 1}"
        challenge = await challenges.to_make(self.issuer, current, name)
        return pages.making(
            current.csrf, challenge.said, self.issuer.ceremonies.to_make(account, handle, challenge.said), name
        )

    async def keep(self, http: HttpRequest) -> Response:
        """Keep what the browser has made; everything else of the account ends, and this browser goes on."""
        sent = await self.entrance.inside(http)
        if isinstance(sent, Response):
            return sent
        form, current, account = sent
        challenge = await challenges.answered(self.issuer, current, form.get("challenge", ""), making=True)
        made = self.issuer.ceremonies.made(form.get("said", ""), challenge.said) if challenge else None
        if made is None or challenge is None:
            return self._listed(current, account, wrong="passkey")
        new = Passkey(made.id, made.credential, challenge.name, self.issuer.now(), made.count)
        changed = await passkeys.add(self.issuer, account, new)
        return await self._changed(http, current, account, changed, "a passkey added")

    async def remove(self, http: HttpRequest) -> Response:
        sent = await self.entrance.inside(http)
        if isinstance(sent, Response):
            return sent
        form, current, account = sent
        refused = await self._refused(http, current, account, form)
        if refused is not None:
            return refused
        changed = await passkeys.remove(self.issuer, account, form.get("id", ""))
        return await self._changed(http, current, account, changed, "a passkey removed")

    async def _refused(
        self, http: HttpRequest, current: Session, account: Account, form: dict[str, str]
    ) -> Response | None:
        shown = await self.second.again(http, current, account, form)
        if shown is True:
            return None
        return sign_in.too_often(shown) if shown else self._listed(current, account, wrong="password")

    async def _changed(
        self, http: HttpRequest, current: Session, account: Account, changed: Account | None, asked: str
    ) -> Response:
        if changed is None:
            return self._listed(current, account, wrong="passkey")
        await self.issuer.events.note(http, "administration", asked, person=account.person)
        await session.leave(self.issuer, current)
        begun = await session.begin(
            self.issuer, current.browser, changed, current.means, replace(current.came, since=0)
        )
        return session.remember(self.issuer, http, self._listed(begun, changed, done=True), begun)

    def _listed(
        self,
        current: Session,
        account: Account,
        *,
        wrong: Literal["", "password", "passkey", "many"] = "",
        done: bool = False,
    ) -> Response:
        return pages.own(
            current.csrf,
            account.name,
            [(each.id, each.name, each.added) for each in account.passkeys],
            digits=bool(account.secret),
            possible=self.issuer.ceremonies.possible,
            wrong=wrong,
            done=done,
        )


def _plain(name: str) -> str:
    """A name as it is kept: full-width letters are plain ones, and nothing is in it that cannot be seen."""
    folded = unicodedata.normalize("NFKC", name[: 4 * LONGEST_NAME])
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] != "C").strip()[:LONGEST_NAME]
