"""Evidence that its writer had no right to make is refused, or opens nothing to anybody: every forgery of the table."""

from __future__ import annotations

import pytest

from consent.standing import care
from resources.record.problem import Problem
from tests.unit.consent.forged_consents import CONSENTS
from tests.unit.consent.forged_coordinations import COORDINATION
from tests.unit.consent.forged_requests import HOUSEHOLD, PLANS, REQUESTS
from tests.unit.consent.forgeries import CO, CONV, LEAD, UNSEEN, WATCHED, Forgery, Q, scene
from tests.unit.consent.town import Town, actor

FORGERIES = (*CONSENTS, *COORDINATION, *HOUSEHOLD, *PLANS, *REQUESTS)
READERS = (Q, CO, LEAD, CONV, *(actor(each.person.partition("/")[2], "support-conference") for each in (Q, CO)))
NOW = "2026-11-23T04:00:00.000Z"


def opened(town: Town) -> set[tuple[str, str, str]]:
    """Who may read what of the watched, and who has its persons in care."""
    found = {(who.person, who.purpose, name) for who in READERS for name in WATCHED if town.reads(who, name)}

    async def asked() -> set[tuple[str, str, str]]:
        async with town.store.snapshot() as view:
            having = await care.of(view, ("Patient/1", "Patient/2"), NOW)
            return {(agency, "care", person) for person, agencies in having.items() for agency in agencies}

    return found | town.run(asked())


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.called.replace(" ", "_"))
def test_what_is_forged_is_refused_or_without_effect(town: Town, forgery: Forgery) -> None:
    scene(town)
    *before, last = forgery.steps
    for who, records in before:
        town.write(who, *records)
    open_before = opened(town)
    said = ""
    try:
        town.write(last[0], *last[1])
    except Problem as problem:
        said = " ".join(issue.rule or UNSEEN for issue in problem.issues)
    assert opened(town) <= open_before
    assert said.split()[:1] == forgery.rule.split(), said
