"""Evidence that its writer had no right to make is refused, or opens nothing to anybody: every forgery of the table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from consent.relations import names
from consent.standing import care
from profiles.spec import Spec
from resources.record.problem import Problem
from tests.unit.consent.conftest import moved_into
from tests.unit.consent.forged_acts import ACTS
from tests.unit.consent.forged_consents import CONSENTS
from tests.unit.consent.forged_coordinations import COORDINATION
from tests.unit.consent.forged_requests import HOUSEHOLD, PLANS, REQUESTS
from tests.unit.consent.forgeries import CO, CONV, LEAD, UNSEEN, WATCHED, Forgery, Q, done, scene
from tests.unit.consent.town import Town, actor

FORGERIES = (*ACTS, *CONSENTS, *COORDINATION, *HOUSEHOLD, *PLANS, *REQUESTS)
READERS = (Q, CO, LEAD, CONV, *(actor(each.person.partition("/")[2], "support-conference") for each in (Q, CO)))
NOW = "2026-11-23T04:00:00.000Z"


def opened(town: Town) -> set[tuple[str, str, str]]:
    """Who may read what of the watched, and who has its persons in care."""
    found = {(who.person, who.purpose, name) for who in READERS for name in WATCHED if town.reads(who, name)}

    async def asked() -> set[tuple[str, str, str]]:
        """Who is another name of somebody too: a merge closes what it does not open."""
        async with town.store.snapshot() as view:
            having = await care.of(view, ("Patient/1", "Patient/2"), NOW)
            cared = {(agency, "care", person) for person, agencies in having.items() for agency in agencies}
            persons = ("Patient/1", "Patient/2", "Patient/9")
            return cared | {(other, "is", one) for one in persons for other in await names.known(view, [one])}

    return found | town.run(asked())


@pytest.fixture(scope="module")
def before_all(founding: Path, tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """The folder of a town in which nothing is forged yet."""
    folder = tmp_path_factory.mktemp("scene")
    with moved_into(folder, spec, founding) as town:
        scene(town)
    return folder


@pytest.fixture
def town(before_all: Path, tmp_path: Path, spec: Spec) -> Iterator[Town]:
    with moved_into(tmp_path, spec, before_all) as town:
        yield town


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.called.replace(" ", "_"))
def test_what_is_forged_is_refused_or_without_effect(town: Town, forgery: Forgery) -> None:
    *before, last = forgery.steps
    for step in before:
        done(town, step)
    open_before = opened(town)
    said = ""
    try:
        done(town, last)
    except Problem as problem:
        said = " ".join(issue.rule or UNSEEN for issue in problem.issues)
    assert opened(town) <= open_before
    assert said.split()[:1] == forgery.rule.split(), said
