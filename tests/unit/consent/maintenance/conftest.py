"""Towns in which something was done before the test: laid down once a session, and copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from profiles.spec import Spec
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.lives import Life
from tests.unit.consent.town import Town


@pytest.fixture(scope="session")
def lived(founding: Path, tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Callable[[Life], Path]:
    """The folder of a town in which this was done, to be looked at only."""
    return lambda life: lives.lived(life, tmp_path_factory.mktemp("life"), founding, spec)


@pytest.fixture
def after(lived: Callable[[Life], Path], tmp_path: Path, spec: Spec) -> Iterator[Callable[[Life], Town]]:
    """A town of its own for the test, some minutes after this was done in it."""
    with ExitStack() as opened:
        yield lambda life: opened.enter_context(lives.gone_on_with(tmp_path, spec, lived(life), 9))
