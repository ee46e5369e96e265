"""Roles that the server wrote anew open to whom the case was handed over to, and a check finds any that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from resources.record.version import Version
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import Next, forged, found, lay_next, lay_together
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.test_of_others import RESOLVED
from tests.unit.consent.town import Town, case, household

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
    masked = forged(town, roles.reference, 2, less=(".masked yes",))
    assert f"{roles.reference}/_history/2 {MORE}" in masked, "nobody else writes what they do not decide"
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


def two_cases(town: Town) -> None:
    """Roles were decided for one case of a household that has another, and a plan; all is in one keeping."""
    lives.decided(town)
    body = {"status": "completed", "extension": RESOLVED}
    town.write(P, case("ended") | body, household("1") | {"id": "h"})


def opened(town: Town, less: set[str], more: set[str], **said: Any) -> Next:
    roles = team(town)
    had = verdict.read(roles.terms)
    return Next(roles.reference, replace(had, noted=(had.noted - less) | more), "Practitioner/q", said=said)


def handed(name: str, **said: Any) -> Next:
    return Next(name, Verdict(True), "Practitioner/q", False, said, "Organization/other")


H: dict[str, Any] = {"subject": {"reference": "Group/h"}}


@pytest.mark.parametrize(
    ("case_", "less", "more", "said", "right"),
    [
        (handed("CarePlan/k"), GIVER, TAKER, {}, True),
        (handed("CarePlan/k"), GIVER, TAKER, {"name": "役割"}, False),
        (handed("CarePlan/k"), set(), TAKER, {}, False),
        (handed("CarePlan/k"), GIVER, set(), {}, False),
        (handed("CarePlan/k", **H), GIVER, set(), {}, True),
        (handed("CarePlan/k", **H), GIVER, TAKER, {}, False),
        (handed("CarePlan/ended"), GIVER, TAKER, {}, False),
        (handed("CarePlan/plan"), GIVER, TAKER, {}, False),
        (replace(handed("CarePlan/k"), keeper=""), GIVER, {".carrier Organization/center"}, {}, True),
        (replace(handed("CarePlan/k"), keeper=""), GIVER, TAKER, {}, False),
        (replace(handed("CarePlan/k"), keeper="Organization/desk"), GIVER, TAKER, {}, False),
    ],
)
def test_they_go_along_with_the_case_that_they_were_decided_for_as_they_were_decided(
    after: After, case_: Next, less: set[str], more: set[str], said: dict[str, Any], right: bool
) -> None:
    town = after(two_cases)
    assert found(town) == []
    wrong = lay_together(town, case_, opened(town, less, more, **said))
    mine = [each for each in wrong if each.startswith("CareTeam/")]
    assert mine == ([] if right else [f"{team(town).cited} {MORE}"])
