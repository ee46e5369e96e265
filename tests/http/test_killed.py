"""SIGKILL in the middle of the journey, twice: nothing acknowledged is lost, and nothing is half there.

Issue 2, point 9; the long proof is tests/prove/test_kill_journey.py
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.http import killed, launch


@pytest.mark.parametrize("seed", [331007, 20190212])
def test_a_killed_server_keeps_what_it_acknowledged(seed: int, installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, "--demo") as running:
        noted = killed.play_until_killed(running, random.Random(seed))
    assert noted.written
    killed.nothing_is_lost(folder, noted)
    killed.nothing_is_half_there(folder)
    killed.life_goes_on(folder, noted)
