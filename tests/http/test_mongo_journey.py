"""The same server on MongoDB's wire protocol: `TSUNAGU_STORE` is all that is different.

docs/store.md
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey import play
from tests.http import launch
from tests.http.asking import Asking
from tests.http.stored import NAME
from tests.secantus import wire_server

_PATIENCE = 300
"""Seconds the stand-in for MongoDB may take to store the city: it syncs each commit."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "database").mkdir()
    with wire_server(tmp_path / "database") as address:
        yield f"{address}/tsunagu"


def test_a_server_on_mongodb_answers_and_ends_well(database: str, tmp_path: Path) -> None:
    with launch.serving(tmp_path / "city", store=database) as running:
        with Asking(running.base) as nobody:
            assert nobody.ask("GET", "metadata").json["resourceType"] == "CapabilityStatement"
            assert nobody.ask("GET", "Organization").total == 0
            assert nobody.ask("GET", "Organization/council").status == 404
            assert nobody.ask("GET", "Patient").status == 401
        assert running.end(signal.SIGTERM) == 0
    assert not (tmp_path / "city" / NAME).exists()


@pytest.mark.prove
def test_the_whole_journey_holds_on_mongodb(database: str, tmp_path: Path) -> None:
    with launch.serving(tmp_path / "city", "--demo", patience=_PATIENCE, store=database) as running:
        narration = list(play.play(running.base, running.credentials))
        assert [act for act in narration if not act.held] == []
        assert {act.step for act in narration} == set("abcdefghi")
        assert running.end(signal.SIGINT) == 0
    with (
        launch.serving(tmp_path / "city", "--demo", patience=_PATIENCE, store=database) as again,
        Asking(again.base) as nobody,
    ):
        assert nobody.ask("GET", "Organization/council").status == 200
    assert not (tmp_path / "city" / NAME).exists()
