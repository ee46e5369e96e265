"""MongoDB stopped, back, killed among writes and begun again: 503 in bounded time, nothing lost, nothing twice.

docs/store.md, "MongoDB"
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import secantus
from tests.http import launch
from tests.prove import bursts
from tests.prove.bursts import DONE, LATER, MANY

pytestmark = pytest.mark.prove

_PATIENCE = 500


def test_a_database_that_is_stopped_or_killed_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    with secantus.begun(tmp_path / "mongodb") as (process, address):
        port = int(address.rpartition(":")[2])
        with launch.serving(
            tmp_path / "city", "--demo", patience=_PATIENCE, store=f"{address}/city", token_seconds="3600"
        ) as running:
            writing = bursts.Writing(running.base, bursts.token(running))
            with ThreadPoolExecutor(MANY) as pool:
                assert DONE in writing.burst(pool)
                os.kill(process.pid, signal.SIGSTOP)
                assert writing.burst(pool) == {LATER}
                under_way = writing.begin(pool)
                os.kill(process.pid, signal.SIGCONT)
                assert {each.result() for each in under_way} <= {DONE, LATER}
                under_way = writing.begin(pool)
                under_way[0].result()
                process.kill()
                process.wait()
                assert {each.result() for each in under_way} <= {DONE, LATER}
                assert writing.burst(pool) == {LATER}
                with secantus.begun(tmp_path / "mongodb", port):
                    assert DONE in writing.burst(pool)
                    writing.nothing_is_lost()
                    assert running.end(signal.SIGINT) == 0
