"""Everybody of the features, and one server for all of them; the steps they share are in `steps`.

docs/testing.md
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey.city import City
from demo.people import CONFERENCE, People
from profiles.spec import Spec
from tests.unit.api.conftest import calling  # noqa: F401  # the fixture
from tests.world import casework, subscriber
from tests.world.acting import Acting, acting
from tests.world.scene import Scene
from tests.world.server import Server, start_server
from tests.world.subscriber import Subscriber


def pytest_configure(config: pytest.Config) -> None:
    """The tags of the features are markers: `pytest -m P3` runs what is written about P3."""
    for module in ("given", "when", "then"):
        config.pluginmanager.import_plugin(f"tests.features.steps.{module}")
    texts = (file.read_text() for file in Path(__file__).parent.glob("*.feature"))
    tags = {word[1:] for text in texts for word in text.split() if word.startswith("@")}
    for tag in sorted(tags):
        config.addinivalue_line("markers", f"{tag}: scenarios about {tag}")


@pytest.fixture(scope="session")
def listener() -> Iterator[Subscriber]:
    """A partner's system, which the server may tell."""
    with subscriber.listening() as made:
        yield made


@pytest.fixture(scope="session")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory, listener: Subscriber) -> Iterator[Server]:
    with start_server(installed, tmp_path_factory.mktemp("city"), listener.url) as running:
        yield running


@pytest.fixture(scope="session")
def people(server: Server) -> Iterator[People]:
    everybody = People(server.base, server.credentials)
    yield everybody
    everybody.close()


@pytest.fixture(scope="session")
def standing_roster(people: People) -> str:
    """The one standing roster of the city, as the convener wrote it."""
    written = people.officer("convener", CONFERENCE).post("CareTeam", City(people).payload("standing-roster"))
    assert written.status == 201, written.text
    return written.created[0]


@pytest.fixture
def scene(people: People) -> Iterator[Scene]:
    """A scenario's own household; what it leaves open is closed, so that the next one is not slower for it."""
    playing = Scene(City(people))
    yield playing
    casework.wind_up(playing.city)


@pytest.fixture
def town(tmp_path: Path, spec: Spec) -> Iterator[Acting]:
    """A town of its own, whose days the scenario says."""
    with acting(tmp_path, spec) as playing:
        yield playing
