"""Accounts of persons who sign in here: a password hashed with argon2, and a lock after repeated failures.

https://www.rfc-editor.org/rfc/rfc9106
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import anyio
import orjson
from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.oauth.issuer import digest
from resources.store.port import Vault

T = TypeVar("T")

MOST_FAILURES = 5
LOCKED_FOR = 15 * 60

_LONGEST_PASSWORD = 1024
_hasher = PasswordHasher()
_threads = anyio.CapacityLimiter(2)  # each verification takes 64 MiB


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is what is typed at the sign-in, `person` is `Practitioner/id`, of a citizen `Patient/id` or
    `RelatedPerson/id`."""

    name: str
    person: str


class Locked(Exception):
    """Too many failures for this name: nothing is verified until the lock ends."""


async def enrol(vault: Vault, name: str, password: str, person: str) -> None:
    """Keep the account, in place of an older one of this name."""
    hashed = await _in_thread(lambda: _hasher.hash(password))
    await vault.replace("oauth-account", name, orjson.dumps({"hash": hashed, "person": person}))


async def remove(vault: Vault, name: str) -> None:
    """No sign-in and no refresh from now on; an access token out already lives to its end."""
    await vault.take("oauth-account", name)


async def find(vault: Vault, name: str) -> Account | None:
    kept = await vault.look("oauth-account", name)
    return Account(name, orjson.loads(kept)["person"]) if kept else None


async def verified(vault: Vault, name: str, password: str, now: float) -> Account | None:
    """The account where the password is its own, None otherwise. Raises Locked.

    An attempt takes one of a few places before the password is looked at, and a success gives all of them back: so
    guesses made at once count too. A name that does not exist is locked and takes time like one that does.
    """
    if not await _take_place(vault, name, now):
        raise Locked
    kept = await vault.look("oauth-account", name)
    account = orjson.loads(kept) if kept else {"hash": _of_nobody(), "person": ""}
    matches = await _in_thread(lambda: _matches(account["hash"], password[:_LONGEST_PASSWORD]))
    if not matches or kept is None:
        return None
    for number in range(MOST_FAILURES):
        await vault.take("oauth-sign-in", _place(name, number))
    return Account(name, account["person"])


async def _take_place(vault: Vault, name: str, now: float) -> bool:
    until = now + LOCKED_FOR
    for number in range(MOST_FAILURES):
        place = _place(name, number)
        taken = await vault.look("oauth-sign-in", place)
        if taken is not None and float(taken) <= now:
            await vault.take("oauth-sign-in", place)
        if await vault.keep("oauth-sign-in", place, str(until).encode(), until=until):
            return True
    return False


def _place(name: str, number: int) -> str:
    return f"{digest(name)} {number}"


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _of_nobody() -> str:
    return _hasher.hash("")


async def _in_thread(work: Callable[[], T]) -> T:
    return await to_thread.run_sync(work, limiter=_threads)
