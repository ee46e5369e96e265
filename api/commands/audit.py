"""tsunagu audit: verify the trail, export it, move its oldest part into a file.

docs/trail.md, "commands"
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress

from api import clock
from api import settings as app_settings
from api.commands import os_fault, private_lines
from api.settings import Settings, SettingsFault
from consent.auditing import audit_event
from resources.record import period
from resources.store import open as stores
from resources.store import trail_archive, trail_custody, trail_verify
from resources.store.fault import unavailable
from resources.store.port import Store, Unavailable
from resources.store.trail import Trail, Unreadable
from resources.store.trail_signer import Signer
from resources.store.trail_verify import Fault

app = typer.Typer(name="audit", no_args_is_help=True, help="監査記録の検証・書き出し・保管 / verify, export, archive")

T = TypeVar("T")


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="保管ファイル / an archive file, instead of the store")] = None,
    key: Annotated[
        Path | None, typer.Option(help="公開鍵の JWK Set / published keys, instead of the data folder")
    ] = None,
) -> None:
    """監査記録が書かれたままかを確かめる / Whether the trail is as it was written; exit code 1 where it is not."""
    faults = _run(lambda settings: verified(settings, file, key))
    if faults:
        for fault in faults:
            print(f"{fault.at}: {fault.ja} / {fault.text}")
        sys.exit(1)
    print("監査記録は書かれたままです / the trail is as it was written")


@app.command()
def export(file: Path) -> None:
    """監査記録を NDJSON に、root を FILE.roots に書き出す / Write AuditEvents, and the roots to FILE.roots."""
    events, roots = _run(lambda settings: _exported(settings, file))
    print(f"{events:,} 件と root {roots:,} 個を書き出しました / {events:,} events, {roots:,} roots written")


@app.command()
def archive(
    before: Annotated[str, typer.Option(help="この日より前の記録 / events before this date, such as 2026-04-01")],
    folder: Annotated[Path | None, typer.Option(help="保管先 / where the file goes; the data folder's `trail`")] = None,
) -> None:
    """古い監査記録を検証できるファイルに移す / Move old events into a file that can be verified by itself."""
    limit = period.first(before)
    if limit is None:
        _stop(f"`{before}` は日付ではありません / `{before}` is not a date such as 2026-04-01")
    now = clock.system()
    if limit > now:
        _stop(f"`{before}` はまだ先です / `{before}` has not come yet")
    made = _run(lambda settings: _archived(settings, folder or settings.data / "trail", limit, now))
    for one in made:
        if one.finished:
            ja = f"前回中断した `{one.file}` への移動を終えました（残り {one.events:,} 件）"
            print(f"{ja} / what an earlier run left is done: {one.events:,} events were in `{one.file}` already")
        else:
            print(f"{one.events:,} 件を `{one.file}` に移しました / {one.events:,} events moved to `{one.file}`")
    if not made:
        print("該当する記録はありません / there are no events before that")


async def verified(settings: Settings, file: Path | None = None, key: Path | None = None) -> list[Fault]:
    """What is wrong with the trail of the store, or with that in an archive file; `key` are published keys to go by."""
    published = Signer.public(key) if key else None
    if file is not None:
        file.open("rb").close()  # that it cannot be read at all is no finding
    with _progress() as progress:
        task = progress.add_task("検証 / verifying", total=None)

        def walked(events: int) -> None:
            progress.advance(task, events)

        if file is not None:
            return list(trail_archive.verify(file, published or _standing(settings.data / "keys"), walked))
        async with _opened(settings.store_address) as store:
            signer = published or await trail_custody.held(store.trail, settings.data / "keys")
            progress.update(task, total=await _length(store.trail))
            return [fault async for fault in trail_verify.verify(store.trail, signer, walked)]


async def _exported(settings: Settings, file: Path) -> tuple[int, int]:
    events = 0
    async with _opened(settings.store_address) as store:
        signer = await trail_custody.held(store.trail, settings.data / "keys")
        with _progress() as progress, private_lines.naming(file), private_lines.Private(file) as lines:
            task = progress.add_task("書き出し / exporting", total=await _length(store.trail))
            for head in await store.trail.heads():
                async for entry in store.trail.walk(head.chain):
                    lines(audit_event.of(entry))
                    events += 1
                    progress.advance(task)
        roots = await store.trail.roots()
        with private_lines.naming(file), private_lines.Private(file.with_name(f"{file.name}.roots")) as lines:
            lines(signer.published())
            for root in roots:
                lines({"number": root.number, "statement": root.statement})
    return events, len(roots)


async def _archived(settings: Settings, folder: Path, before: datetime, now: datetime) -> list[trail_archive.Archived]:
    async with _opened(settings.store_address) as store:
        signer = await trail_custody.taken(store.trail, settings.data / "keys")
        with _progress() as progress:
            task = progress.add_task("移動 / archiving", total=None)
            with private_lines.naming(folder):
                return await trail_archive.archive(
                    store.trail, signer, folder, before, now, lambda events: progress.advance(task, events)
                )


def _standing(keys: Path) -> Signer:
    signer = Signer.standing(keys)
    if signer.empty:
        path = keys / Signer.FILE
        raise unavailable(
            f"there is no `{path}`: restore it, or give the published keys with --key",
            f"`{path}` がありません。復元するか、--key で公開鍵を指定してください",
        )
    return signer


async def _length(trail: Trail) -> int:
    return sum(head.number for head in await trail.heads())


@asynccontextmanager
async def _opened(address: str) -> AsyncIterator[Store]:
    stores.standing(address)
    store = stores.opened(address)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def _run(work: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """What the work gives; whatever stands in its way is one sentence and exit code 2."""
    try:
        return asyncio.run(work(app_settings.read()))
    except Unavailable as fault:
        _stop(f"{' '.join(getattr(fault, '__notes__', []))} / {fault}")
    except Unreadable as fault:
        _stop(f"{fault} を読めません / {fault} cannot be read: `tsunagu audit verify`")
    except OSError as fault:
        _stop(os_fault.sentence(fault))
    except (SettingsFault, ValueError) as fault:
        _stop(str(fault))


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _stop(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(2)
