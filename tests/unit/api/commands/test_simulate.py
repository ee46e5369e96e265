"""A year of a made-up city: by the rules, the same of the same seed, and told as it was played."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from rich.progress import Progress

from api import making
from api.commands import importing, simulate
from api.commands.importing import Job
from api.commands.simulate import Year
from api.settings import Settings
from api.simulated import stage
from demo.year import funding, rates
from resources.record.envelope import Origin
from resources.store.port import Unavailable
from tests import warm
from tests.http import launch

FIRST = date(2019, 10, 1)
PATIENCE = 300
"""Seconds in which a command has played its year."""
OFTEN = {
    **dict.fromkeys(("coordinator", "cooperation", "programme", "gap", "assistance"), "1,1"),
    **dict.fromkeys(("case", "case-conference", "referred", "consent", "fund", "information-sharing"), "3,4"),
    **dict.fromkeys(("sheet-used", "pre-meeting", "resolved", "cannot", "fund-emergency", "withdrawn"), "1,2"),
    **dict.fromkeys(("undecided", "refused", "protected", "emergency", "handed-on", "silent", "discharge"), "1,3"),
}
"""In a town where so much happens a handful of households does all that a year of hundreds has."""


@dataclass(frozen=True, slots=True)
class Size:
    households: int
    days: int
    seed: int


WHOLE, SMALL, LEAST = Size(12, 260, 3), Size(4, 90, 3), Size(3, 20, 5)


def played(folder: Path, like: Path = rates.HERE, size: Size = WHOLE) -> Year:
    settings = Settings(data=folder, second_opinion=0)
    return simulate.year(settings, households=size.households, seed=size.seed, first=FIRST, days=size.days, like=like)


def _words(size: Size) -> tuple[str, ...]:
    """What the command is asked for it."""
    told = {"--households": size.households, "--seed": size.seed, "--from": FIRST, "--days": size.days}
    return tuple(str(word) for pair in told.items() for word in pair)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year")


@pytest.fixture(scope="module")
def like(folder: Path) -> Path:
    """The tables of a town where everything happens often."""
    shutil.copytree(rates.HERE, folder / "like", ignore=shutil.ignore_patterns("*.py", "__pycache__", "acts.csv"))
    lines = ["rate,of,in,source", *(f"{rate},{often},often" for rate, often in OFTEN.items())]
    (folder / "like" / "rates.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "like"


@pytest.fixture(scope="module")
def year(folder: Path, like: Path) -> Year:
    """With so little in the fund that it is paid out again and again, as in a city of thousands."""
    with pytest.MonkeyPatch.context() as little:
        little.setattr(funding, "PORTION", 30_000)
        return played(folder / "data", like)


@pytest.fixture(scope="module")
def small(folder: Path, like: Path) -> Year:
    return played(folder / "small", like, SMALL)


@pytest.fixture(scope="module")
def said(folder: Path, like: Path) -> str:
    """The same, by the command."""
    words = ("simulate", *_words(SMALL), "--like", str(like), "--ndjson", str(folder / "lines"))
    done = warm.ran(words, launch.environment(folder / "again"), PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_seed_and_size_make_the_same_records(small: Year, said: str) -> None:
    assert re.findall(r"digest (\w+)", said) == [small.told.digest]


def test_the_command_tells_acts_and_numbers(small: Year, said: str) -> None:
    assert re.findall(r"推進員受付件数,.*?(\d+)$", said, re.M) == [_results(small)["推進員受付件数"]]
    names = rates.acts()
    assert small.acts
    assert [act for act in small.acts if f"{names[act]} / {act}" not in said] == []


def test_the_numbers_say_what_was_played(year: Year) -> None:
    told, acts = _results(year), year.acts
    assert int(told["推進員受付件数"]) == acts["brought"] + acts["inquiry"] + acts["escalated"]
    assert int(told["①取扱ケース"]) == acts["case"]
    assert int(told["ケース会議開催回数"]) + int(told["アドバイザー会議"]) == acts["opened"]
    assert int(told["ケース会議事前打ち合わせ"]) == acts["pre-meeting"]


def test_a_year_has_all_that_the_seed_tells_of(year: Year) -> None:
    assert [act for act in rates.acts() if not year.acts[act]] == []


def test_the_fund_is_paid_in_again_before_it_is_short(year: Year) -> None:
    assert year.acts["paid-in"] > 1
    assert year.acts["fund-paid"] > 1


def test_every_act_has_its_name(year: Year) -> None:
    assert set(year.acts) <= set(rates.acts())


@pytest.mark.parametrize(
    ("line", "said"), [("", "how often is not said of"), ("gap,3,1,chosen", "so many of so many")], ids=["none", "odd"]
)
def test_a_table_of_a_town_that_cannot_be_read_is_one_sentence(
    line: str,
    said: str,
    like: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(like, tmp_path / "odd")
    kept = [each for each in (like / "rates.csv").read_text().splitlines() if not each.startswith("gap,")]
    (tmp_path / "odd" / "rates.csv").write_text("\n".join([*kept, *([line] if line else [])]))
    monkeypatch.setenv("TSUNAGU_DATA", str(tmp_path / "city"))
    with pytest.raises(SystemExit) as ended:
        simulate.simulate(households=1, days=3, like=tmp_path / "odd")
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_what_is_written_as_lines_is_taken_in_by_an_import(said: str, folder: Path) -> None:
    """The directory, and the first two agencies: each call is made as the script has it."""
    settings = Settings(data=folder / "imported", second_opinion=0)
    asyncio.run(making.make(settings))
    calls = [line.split() for line in (folder / "lines" / "import.sh").read_text().splitlines()[1:]]
    assert said
    assert len(calls) > 3
    taken: Counter[str] = Counter()
    for call in calls[:3]:
        custodian = call[call.index("--custodian") + 1]
        author = call[call.index("--author") + 1] if "--author" in call else custodian
        report = folder / "report"
        job = Job([folder / "lines" / call[-1]], Origin(custodian, author), report, "--directory" in call)
        standing = asyncio.run(importing.run(settings, job, Progress(disable=True)))
        assert standing.wrong == 0, report.read_text()
        taken[call[-1]] = standing.written
    assert all(taken.values())


def test_a_city_is_not_played_into_a_store_that_holds_one(year: Year, folder: Path) -> None:
    assert year.written
    with pytest.raises(Unavailable, match="there is a city in this store already"):
        played(folder / "data")


def test_a_city_is_not_played_into_a_store_with_real_time(tmp_path: Path) -> None:
    assert asyncio.run(making.make(Settings(data=tmp_path)))
    with pytest.raises(Unavailable, match="this one has real time"):
        played(tmp_path)


@pytest.mark.parametrize("first", ["April", "2019-04", "2017-04-01", "2199-04-01"])
def test_a_year_that_cannot_be_played_is_one_sentence(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        simulate.simulate(first=first)
    assert ended.value.code == 2
    assert f"`{first}`" in capsys.readouterr().err


def _results(year: Year) -> dict[str, str]:
    rows = csv.reader(io.StringIO(year.numbers["results"].lstrip("\ufeff")))
    return {row[0]: row[-1] for row in rows if row}


def _played_least(folder: Path) -> str:
    done = warm.ran(("simulate", *_words(LEAST)), launch.environment(folder), PATIENCE)
    assert done.returncode == 0, done.stderr
    return str(re.findall(r"digest (\w+)", done.stdout)[0])


def test_a_year_that_was_killed_has_left_nothing_and_is_played_again_alike(tmp_path: Path) -> None:
    data, aside = tmp_path / "city", tmp_path / "city.playing"
    killed = subprocess.Popen(
        launch.command("simulate", *_words(LEAST)),
        env=launch.environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert killed.stderr is not None
    while not (aside / "simulate.log").exists():
        assert killed.poll() is None, killed.stderr.read()
    with pytest.raises(Unavailable, match="is being played"), stage.beside(Settings(data=data)):
        pass
    killed.kill()
    killed.communicate()
    assert aside.is_dir()
    assert not data.exists()
    assert _played_least(data) == _played_least(tmp_path / "other")
    assert data.is_dir()
    assert not aside.exists()


def test_a_folder_that_is_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "city.playing").mkdir()
    kept = tmp_path / "city.playing" / "of somebody else"
    kept.touch()
    with pytest.raises(Unavailable, match="in the way"), stage.beside(Settings(data=tmp_path / "city")):
        pass
    assert kept.exists()


def test_a_store_with_an_address_says_that_its_year_is_half_done(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, store=str(tmp_path / "elsewhere"), second_opinion=0)

    def stopped(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate.year(settings, households=1, seed=1, first=FIRST, days=5, advance=stopped)
    with pytest.raises(Unavailable, match="did not come to its end"):
        simulate.year(settings, households=1, seed=1, first=FIRST, days=5)
