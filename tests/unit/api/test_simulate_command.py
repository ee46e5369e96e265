"""A year of a made-up city: by the rules, the same of the same seed, and told as it was played."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from api import making, simulate_command
from api.settings import Settings
from api.simulate_command import Year
from demo.year import rates
from resources.store.port import Unavailable
from tests.http import launch

FIRST = date(2019, 9, 2)


def played(folder: Path, households: int = 14, seed: int = 13) -> Year:
    settings = Settings(data=folder, second_opinion=0)
    return simulate_command.year(settings, households=households, seed=seed, first=FIRST, days=130)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("year") / "data"


@pytest.fixture(scope="module")
def year(folder: Path) -> Year:
    return played(folder)


def test_the_same_seed_and_size_make_the_same_records(year: Year, tmp_path: Path) -> None:
    again = played(tmp_path / "data")
    assert (again.told, again.acts) == (year.told, year.acts)


def test_the_numbers_say_what_was_played(year: Year) -> None:
    told = {row[0]: row[1] for row in csv.reader(io.StringIO(year.numbers["results"].lstrip("\ufeff")))}
    assert int(told["推進員受付件数"]) == sum(year.acts[each] for each in ("brought", "inquiry", "escalated"))
    assert int(told["①取扱ケース"]) == year.acts["case"]
    assert int(told["ケース会議開催回数"]) + int(told["アドバイザー会議"]) == year.acts["opened"]
    assert int(told["ケース会議事前打ち合わせ"]) == year.acts["pre-meeting"]


def test_a_year_has_all_that_the_seed_tells_of(year: Year) -> None:
    wanted = ("sheet", "noted", "accepted", "supported", "consent", "case", "convened", "acknowledged", "closed")
    more = ("handed-over", "call-answered", "withheld", "protected", "roles", "plan")
    assert [act for act in (*wanted, *more) if not year.acts[act]] == []


def test_every_act_has_its_name(year: Year) -> None:
    assert set(year.acts) <= set(rates.acts())


def test_a_city_is_not_played_into_a_store_that_holds_one(year: Year, folder: Path) -> None:
    assert year.written
    with pytest.raises(Unavailable, match="there is a city in this store already"):
        played(folder, households=1)


def test_a_city_is_not_played_into_a_store_with_real_time(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    assert asyncio.run(making.make(settings))
    with pytest.raises(Unavailable, match="this one has real time"):
        played(tmp_path / "data", households=1)


def test_the_command_tells_acts_numbers_and_digest(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "api.cli", "simulate", "--households", "1", "--days", "20", "--from"]
    environment = launch.environment(tmp_path)
    good = subprocess.run([*words, "2019-04-01"], env=environment, capture_output=True, text=True, timeout=120)
    assert good.returncode == 0, good.stderr
    for word in ("推進員受付件数", "digest", "構成員名簿を定める"):
        assert word in good.stdout
    wrong = subprocess.run([*words, "April"], env=environment, capture_output=True, text=True, timeout=120)
    assert wrong.returncode == 2
    assert "April" in wrong.stderr
