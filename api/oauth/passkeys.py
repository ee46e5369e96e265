"""The passkeys of an account: added, used and removed; each change of them ends everything that the account had open.

https://pages.nist.gov/800-63-4/sp800-63b.html#multi-factor-cryptographic-authentication
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from api.oauth import accounts
from api.oauth.accounts import Account
from api.oauth.issuer import Issuer
from api.oauth.passkey import Passkey

MOST = 10
"""Of one account."""

Kept = list[dict[str, Any]]


def named(account: Account, id: str) -> Passkey | None:
    """The account's passkey of this id."""
    return next((each for each in account.passkeys if each.id == id), None)


async def add(issuer: Issuer, account: Account, passkey: Passkey) -> Account | None:
    """The account with the passkey, and under a new mark; None where it was changed meanwhile, or has too many."""

    def added(kept: Kept) -> Kept | None:
        fits = len(kept) < MOST and all(each["id"] != passkey.id for each in kept)
        return [*kept, asdict(passkey)] if fits else None

    return await _changed(issuer, account, added, mark=accounts.new_mark())


async def remove(issuer: Issuer, account: Account, id: str) -> Account | None:
    """The account without the passkey, and under a new mark; None where it was changed meanwhile."""

    def left(kept: Kept) -> Kept | None:
        others = [each for each in kept if each["id"] != id]
        return others if len(others) < len(kept) else None

    return await _changed(issuer, account, left, mark=accounts.new_mark())


async def used(issuer: Issuer, account: Account, id: str, count: int) -> bool:
    """Note that it has signed so often; False where it had signed as often before, so that there are two of it.

    One that never counts says nought every time. https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
    """

    def counted(kept: Kept) -> Kept | None:
        fits = any(each["id"] == id and (count > each["count"] or count == each["count"] == 0) for each in kept)
        return [each | {"count": count} if each["id"] == id else each for each in kept] if fits else None

    return await _changed(issuer, account, counted, mark=account.mark) is not None


async def _changed(
    issuer: Issuer, account: Account, made: Callable[[Kept], Kept | None], *, mark: str
) -> Account | None:
    def changed(fields: dict[str, Any]) -> dict[str, Any] | None:
        if fields.get("locked") or fields.get("mark") != account.mark:
            return None
        kept = made(fields.get("passkeys", []))
        return None if kept is None else fields | {"passkeys": kept, "mark": mark}

    content = await accounts.change(issuer.vault, account.name, changed)
    return accounts.read(account.name, content) if content else None
