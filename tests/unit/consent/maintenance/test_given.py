"""Roles that the server wrote anew open to whom the case was handed over to, and a check finds any that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from consent import verdict
from resources.record.version import Version
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay_next
from tests.unit.consent.maintenance.lives import Life
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.town import Town

After = Callable[[Life], Town]


def team(town: Town) -> Version:
    [one] = [each for each in town.stored("CareTeam") if each.id != "standing"]
    return one


def test_they_open_to_the_taker_and_no_more_to_the_giver(after: After) -> None:
    town = after(lives.given)
    roles = team(town)
    judged = verdict.read(roles.terms)
    assert judged.note(".carrier") == {"Organization/other"}
    assert judged.note(".brought") == {"Organization/center", "Organization/other"}
    assert f"{roles.reference}/_history/2 {MORE}" in forged(town, roles.reference, 2, ".carrier Organization/center")
    assert found(town) == []


TAKER = {".carrier Organization/other", ".brought Organization/other"}
GIVER = {".carrier Organization/center"}


@pytest.mark.parametrize("who", ["Practitioner/q", "Practitioner/lead"])
@pytest.mark.parametrize(("more", "less"), [(TAKER, GIVER), (TAKER, set()), (set(), GIVER)])
def test_where_no_case_was_handed_over_they_open_to_nobody_anew(
    after: After, who: str, more: set[str], less: set[str]
) -> None:
    town = after(lives.decided)
    roles = team(town)
    had = verdict.read(roles.terms)
    judged = replace(had, noted=(had.noted - less) | more)
    assert lay_next(town, roles.reference, judged, who) == [f"{roles.reference}/_history/2 {MORE}"]


def test_what_the_server_wrote_without_touching_that_opens_what_it_did(after: After) -> None:
    town = after(lives.decided)
    roles = team(town)
    had = verdict.read(roles.terms)
    assert lay_next(town, roles.reference, had, "Practitioner/q", status="inactive") == []
    assert lay_next(town, roles.reference, had, "Practitioner/q", served=False, status="active") != []
