"""What several acts are done to."""

from __future__ import annotations

import pytest

from tests.unit.consent.town import Town, actor, case, concern, household, patient

P = actor("p")


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> Town:
    """The center keeps a household, its case and a concern."""
    town: Town = request.getfixturevalue("town_on_mongodb" if getattr(request, "param", "") == "mongodb" else "town")
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), concern("c", "1"), concern("d", "1"))
    return town
