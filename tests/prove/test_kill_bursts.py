"""SIGKILL to all processes within a burst of writes, a thousand times, each on the store that the last kill left.

docs/testing.md. TSUNAGU_PROVE_SEED plays one run again. tests/prove/test_kill_journey.py has fewer and looks at all.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from functools import partial
from pathlib import Path

import pytest

from tests import ports
from tests.http import killed, launch
from tests.proofs import Proof
from tests.prove import bursts, killed_bursts
from tests.prove.looked_through import Looking

pytestmark = pytest.mark.prove

_EACH = 100
"""Kills of one store, until all of it is checked and another is begun."""

_SEED = int(os.environ.get("TSUNAGU_PROVE_SEED", str(random.SystemRandom().randrange(1 << 32))))


@pytest.mark.proof("kills", 1_000)
def test_a_thousand_kills_within_bursts_lose_nothing_acknowledged(
    installed: Path, tmp_path: Path, proof: Proof
) -> None:
    chance, acknowledged, versions, events = random.Random(_SEED), 0, 0, 0
    print(f"TSUNAGU_PROVE_SEED={_SEED}")
    while proof.goes_on:
        folder = launch.copied(installed, tmp_path / "city")
        place = ports.held()  # the addresses that tokens speak of stay the same from one server to the next
        serving = partial(launch.serving, folder, port=str(ports.number(place)), token_seconds="3600", rate="100000000")
        with serving() as running:
            token = bursts.token(running)
            assert running.end(signal.SIGTERM) == 0
        looking, told = Looking(folder), list[killed_bursts.Told]()
        for number in range(_EACH):
            if not proof.goes_on:
                break
            with serving() as running:
                looking.all_is_there(told)  # beside the server, which is the one that recovers
                told = killed_bursts.until_killed(running, token, chance, f"k{number}")
                acknowledged += sum(len(each.written) for each in told)
            proof.count()
        with serving() as running:
            looking.all_is_there(told)
            assert running.end(signal.SIGTERM) == 0
        for command in (["check"], ["audit", "verify"]):
            ended = launch.ran(folder, *command)
            assert ended.returncode == 0, ended.stdout + ended.stderr
        killed.life_goes_on(folder, killed.Noted())
        versions, events = versions + looking.versions, events + looking.events
        place.close()
        shutil.rmtree(folder)
    print(f"{proof.reached} kills, {acknowledged:,} versions acknowledged, {versions:,} there, {events:,} events")
