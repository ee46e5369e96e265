"""tsunagu city: take in a city's published list, and say what its directory lacks.

docs/operations.md, "a city's list"
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from api import clock, making
from api.commands import city_import, city_listing, command
from api.commands.city_plan import Report
from api.commands.command import Bar
from api.settings import Settings
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles import load
from resources.listing import files, offices
from resources.listing.table import Misunderstood, Row, Table, Unreadable
from resources.record import moment
from resources.search.index import Index
from resources.store import open as stores

app = typer.Typer(name="city", no_args_is_help=True, help="市の一覧 / a city's list of agencies and desks")

T = TypeVar("T")

MOST_TOLD = 100

_BEFORE_ANY_LIST = date.min
"""What is begun with is no list: one of whatever day may say more of it."""

_NEXT = (
    "次に `tsunagu city import FOLDER` で一覧を取り込み、`tsunagu city list` で職員と機関の名前を調べ、"
    "`tsunagu account add` と `tsunagu client add` で登録し、`tsunagu serve` で始めます（docs/running-a-city.md） / "
    "next: `tsunagu city import FOLDER`, `tsunagu city list`, `tsunagu account add`, `tsunagu client add`, "
    "and `tsunagu serve`"
)


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="一覧の CSV・XLSX の入ったフォルダー / folder, or one file")],
    day: Annotated[str, typer.Option("--date", help="一覧の日付 / the day of the list: 2018-11-01; today")] = "",
    complete: Annotated[
        bool, typer.Option("--complete", help="一覧にない窓口を終了する / end the desks that are not in it")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="読めない行が一つでもあれば何も書かない / write nothing if anything is odd")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="何も書かずに報告だけ / write nothing, report alone")] = False,
) -> None:
    """一覧を取り込む（同じ一覧を二度取り込んでも何も変わらない） / Take a list in; the same twice changes nothing."""
    on = _day(day) if day else moment.local_day(moment.of(clock.system()))

    async def taken(settings: Settings) -> Report:
        read = files.tables(folder)
        with Bar("取り込み / taking in", None) as bar:
            return await _with_gate(
                settings,
                lambda gate, index: city_import.take_in(
                    gate, index, clock.system(), read, on, complete=complete, strict=strict, dry=dry, advance=bar.of
                ),
            )

    report = command.run(lambda settings: _refused(lambda: asyncio.run(taken(settings))))
    _told(report, dry=not report.written)
    sys.exit(1 if report.misunderstood else 0)


@app.command()
def check() -> None:
    """一覧に足りないものを言う / Say what the directory lacks; exit code 1 where it lacks anything."""

    async def looked(settings: Settings) -> list[tuple[str, str]]:
        return await _with_gate(settings, lambda gate, index: city_import.lacks(gate, index, clock.system()))

    found = command.run(lambda settings: asyncio.run(looked(settings)))
    for ja, text in found:
        print(f"{ja} / {text}")
    if found:
        sys.exit(1)
    print("足りないものはありません / nothing is lacking")


@app.command("list")
def list_(word: Annotated[str, typer.Argument(help="名前の一部 / a part of a name")] = "") -> None:
    """機関と職を、登録のコマンドで使う名前とともに一覧する / Agencies and posts, as other commands name them."""

    async def looked(settings: Settings) -> list[tuple[str, ...]]:
        async def work(gate: Gate, index: Index) -> list[tuple[str, ...]]:
            actor = city_import.installer(clock.system())
            return list(city_listing.listed(await city_import.directory(gate, index, actor), word))

        return await _with_gate(settings, work)

    for line in command.run(lambda settings: asyncio.run(looked(settings))):
        print("\t".join(line))


def init(
    lead_section: Annotated[str, typer.Option(help="主管課の名前 / the name of the lead section")] = "主管課",
) -> None:
    """新しい記録庫と鍵、主管課を作る / Make a new store, its keys and its lead section, and say what comes next."""
    made = command.run(lambda settings: asyncio.run(making.make(settings)))
    print("記録庫と鍵を作りました / a store and its keys are made" if made else "もうあります / it is there already")
    _begin(lead_section)


def _begin(lead_section: str) -> None:
    """The lead section of a directory that has none, which answers until there are desks; and what to do next."""
    listed = Table("init", {"agency": "機関名", "kind": "種別"}, [])
    listed.rows.append(Row(listed, 1, {"agency": lead_section, "kind": offices.LEAD_SECTION}))

    async def begun(settings: Settings) -> list[tuple[str, str]]:
        async def work(gate: Gate, index: Index) -> list[tuple[str, str]]:
            if any("lead section" in text for _, text in await city_import.lacks(gate, index, clock.system())):
                await city_import.take_in(gate, index, clock.system(), [listed], _BEFORE_ANY_LIST)
            return await city_import.lacks(gate, index, clock.system())

        return await _with_gate(settings, work)

    found = command.run(lambda settings: asyncio.run(begun(settings)))
    for ja, text in found:
        print(f"- {ja} / {text}")
    if found:
        print(_NEXT)


async def _with_gate(settings: Settings, work: Callable[[Gate, Index], Awaitable[T]]) -> T:
    spec = load.load()
    stores.standing(settings.store_address)
    store = stores.opened(
        settings.store_address, generation=derivation.generation(spec), seconds=settings.question_seconds
    )
    await store.open()
    try:
        index = Index(spec, settings.fhir)
        return await work(Gate(PolicyEngine.of(store, spec, index)), index)
    finally:
        await store.close()


def _refused(work: Callable[[], T]) -> T:
    """What stands against the list is one sentence."""
    try:
        return work()
    except Unreadable as fault:
        command.stop(" / ".join([*fault.__notes__, str(fault)]))


def _day(text: str) -> date:
    found = moment.read(text)
    if found is None or moment.LEVELS[found.level] != "day":
        command.stop(f"`{text}` は 2018-11-01 のような日ではありません / is no day such as 2018-11-01")
    return moment.local_day(found.start)


def _told(report: Report, *, dry: bool) -> None:
    for each in report.misunderstood[:MOST_TOLD]:
        print(f"{_where(each)}: {each.ja} / {each.text}")
    _more(report.misunderstood)
    for name in report.absent[:MOST_TOLD]:
        done = "終了しました / ended" if report.ended and not dry else "この一覧にありません / not in this list"
        print(f"{name}: {done}")
    _more(report.absent)
    made, changed, ended = (sum(each.values()) for each in (report.made, report.changed, report.ended))
    wrong = len(report.misunderstood)
    ja = f"新規 {made} 件、変更 {changed} 件、終了 {ended} 件、変更なし {report.same} 件、読めなかった所 {wrong} 件"
    en = f"new {made}, changed {changed}, ended {ended}, as they were {report.same}, not understood {wrong}"
    print(f"{ja}{'（書き込みなし）' if dry else ''} / {en}{' (nothing written)' if dry else ''}")


def _where(each: Misunderstood) -> str:
    return " ".join([each.file, *([f"{each.line} 行 / line {each.line}"] if each.line else []), each.column]).strip()


def _more(found: Sequence[object]) -> None:
    if len(found) > MOST_TOLD:
        print(f"ほか {len(found) - MOST_TOLD} 件 / and {len(found) - MOST_TOLD} more")
