"""tsunagu check, reindex and upgrade: what keeps a store true, each with a progress bar and an end that can be read.

docs/maintenance.md
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api import clock
from api.commands import audit, checking, command
from api.commands.command import Bar
from api.settings import Settings
from consent import derivation
from consent.auditing import older_event
from consent.engine import PolicyEngine
from consent.maintenance import lost, upgrading
from consent.maintenance.difference import Difference
from consent.maintenance.reindexing import Reindexing
from profiles import load
from resources.search.index import Index
from resources.search.predicate import EVERYTHING
from resources.store import open as stores
from resources.store import trail_archive, trail_custody, trail_verify
from resources.store.port import Corrupt, Query, Unavailable


def check(
    quick: Annotated[bool, typer.Option("--quick", help="本文の要約値と件数だけ / only digests and counts")] = False,
    lines: Annotated[int, typer.Option(min=1, help="示す違いの数 / how many differences are named")] = 50,
    archives: Annotated[
        Path | None,
        typer.Option(
            help="監査記録の保管ファイルの場所 / where archive files of the trail are; the data folder's `trail`"
        ),
    ] = None,
) -> None:
    """記録から派生データを作り直して比べる / Derive everything anew and compare; exit code 1 where it differs."""
    began = time.monotonic()
    if archives and (quick or not archives.is_dir()):
        command.stop(
            "--archives は既にあるフォルダを指し、--quick とは使えません / --archives names a folder, without --quick"
        )
    looking = command.run(lambda settings: _looked(settings, quick, archives or settings.data / "trail"))
    versions, found = looking.versions, looking.differences
    for one in found[:lines]:
        print(f"{one.at}: {one.ja} / {one.text}")
    if len(found) > lines:
        print(f"ほか {len(found) - lines:,} 件 / and {len(found) - lines:,} more")
    if away := looking.away:
        ja = f"手元にない保管ファイルが {len(away):,} 個あり、それだけが名指す版の有無は調べていません"
        text = f"{len(away):,} archive files of the trail are not at hand: what they alone name was not looked for"
        print(f"{ja} / {text}: {', '.join(f'`{name}`' for name in away[:3])}")
    rate = f"{versions / max(time.monotonic() - began, 0.001):,.0f} /s"
    if found:
        print(
            f"版 {versions:,} 件に違い {len(found):,} 件 / {len(found):,} differences in {versions:,} versions, {rate}"
        )
        sys.exit(1)
    print(f"版 {versions:,} 件に違いはありません / {versions:,} versions checked, nothing differs, {rate}")


def reindex(
    again: Annotated[
        bool, typer.Option("--again", help="世代が同じでも始めから / from the start, whatever stands")
    ] = False,
) -> None:
    """派生データを今の世代に作り直す（運用中も可・中断可） / Derive everything anew, online, to go on where it was."""
    done = command.run(lambda settings: asyncio.run(_reindexed(settings, again)))
    if not done:
        print("派生データは今の世代のものです / everything derived is of this generation already")
    else:
        print("派生データを今の世代に作り直しました / everything derived has been made anew, and is of this generation")


def upgrade() -> None:
    """古い版のデータベースを新しい形にする / Give a database of 0.1.0 the new form; an old file is kept."""
    done = command.run(lambda settings: asyncio.run(_upgraded(settings)))
    if done is None:
        print(
            "データベースを新しい形にしました。続けて `tsunagu reindex` を実行してください / "
            "the database has the new form: now run `tsunagu reindex`"
        )
        return
    versions, kept = done
    print(f"版 {versions:,} 件を移し、元のファイルは残しました / {versions:,} versions; the old file is kept: `{kept}`")


@dataclass(slots=True)
class Looking:
    """How many versions were looked at, what differs, and which archive files of the trail are not at hand."""

    versions: int
    differences: list[Difference]
    away: list[str] = field(default_factory=list)


def looked(settings: Settings) -> tuple[int, list[Difference]]:
    """How many versions there are, and what a quick check, and the pages, find to differ. Raises Unavailable."""
    looking = _counted(settings, quick=True, pages=True)
    return looking.versions, [*looking.differences, *_trail(settings)]


def _looked(settings: Settings, quick: bool, archives: Path) -> Looking:
    looking = _counted(settings, quick=quick, pages=not quick)
    looking.differences += _trail(settings)
    if not quick:
        asyncio.run(_lost(settings, sorted(archives.glob(trail_archive.FILES)), looking))
    return looking


def _counted(settings: Settings, *, quick: bool, pages: bool) -> Looking:
    """All that differs in the records."""
    with closing(stores.ledger(settings.store_address)) as ledger:
        if not quick and ledger.generation() != derivation.generation(load.load()):
            raise Unavailable("the derived data are of another generation of tsunagu: run `tsunagu reindex`")
        spans = ledger.spans(checking.SPAN)
    with Bar("確認 / checking", sum(span.size for span in spans)) as advance:
        return Looking(*checking.run(settings, spans, advance.to, quick=quick, pages=pages))


def _trail(settings: Settings) -> list[Difference]:
    """What is wrong with the chains of the trail."""
    try:
        faults = asyncio.run(audit.verified(settings))
    except Corrupt as fault:
        return [Difference("trail", str(fault), fault.__notes__[0])]
    return [Difference(fault.at, fault.text, fault.ja) for fault in faults]


async def _lost(settings: Settings, archives: list[Path], looking: Looking) -> None:
    """The versions that the trail names and that are missing: of a record that is gone whole, nothing else tells.

    What was moved to archive files is read there, where they are at hand and as they were signed.
    """
    sound = []
    for file in archives:
        faults = await audit.verified(settings, file)
        looking.differences += [Difference(fault.at, fault.text, fault.ja) for fault in faults]
        sound += [] if faults else [file]
    store = stores.opened(settings.store_address)
    await store.open()
    try:
        heads, roots = await store.trail.heads(), await store.trail.roots()
        signer = await trail_custody.held(store.trail, settings.data / "keys")
        here = {file.name for file in archives}
        looking.away = [name for name in trail_verify.archives(roots, signer) if name not in here]
        with closing(stores.ledger(settings.store_address)) as ledger:
            looking.differences += [one async for one in lost.lost(store.trail, heads, ledger, sound)]
    finally:
        await store.close()


async def _reindexed(settings: Settings, again: bool) -> bool:
    stores.standing(settings.store_address)
    store = stores.opened(settings.store_address)
    await store.open()
    try:
        spec = load.load()
        engine = PolicyEngine.of(store, spec, Index(spec, settings.fhir))
        reindexing = await Reindexing.begun(engine, clock.system, again=again)
        if reindexing is None:
            return False
        async with store.snapshot() as view:
            total = 2 * await view.count(Query(EVERYTHING, history=True), within=EVERYTHING)
        done = 0
        with Bar("再作成 / reindexing", total) as advance:
            while seen := await reindexing.step():
                done += seen
                advance.to(done)
        return True
    finally:
        await store.close()


async def _upgraded(settings: Settings) -> tuple[int, Path] | None:
    """How many versions are in the new file, and where the old one is; None where the database stays where it is."""
    if stores.embedded(settings.store_address) is None:
        address, kind = settings.store_address, older_event.TYPE
        await stores.reshape(address, kind, lambda body: older_event.read(orjson.loads(body)))
        return None
    spec = load.load()
    index, done = Index(spec, settings.fhir), 0
    with closing(stores.older(settings.store_address)) as older:
        store = stores.opened(str(older.beside()))
        await store.open()
        try:
            with Bar("移行 / upgrading", older.count()) as advance:
                for step in upgrading.steps(older.versions()):
                    await store.transact(lambda tx, step=step: upgrading.put(tx, index, step))  # type: ignore[misc]  # bound now
                    done += len(step)
                    advance.to(done)
        finally:
            await store.close()
        return done, older.exchange(derivation.generation(spec))
