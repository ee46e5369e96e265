"""tsunagu keys rotate: new keys in front of those that sign, which go on verifying what they signed.

docs/operations.md, "keys"
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api import making
from api.commands import command
from api.cursor import Cursors
from api.oauth import keys
from api.settings import Settings
from resources.store import secret_file
from resources.store.trail_signer import Signer

app = typer.Typer(name="keys", no_args_is_help=True, help="署名鍵 / the keys this server signs with")


@app.callback()
def of_keys() -> None:
    """署名鍵 / the keys this server signs with."""


@app.command()
def rotate(
    drop: Annotated[
        bool, typer.Option("--drop", help="トークンの古い鍵を捨てる / forget the tokens' older keys: those tokens end")
    ] = False,
    lost: Annotated[
        bool, typer.Option("--lost", help="失われた鍵も作る / make those that were lost: all tokens end")
    ] = False,
) -> None:
    """新しい署名鍵を先頭に加える / Put new signing keys in front; then send SIGHUP to the server, or start it again."""
    made = command.run(lambda settings: _rotated(settings, drop=drop, lost=lost))
    for file in made:
        print(f"`{file}` に新しい鍵を加えました / `{file}` has a new key")
    print("サーバーに SIGHUP を送るか、起動し直してください / now send SIGHUP to the server, or start it again")


def _rotated(settings: Settings, *, drop: bool, lost: bool) -> list[Path]:
    """The files that have a new key; each is replaced whole, so that one who is killed leaves good keys."""
    folder = settings.data / "keys"
    missing = making.lacking(folder)
    if not lost:
        making.demand(settings)
    if (folder / keys.FILE) in missing:
        keys.load(folder)
    else:
        keys.rotate(folder, drop=drop)
    if (folder / Cursors.FILE) in missing:
        Cursors.load(folder)
    if Signer.standing(folder).empty:
        return [folder / keys.FILE]  # its first is made by who signs first
    signer = Signer.rotated(folder)
    secret_file.replaced(folder / Signer.FILE, signer)
    return [folder / keys.FILE, folder / Signer.FILE]
