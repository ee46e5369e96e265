"""Accounts of persons who sign in here: a password hashed with argon2, and a mark that all that rests on them carries.

https://www.rfc-editor.org/rfc/rfc9106
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import anyio
import orjson
from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.oauth.passkey import Passkey
from resources.store.port import Vault

T = TypeVar("T")

SUBJECT = "account:"
"""Begins the `sub` of a person, and no client's id: the two are never taken for one another."""

_KIND, _NAMES, _HANDLE = "oauth-account", "oauth-account-names", "oauth-account-handle"
_LONGEST_PASSWORD = 1024
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""What OWASP asks for at least, and no more: nobody chooses a password here, each is made at random (96 bits or more).

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""
_threads = anyio.CapacityLimiter(2)  # each verification takes 19 MiB


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is what is typed at the sign-in, `person` is `Practitioner/id`, of a citizen `Patient/id` or
    `RelatedPerson/id`, `secret` that of one-time passwords, `handle` what passkeys call it: nothing of a person.

    Sessions, codes and tokens carry the `mark` they were given under, and end everywhere once it is another.
    """

    name: str
    person: str
    mark: str = ""
    secret: str = ""
    passkeys: tuple[Passkey, ...] = ()
    handle: str = ""

    @property
    def wants_more(self) -> bool:
        """Whether the password alone signs nobody in."""
        return bool(self.secret or self.passkeys)

    @property
    def subject(self) -> str:
        return f"{SUBJECT}{self.name}"


def folded(name: str) -> str:
    """A name as it is kept: full-width letters, as a Japanese keyboard makes them, are plain ones."""
    return unicodedata.normalize("NFKC", name[:256]).strip()


async def enrol(vault: Vault, name: str, password: str, person: str) -> None:
    """Keep the account, in place of an older one of this name, of which everything ends: this is the reset as well.

    The one-time passwords of the same person stay, since they sign nobody in alone. Passkeys do, and end.
    """
    hashed = await _in_thread(lambda: _hasher.hash(password))
    before = orjson.loads(await vault.look(_KIND, folded(name)) or b"{}")
    stays = ("secret", "handle", "linked") if before.get("person") == person else ()
    kept = {"hash": hashed, "person": person, "mark": new_mark()} | {
        each: before[each] for each in stays if each in before
    }
    await vault.replace(_KIND, folded(name), orjson.dumps(kept))
    known = await names(vault)
    if folded(name) not in known:
        await vault.replace(_NAMES, "", orjson.dumps([*known, folded(name)]))


async def names(vault: Vault) -> list[str]:
    """The names of the accounts that are kept, in order."""
    return sorted(orjson.loads(await vault.look(_NAMES, "") or b"[]"))


async def show_second(vault: Vault, name: str, secret: str) -> bool:
    """From now on the account asks for one-time passwords of this secret; for none any more, where it is empty."""
    return await _changed(vault, name, {"secret": secret})


async def handle(vault: Vault, name: str) -> str:
    """What passkeys call the account, made when it is first asked for; empty where there is none."""
    kept = await change(vault, name, lambda fields: {"handle": secrets.token_urlsafe(32)} | fields)
    found = str(orjson.loads(kept)["handle"]) if kept else ""
    if found:
        await vault.replace(_HANDLE, found, folded(name).encode())
    return found


async def of_handle(vault: Vault, said: str) -> Account | None:
    """The account that passkeys call so, None where there is none or it is locked."""
    name = await vault.look(_HANDLE, said[:256])
    account = await find(vault, name.decode()) if name else None
    return account if account and account.handle == said else None


async def end_everything(vault: Vault, name: str) -> bool:
    """End all sessions, codes and tokens of the account at once, in every process; False where there is none."""
    return await _changed(vault, name, {})


async def lock(vault: Vault, name: str) -> bool:
    """Everything ends, passkeys too, and nobody signs in until it is unlocked; False where there is no such account."""
    return await _changed(vault, name, {"locked": True, "passkeys": []})


async def unlock(vault: Vault, name: str) -> bool:
    return await _changed(vault, name, {"locked": False})


async def remove(vault: Vault, name: str) -> None:
    """The account is gone, and everything that rested on it."""
    gone = orjson.loads(await vault.take(_KIND, folded(name)) or b"{}")
    await vault.take(_HANDLE, gone.get("handle", ""))
    await vault.replace(_NAMES, "", orjson.dumps([each for each in await names(vault) if each != folded(name)]))


async def find(vault: Vault, name: str) -> Account | None:
    """The account, None where there is none or it is locked."""
    return read(name, await vault.look(_KIND, name))


async def person(vault: Vault, name: str) -> str:
    """Whose account it is, locked or not; empty where there is none."""
    content = await vault.look(_KIND, name)
    return str(orjson.loads(content)["person"]) if content else ""


def place(subject: str) -> tuple[str, str]:
    """Where in the vault the account of a `sub` is kept; nothing is there for one that is no person's."""
    return _KIND, subject.removeprefix(SUBJECT) if subject.startswith(SUBJECT) else ""


def read(name: str, content: bytes | None) -> Account | None:
    """The account that was kept so, None where it is none or locked."""
    fields: dict[str, Any] = orjson.loads(content) if content else {"locked": True}
    if fields.get("locked"):
        return None
    passkeys = tuple(Passkey(**each) for each in fields.get("passkeys", ()))
    return Account(
        name, fields["person"], fields.get("mark", ""), fields.get("secret", ""), passkeys, fields.get("handle", "")
    )


async def verified(vault: Vault, name: str, password: str) -> Account | None:
    """The account where the password is its own, None otherwise; a name that does not exist takes as long."""
    content = await vault.look(_KIND, name)
    hashed = orjson.loads(content)["hash"] if content else _of_nobody()
    said = password[:_LONGEST_PASSWORD]
    if not await _in_thread(lambda: _matches(hashed, said)) or not content:
        return None
    if _hasher.check_needs_rehash(hashed):
        anew = await _in_thread(lambda: _hasher.hash(said))
        await change(vault, name, lambda kept: {**kept, "hash": anew} if kept["hash"] == hashed else None)
    return read(name, content)


async def change(vault: Vault, name: str, made: Callable[[dict[str, Any]], dict[str, Any] | None]) -> bytes | None:
    """Keep what is made of the account as it is at that moment; None where it is not there, or nothing is made of it.

    Of two who change it at once, the second sees what the first has made.
    """
    while (content := await vault.look(_KIND, folded(name))) is not None:
        after = made(orjson.loads(content))
        if after is None:
            return None
        if await vault.exchange(_KIND, folded(name), content, kept := orjson.dumps(after)):
            return kept
    return None


def new_mark() -> str:
    """With another mark everything that was given under the one before has ended."""
    return secrets.token_urlsafe(12)


async def _changed(vault: Vault, name: str, changes: dict[str, Any]) -> bool:
    return await change(vault, name, lambda fields: fields | changes | {"mark": new_mark()}) is not None


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
