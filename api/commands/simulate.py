"""tsunagu simulate: a made-up city lives a year by the rules, through the API, and its numbers are told.

docs/simulate.md
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from api import installation, making, simulation
from api.app import create_app
from api.beside import leading
from api.clock import system
from api.commands import command
from api.commands.command import Bar
from api.settings import Settings
from api.simulated import as_lines, badges, in_process, stage, telling
from api.simulated.badges import Badges
from api.simulated.driven_clock import DrivenClock
from api.simulated.telling import Told
from consent import derivation
from consent.engine import PolicyEngine
from consent.gate import Gate
from demo import staff
from demo.answer import Answer
from demo.table import TableFault
from demo.year import play, rates
from demo.year.town import Town, Unexpected
from profiles import load
from resources.record import moment
from resources.search.index import Index
from resources.store import open as stores
from resources.store.fault import unavailable
from resources.store.port import Store

T = TypeVar("T")

_MEASURES = ("results", "kpi", "acceptance")
_HALF = ("installation", "year")
_WITHOUT_BOUND = 1_000_000_000


@dataclass(slots=True)
class Year:
    """What was played: the acts by name, how many versions they wrote in how many seconds, what the city holds then,
    and its numbers as CSV."""

    acts: Counter[str]
    written: int
    seconds: float
    told: Told
    numbers: dict[str, str]


def simulate(
    households: Annotated[int, typer.Option(min=1, help="世帯の数 / how many households come")] = 100,
    seed: Annotated[int, typer.Option(help="同じ種なら同じ街になる / the same seed makes the same city")] = 1,
    first: Annotated[str, typer.Option("--from", help="始まる日 / the first day")] = "2019-04-01",
    days: Annotated[int, typer.Option(min=1, max=3660, help="日数 / how many days")] = 365,
    ndjson: Annotated[
        Path | None, typer.Option(help="`tsunagu import` のための NDJSON の置き場 / a folder for NDJSON")
    ] = None,
    like: Annotated[
        Path,
        typer.Option(help="どんな街かの表（rates.csv など）の置き場 / the folder with the tables of what it is like"),
    ] = rates.HERE,
) -> None:
    """架空の市の一年を、条例のとおり API を通して演じる / Play a year of a made-up city, through the API."""
    begins = _day(first, days)

    def played(settings: Settings) -> Year:
        with Bar("一年を演じています / playing the year", households) as bar:
            lived = year(settings, households=households, seed=seed, first=begins, days=days, advance=bar.to, like=like)
        if ndjson:
            ndjson.mkdir(parents=True, exist_ok=True)
            many = asyncio.run(_with_store(settings, lambda store: as_lines.written(store, ndjson)))
            print(f"NDJSON {many:,} 件 / records: {ndjson}")
        return lived

    try:
        _tell(command.run(played), households)
    except TableFault as fault:
        command.stop(f"どんな街かの表が読めません / the tables of what the city is like cannot be read: {fault}")
    except Unexpected as fault:
        command.stop(f"条例のとおりに答えられませんでした / not answered as the ordinance wants: {fault}")


def year(
    settings: Settings,
    *,
    households: int,
    seed: int,
    first: date,
    days: int,
    advance: Callable[[int], None] = lambda done: None,
    like: Path = rates.HERE,
) -> Year:
    """Make a simulated city in an empty store, and play it. Raises Unavailable, Unexpected, OSError.

    Killed at any moment it has left nothing under the folder's name; a store with an address says that it is half done.
    """
    with stage.beside(settings) as aside:
        return _played(_of_the_city(aside), households, seed, first, days, advance, like)


def _played(
    settings: Settings, households: int, seed: int, first: date, days: int, advance: Callable[[int], None], like: Path
) -> Year:
    clock = DrivenClock(first)
    directory = asyncio.run(_founded(settings, clock))
    begun = time.perf_counter()
    app = create_app(settings, clock, driven=True)
    with in_process.serving(app, clock.go_on) as serving:
        if app.issuer is None:
            raise RuntimeError("the application stands without an issuer")
        people = Badges(settings.fhir, app.issuer, serving.run(badges.registered(app.issuer)), serving)
        try:
            town = Town(people, clock, like)

            def turn(day: date) -> None:
                """Each morning the server does first what is due (`api/beside/leading.py`)."""
                clock.turn(day)
                serving.run(leading.done(app.works))

            for _, come in play.play(town, turn, households=households, days=days, seed=seed):
                advance(come)
            seconds = time.perf_counter() - begun
            clock.turn(first + timedelta(days=days))
            numbers = {each: _numbers(town, each, first, days).text for each in _MEASURES}
        finally:
            people.close()
            serving.run(badges.forgotten(app.issuer))
    told = asyncio.run(_with_store(settings, telling.told))
    asyncio.run(_with_store(settings, _whole))
    return Year(town.acts, told.versions - directory, seconds, told, numbers)


def _of_the_city(settings: Settings) -> Settings:
    """One actor after another asks as fast as it goes, and a year of lines is for a file."""
    log = settings.log or str(settings.data / "simulate.log")
    settings.data.mkdir(parents=True, exist_ok=True)
    changed = {"simulated": True, "rate": _WITHOUT_BOUND, "second_opinion": 0.0, "token_seconds": 3600, "log": log}
    return settings.model_copy(update=changed)


async def _founded(settings: Settings, clock: DrivenClock) -> int:
    """The directory of the city in a new store, and how many versions that is.

    Raises Unavailable where there is a store that holds anything, or has real time.
    """
    await making.make(settings)
    spec = load.load()
    store = stores.opened(
        settings.store_address, clock, generation=derivation.generation(spec), seconds=settings.question_seconds
    )
    await store.open()
    try:
        await simulation.settle(store, settings, clock)
        if await store.vault.look(*_HALF):
            raise unavailable(
                "a year that did not come to its end is in this store: drop it, or name an empty one, and play again",
                "この記録庫には、途中で止まった一年があります。これを消すか空の記録庫を指定して、もう一度演じてください",
            )
        if not await simulation.empty(store):
            raise unavailable(
                "there is a city in this store already: name an empty folder in TSUNAGU_DATA",
                "この記録庫にはすでに街があります。TSUNAGU_DATA に空のフォルダーを指定してください",
            )
        await store.vault.keep(*_HALF, b"playing")
        await installation.lay_down(Gate(PolicyEngine.of(store, spec, Index(spec, settings.fhir))), clock)
        return (await telling.told(store)).versions
    finally:
        await store.close()


async def _whole(store: Store) -> None:
    await store.vault.take(*_HALF)


async def _with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    store = stores.opened(settings.store_address, generation=derivation.generation(load.load()))
    await store.open()
    try:
        return await work(store)
    finally:
        await store.close()


def _numbers(town: Town, measure: str, first: date, days: int) -> Answer:
    """What the lead section is told, as a table."""
    asked = {"periodStart": first.isoformat(), "periodEnd": (first + timedelta(days=days - 1)).isoformat()}
    lead = town.people("lead-section", "statistics")
    return town.held(
        measure, lead.get(f"Measure/{measure}/$evaluate-measure", accept="*/*", _format="text/csv", **asked)
    )


def _tell(year: Year, households: int) -> None:
    console = Console()
    acts = Table("した事 / act", "回 / times", title=f"{households} 世帯 / households", title_justify="left")
    called = rates.acts()
    for name, many in year.acts.most_common():
        acts.add_row(f"{called[name]} / {name}", f"{many:,}")
    console.print(acts)
    for numbers in year.numbers.values():
        console.print(numbers.strip(), "", sep="\n", markup=False, highlight=False)
    told, each = year.told, year.written / max(year.seconds, 0.001)
    print(
        f"記録 {told.records:,} 件、版 {told.versions:,}、うち演じたもの {year.written:,} 版、毎秒 {each:,.0f} 版 / ",
        end="",
    )
    print(
        f"{told.records:,} records, {told.versions:,} versions, {year.written:,} of them in {year.seconds:,.1f} s: ",
        end="",
    )
    print(f"{each:,.0f} a second")
    print(f"要約値 / digest {told.digest}")


def _day(text: str, days: int) -> date:
    """The first day: not before there is anybody to act, and so that the last is over."""
    found = moment.read(text)
    if found is None or moment.LEVELS[found.level] != "day":
        command.stop(f"`{text}` は 2019-04-01 のような日ではありません / is no day such as 2019-04-01")
    first = moment.local_day(found.start)
    if first.isoformat() < staff.BEGAN or first + timedelta(days=days) > moment.local_day(moment.of(system())):
        command.stop(
            f"`{text}` から {days} 日は演じられません。{staff.BEGAN} から今日までの間にしてください / "
            f"{days} days from `{text}` cannot be played: begin on {staff.BEGAN} or later, and end before today"
        )
    return first
