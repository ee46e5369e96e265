"""What several acts are done to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from profiles.spec import Spec
from tests.unit.consent.conftest import moved_into
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P = actor("p")

Build = Callable[[Town], None]


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Town:
    """The center keeps a household, its case and a concern."""
    town: Town = request.getfixturevalue("town_on_mongodb" if getattr(request, "param", "") == "mongodb" else "town")
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"), concern("d", "1"))
    return town


@pytest.fixture(scope="session")
def laid_down(founding: Path, tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Callable[[Build], Path]:
    """Where what is done in a town before many tests was done, once a session."""
    made: dict[Build, Path] = {}

    def folder(build: Build) -> Path:
        if build not in made:
            made[build] = tmp_path_factory.mktemp("town")
            with moved_into(made[build], spec, founding) as town:
                build(town)
        return made[build]

    return folder


@pytest.fixture
def town_with(
    request: pytest.FixtureRequest, laid_down: Callable[[Build], Path], tmp_path: Path, spec: Spec
) -> Iterator[Callable[..., Town]]:
    """A town of its own for a test in which something was done; by the name of its fixture, one on MongoDB."""
    with ExitStack() as moved:

        def done(build: Build, name: str = "town") -> Town:
            if name == "town":
                return moved.enter_context(moved_into(tmp_path, spec, laid_down(build)))
            town: Town = request.getfixturevalue(name)
            build(town)
            return town

        yield done
