"""SIGKILL at random moments of the journey and of the installation, as often as the time allows.

docs/testing.md. TSUNAGU_PROVE_SEED plays one run again.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.http import killed, launch
from tests.http.stored import Stored
from tests.proofs import Proof

pytestmark = pytest.mark.prove

_ALONE = 9
"""Kills of the one process that serves, for each of all processes."""

_SEED = int(os.environ.get("TSUNAGU_PROVE_SEED", str(random.SystemRandom().randrange(1 << 32))))


@pytest.mark.proof("kill-journeys", 20)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there_however_often_it_is_killed(
    installed: Path, tmp_path: Path, proof: Proof
) -> None:
    """Each time on the store that the last kill left, so that faults would add up; the last of them takes all of the
    server's processes, the others the one that serves, which is replaced."""
    chance = random.Random(_SEED)
    print(f"TSUNAGU_PROVE_SEED={_SEED}")
    while proof.goes_on:
        folder = launch.copied(installed, tmp_path / "city")
        with launch.serving(folder, "--demo") as running:
            people = killed.NotingPeople(running.base, running.credentials)
            for _ in range(_ALONE):
                if proof.goes_on:
                    noted = killed.play_until(people, chance, lambda: killed.kill_process(running))
                    while not killed.answers(running):
                        pass
                    killed.nothing_is_lost(folder, noted)
                    killed.nothing_is_half_there(folder)
                    killed.is_read(folder, noted, people)
                    proof.count()
            noted = killed.play_until(people, chance, running.kill)
            people.close()
        killed.nothing_is_lost(folder, noted)
        killed.nothing_is_half_there(folder)
        killed.life_goes_on(folder, noted)
        proof.count()
        shutil.rmtree(folder)


def test_an_installation_that_is_killed_is_done_again_whole(installed: Path, tmp_path: Path) -> None:
    chance, whole = random.Random(_SEED), {name for name, *_ in Stored(installed).versions()}
    print(f"TSUNAGU_PROVE_SEED={_SEED}")
    for number in range(3):
        folder = tmp_path / str(number)
        process = subprocess.Popen(
            launch.command("serve", "--demo"),
            env=launch.environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        killer = threading.Timer(chance.uniform(0.5, 6), os.killpg, (process.pid, signal.SIGKILL))
        killer.start()
        process.wait(launch.PATIENCE)
        killer.join()
        with launch.serving(folder, "--demo") as running:
            assert running.credentials.passwords
            assert running.end(signal.SIGINT) == 0
        assert {name for name, *_ in Stored(folder).versions()} == whole
        shutil.rmtree(folder)
