"""One city, laid down once; a server on it for most tests, and copies of it for those that need their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey.city import City
from demo.people import People
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.http.stored import Stored
from tests.world import household


@pytest.fixture(scope="session")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = launch.copied(installed, tmp_path_factory.mktemp("served") / "city")
    # A session on a busy machine takes longer than a token lives.
    with launch.afresh(folder, "--demo", token_seconds="3600") as running:
        yield running


@pytest.fixture(scope="session")
def stored(server: Running) -> Stored:
    return Stored(server.folder)


@pytest.fixture(scope="session")
def people(server: Running) -> Iterator[People]:
    everybody = People(server.base, server.credentials)
    yield everybody
    everybody.close()


@pytest.fixture
def city(people: People) -> City:
    """A household of the test's own, recorded by the yorisoi center."""
    made = City(people)
    household.record(made)
    return made


@pytest.fixture(scope="module")
def standing(people: People) -> City:
    """A household that a module's tests only try, and fail, to change."""
    made = City(people)
    household.record(made)
    return made


@pytest.fixture(scope="session")
def asking(people: People) -> Iterator[Asking]:
    """The yorisoi officer's token, and any request whatever."""
    with Asking(people.base, people.officer("yorisoi").token()) as anything:
        yield anything
