"""tsunagu account: who may sign in here; each command is on the trail, and ends what it says at once, in every process.

docs/oauth.md, "accounts"
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from api import clock
from api.commands import account_also, named_record, vault_command
from api.oauth import accounts, linked
from api.oauth.attempts import Attempts
from api.oauth.events import Events
from resources.store.port import Store

app = typer.Typer(name="account", no_args_is_help=True, help="サインインする人の登録 / who may sign in")

app.command()(account_also.also)

Name = Annotated[str, typer.Argument(help="サインインの名前 / the name to sign in with")]
Work = Callable[[Store, str], Awaitable[bool]]

LONGEST, LONGEST_SUBJECT = 100, 255
_OF_ANOTHER = "ほかの登録と結ばれています / it is linked to another account: unlink that first"


@app.command()
def add(
    name: Name,
    person: Annotated[
        str,
        typer.Option(
            help="本人 / who it is: Practitioner/id or a post of theirs, PractitionerRole/id; "
            "住民は / of a citizen: Patient/id or RelatedPerson/id"
        ),
    ],
    subject: Annotated[
        str | None,
        typer.Option(
            help="提供者でだけサインインする人の、提供者での識別子（`sub`）/ "
            "of somebody who signs in at the provider alone: the `sub` there; no password is shown"
        ),
    ] = None,
) -> None:
    """登録し、最初のパスワードを一度だけ表示する / Add an account, and show its first password once."""
    password = secrets.token_urlsafe(15)
    issuer = "" if subject is None else _provider(subject)
    if not _can_be_typed(accounts.folded(name)):
        vault_command.stop(
            f"`{name}` は名前にできません（空白・制御文字なしで {LONGEST} 文字まで）/ "
            f"`{name}` is no name: up to {LONGEST} letters, no spaces or control characters"
        )

    async def added(store: Store, name: str) -> bool:
        if await store.vault.look(*accounts.place(f"{accounts.SUBJECT}{name}")) is not None:
            vault_command.stop(f"`{name}` は登録済みです / `{name}` is there already: `tsunagu account reset`")
        if subject and not await linked.free(store.vault, name, issuer, subject):
            vault_command.stop(_OF_ANOTHER)
        whose, remark = await named_record.person(store, person, clock.system())
        await accounts.enrol(store.vault, name, password, whose)
        if subject and not await linked.link(store.vault, name, issuer, subject):
            await accounts.remove(store.vault, name)  # somebody linked it elsewhere in this moment
            vault_command.stop(_OF_ANOTHER)
        if remark:
            typer.echo(f"tsunagu: {whose}: {remark}", err=True)
        return True

    _done(name, added, "account added", "" if subject else f"{name} {password}")


@app.command()
def reset(
    name: Name,
    second_factor: Annotated[
        bool,
        typer.Option(
            "--second-factor",
            help="確認コードの設定も消す（パスキーは常に消える）/ take one-time passwords away too",
        ),
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
def link(
    name: Name,
    subject: Annotated[str, typer.Argument(help="提供者での利用者の識別子（`sub`）/ who it is there: the `sub`")],
) -> None:
    """提供者の利用者と結ぶ。それまでのすべてが終わる / Let a user of the provider sign in as this."""
    issuer = _provider(subject)

    async def joined(store: Store, name: str) -> bool:
        if not await accounts.person(store.vault, name):
            return False
        if not await linked.link(store.vault, name, issuer, subject):
            vault_command.stop(_OF_ANOTHER)
        return True

    _done(name, joined, "account linked")


@app.command()
def unlink(name: Name) -> None:
    """提供者の利用者との結びつきを解き、すべてを終わらせる / Undo that; everything ends."""
    _done(name, lambda store, name: linked.unlink(store.vault, name), "account unlinked")


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


@app.command("list")
def list_() -> None:
    """登録を一覧する / Every account: name, person, whether it is locked."""

    async def listed(store: Store) -> list[tuple[str, str, bool]]:
        found = [(name, await accounts.person(store.vault, name)) for name in await accounts.names(store.vault)]
        return [(name, whose, await accounts.find(store.vault, name) is None) for name, whose in found if whose]

    for name, whose, locked in vault_command.run(listed):
        print("\t".join([name, whose, *(["locked"] if locked else [])]))


def _provider(subject: str) -> str:
    """The issuer of the provider that has this user; stops where there is none, or the subject can be nobody's."""
    issuer: str = vault_command.settings().provider
    if not issuer:
        vault_command.stop(
            "TSUNAGU_PROVIDER が設定されていません / no provider is set: TSUNAGU_PROVIDER names one by its issuer"
        )
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        vault_command.stop(f"`sub` は {LONGEST_SUBJECT} 文字までです / a `sub` has one to {LONGEST_SUBJECT} letters")
    return issuer


def _can_be_typed(name: str) -> bool:
    plain = not any(unicodedata.category(letter)[0] in "CZ" for letter in name)
    return 0 < len(name) <= LONGEST and plain


def _done(name: str, work: Work, asked: str, said: str = "") -> None:
    folded = accounts.folded(name)

    async def done(store: Store) -> bool:
        """What was done is put on the trail with whom it is about, whose account may be gone afterwards."""
        before = await accounts.person(store.vault, folded)
        if not await work(store, folded):
            return False
        about = before or await accounts.person(store.vault, folded)
        await Events(store.trail.append, clock.system).note(None, "administration", asked, about=about)
        return True

    if not vault_command.run(done):
        vault_command.stop(f"`{name}` は登録されていません / there is no account `{name}`")
    print(said or f"{asked}: {name}")
