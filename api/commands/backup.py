"""tsunagu backup and restore: the store and its keys as they were at one moment, looked over before they count.

docs/operations.md, "backup"
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands import command, maintenance, private_lines
from api.commands.command import Bar
from api.settings import Settings
from consent.maintenance.difference import Difference
from resources.store import durable
from resources.store import open as stores
from resources.store.fault import unavailable
from resources.store.port import Unavailable

KEYS = "keys"
BESIDE = ("demo-credentials.json",)
"""Files of the data folder that go along, where they are there."""

_COPYING, _COMING, _REPLACED = ".copying", "restoring", "replaced"
Folder = Annotated[Path, typer.Argument(help="バックアップのフォルダー / the folder of the backup")]


def backup(folder: Folder) -> None:
    """運用中に記録庫と鍵を写し、確かめる / Copy the store and its keys while the server runs, and check the copy."""
    versions = _sound(command.run(lambda settings: _backed_up(settings, folder)))
    print(f"版 {versions:,} 件を `{folder}` に写しました / {versions:,} versions are in `{folder}`, and checked")


def restore(
    folder: Folder,
    replace: Annotated[
        bool, typer.Option("--replace", help="今の記録庫を脇へ移す / put the store that is there aside")
    ] = False,
) -> None:
    """バックアップを確かめ、データフォルダーに戻す（サーバーは止めておく） / Check a backup and put it in place."""
    versions = _sound(command.run(lambda settings: _restored(settings, folder, replace=replace)))
    print(f"版 {versions:,} 件を戻しました / {versions:,} versions are restored: now start the server")


def _sound(done: tuple[int, list[Difference]]) -> int:
    versions, found = done
    for one in found[:50]:
        print(f"{one.at}: {one.ja} / {one.text}")
    if found:
        print(f"違い {len(found):,} 件。何も置き換えていません / {len(found):,} differences; nothing was put in place")
        sys.exit(1)
    return versions


def _backed_up(settings: Settings, folder: Path) -> tuple[int, list[Difference]]:
    stores.copied_as_file(settings.store_address)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    partial = _emptied(folder.with_name(folder.name + _COPYING))
    try:
        done = _whole(settings, settings.data, settings.store_address, partial)
        if not done[1]:
            _named(partial, folder)
        return done
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _restored(settings: Settings, folder: Path, *, replace: bool) -> tuple[int, list[Difference]]:
    """Whatever happens, the store that is there stays whole under its name, or aside, or the new one is whole."""
    data = settings.data
    stores.copied_as_file(settings.store_address)
    stores.standing(str(folder))
    if stores.free(settings.store_address) and not replace:
        raise _there(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    coming = _emptied(data / _COMING)
    try:
        done = _whole(settings, folder, str(folder), coming)
        if not done[1]:
            _exchanged(data, coming)
        return done
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def _whole(settings: Settings, keys: Path, store: str, to: Path) -> tuple[int, list[Difference]]:
    """Keys and store copied to a folder, and how the copy looks."""
    # The keys come first: a root that is signed meanwhile is then missing in neither.
    _copied(keys, to)
    with Bar("写し / copying", None) as bar:
        stores.copy(store, to, bar.of)
    return maintenance.looked(_at(settings, to))


def _exchanged(data: Path, coming: Path) -> None:
    """Put what is there aside, then the keys in place, and the store last: without it nothing is served."""
    names = [file.name for file in coming.iterdir()]
    database = [name for name in names if name.endswith(".sqlite")]
    standing = [name for name in (*database, *sorted(set(names) - set(database))) if (data / name).exists()]
    if standing:
        aside = next(path for n in range(1, 10_000) if not (path := data / f"{_REPLACED}-{n}").exists())
        aside.mkdir(mode=0o700)
        for name in standing:
            os.rename(data / name, aside / name)
        durable.keep(aside)
    for name in (*sorted(set(names) - set(database)), *database):
        os.rename(coming / name, data / name)
        durable.keep(data)


def _copied(data: Path, to: Path) -> None:
    """The keys and what goes along, readable by their owner alone."""
    keys = data / KEYS
    if not keys.is_dir():
        raise unavailable(f"there is no `{keys}`", f"`{keys}` がありません")
    (to / KEYS).mkdir(mode=0o700)
    for file in (*keys.iterdir(), *(data / name for name in BESIDE)):
        if file.is_file() and not file.name.startswith("."):  # which is half written
            copy = to / (KEYS if file.parent == keys else "") / file.name
            with (
                private_lines.naming(copy),
                open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
            ):
                out.write(file.read_bytes())
            durable.keep(copy)
    durable.keep(to / KEYS)


def _emptied(folder: Path) -> Path:
    """A new folder of this name; what one who was killed left there is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def _named(partial: Path, folder: Path) -> None:
    durable.keep(partial)
    os.replace(partial, folder)
    durable.keep(folder.parent)


def _at(settings: Settings, folder: Path) -> Settings:
    return settings.model_copy(update={"data": folder, "store": ""})


def _there(data: Path) -> Unavailable:
    return unavailable(
        f"there is a store in `{data}` already: `--replace` puts it aside",
        f"`{data}` にはすでに記録庫があります。`--replace` を付けると脇へ移します",
    )
