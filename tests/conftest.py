"""What every test may ask for."""

from __future__ import annotations

import fcntl
import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import clock
from profiles import load
from profiles.spec import Spec
from tests.http import launch
from tests.secantus import wire_server
from tests.unit.consent import town as towns
from tests.unit.consent.people import NOW
from tests.world import two_years
from tests.world.two_years import Years

pytest_plugins = ["tests.proofs"]

HOUSE = Path(__file__).parent / "house"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process begins with what asks for the demo city, which it lays down; the other with what asks for none."""
    if items:
        first = items[0].path
        items.sort(key=lambda item: (item.path != first, HOUSE not in item.path.parents))


def pytest_collection_finish() -> None:
    """What has been loaded by now is there to stay: the collector never walks it again, and seldom what a module makes:
    such a walk counts as a transaction's own time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 100)


@pytest.fixture(scope="module", autouse=True)
def left_alone() -> Iterator[None]:
    """What a module leaves behind the collector never walks again, as in a server (`api/worker.py`): a walk over all
    that ten thousand tests have left takes longer than a transaction may."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The specification as the product loads it, read once a session."""
    return load.load()


@pytest.fixture(scope="session")
def mongodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one stand-in for MongoDB of a session, started when first asked for: each test has a database of its own."""
    with wire_server(tmp_path_factory.mktemp("mongodb")) as address:
        yield address


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo city, which no server uses: laid down once, for all processes of a session."""
    own = tmp_path_factory.getbasetemp()
    # Not by the environment: a session that a test begins has that of its worker.
    shared = own.parent if hasattr(request.config, "workerinput") else own
    folder, done = shared / "installed" / "city", shared / "installed" / "done"
    folder.parent.mkdir(exist_ok=True)
    with open(folder.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with launch.afresh(folder, "--demo") as running:
                assert running.end(signal.SIGINT) == 0
            done.touch()
    return folder


@pytest.fixture(scope="session")
def founding(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """Where a town was founded on the day of the unit tests: to copy it is a tenth of the work."""
    folder = tmp_path_factory.mktemp("founding")
    towns.found(folder, spec, lambda: NOW)
    return folder


@pytest.fixture(scope="session")
def founding_today(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """The same, where time is that of the machine."""
    folder = tmp_path_factory.mktemp("founding-today")
    towns.found(folder, spec, clock.system)
    return folder


@pytest.fixture(scope="session")
def two_years_lived(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """Where two fiscal years of coordinators' work are written, once a session."""
    folder = tmp_path_factory.mktemp("two-years")
    two_years.live(folder, spec)
    return folder


@pytest.fixture
def years(two_years_lived: Path, tmp_path: Path, spec: Spec) -> Iterator[Years]:
    """A copy of them for every test."""
    with two_years.again(two_years_lived, tmp_path / "again", spec) as gone_on_with:
        yield gone_on_with
