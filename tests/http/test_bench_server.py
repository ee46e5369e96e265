"""The server that is measured stands, over a demo city that was laid down before anything is timed.

docs/figures.md
"""

from __future__ import annotations

from pathlib import Path

from bench import load, server
from demo.credentials import Credentials
from demo.people import People
from tests import trusting
from tests.http import launch


def test_a_server_that_is_measured_answers_the_demo_and_its_constant_bytes(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with server.serving(folder) as (address, started):
        assert started > 0
        people = People(f"{address}/fhir", Credentials.read(folder / "demo-credentials.json"))
        assert people.system("health-center-system").get("Organization/okayama-city").status == 200
        people.close()
        assert trusting.get(f"{address}/constant").status_code == 200
        assert load.rate(f"{address}/constant", "", connections=1, seconds=0) > 0
