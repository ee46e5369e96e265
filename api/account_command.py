"""tsunagu account: who may sign in here; each command is on the trail, and ends what it says at once, in every process.

docs/oauth.md, "accounts"
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from api import clock, os_fault
from api import settings as app_settings
from api.oauth import accounts
from api.oauth.attempts import Attempts
from api.oauth.events import Events
from api.settings import SettingsFault
from resources.store import open as stores
from resources.store.port import Store, Unavailable

app = typer.Typer(name="account", no_args_is_help=True, help="サインインする人の登録 / who may sign in")

Name = Annotated[str, typer.Argument(help="サインインの名前 / the name to sign in with")]
Work = Callable[[Store, str], Awaitable[bool]]

_PERSON = "Practitioner/"


@app.command()
def add(name: Name, person: Annotated[str, typer.Option(help="本人 / who it is: Practitioner/id")]) -> None:
    """登録し、最初のパスワードを一度だけ表示する / Add an account, and show its first password once."""
    if not person.startswith(_PERSON) or len(person) == len(_PERSON):
        _stop(f"`{person}` は Practitioner/id ではありません / `{person}` is no Practitioner/id")
    password = secrets.token_urlsafe(15)

    async def added(store: Store, name: str) -> bool:
        if await store.vault.look(*accounts.place(f"{accounts.SUBJECT}{name}")) is not None:
            _stop(f"`{name}` は登録済みです / `{name}` is there already: `tsunagu account reset`")
        await accounts.enrol(store.vault, name, password, person)
        return True

    _done(name, added, "account added", f"{name} {password}")


@app.command()
def reset(
    name: Name,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="確認コードの設定も消す / take one-time passwords away too")
    ] = False,
) -> None:
    """新しいパスワードを表示し、それまでのすべてを終わらせる / Show a new password; everything before it ends."""
    password = secrets.token_urlsafe(15)

    async def renewed(store: Store, name: str) -> bool:
        person = await accounts.person(store.vault, name)
        if person:
            await accounts.enrol(store.vault, name, password, person)
            await Attempts(store.vault, clock.system).release(name)
        if person and second_factor:
            await accounts.show_second(store.vault, name, "")
        return bool(person)

    _done(name, renewed, "account reset", f"{name} {password}")


@app.command()
def lock(name: Name) -> None:
    """すべてを終わらせ、解除までサインインさせない / Everything ends, and nobody signs in until it is unlocked."""
    _done(name, lambda store, name: accounts.lock(store.vault, name), "account locked")


@app.command()
def unlock(name: Name) -> None:
    """ロックと、失敗による待ち時間を解く / Undo a lock, and the wait that failures of others have caused."""

    async def unlocked(store: Store, name: str) -> bool:
        await Attempts(store.vault, clock.system).release(name)
        return await accounts.unlock(store.vault, name)

    _done(name, unlocked, "account unlocked")


@app.command()
def remove(name: Name) -> None:
    """登録を消し、すべてを終わらせる / Remove the account; everything ends."""

    async def removed(store: Store, name: str) -> bool:
        there = bool(await accounts.person(store.vault, name))
        await accounts.remove(store.vault, name)
        return there

    _done(name, removed, "account removed")


def _done(name: str, work: Work, asked: str, said: str = "") -> None:
    try:
        found = asyncio.run(_at_work(accounts.folded(name), work, asked))
    except Unavailable as fault:
        _stop(f"{' '.join(getattr(fault, '__notes__', []))} / {fault}")
    except OSError as fault:
        _stop(os_fault.sentence(fault))
    except SettingsFault as fault:
        _stop(str(fault))
    if not found:
        _stop(f"`{name}` は登録されていません / there is no account `{name}`")
    print(said or f"{asked}: {name}")


async def _at_work(name: str, work: Work, asked: str) -> bool:
    """What was done is put on the trail with whom it is about, whose account may be gone afterwards."""
    settings = app_settings.read()
    stores.standing(settings.store_address)
    store = stores.opened(settings.store_address)
    await store.open()
    try:
        before = await accounts.person(store.vault, name)
        if not await work(store, name):
            return False
        about = before or await accounts.person(store.vault, name)
        await Events(store.trail.append, clock.system).note(None, "administration", asked, about=about)
        return True
    finally:
        await store.close()


def _stop(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(2)
