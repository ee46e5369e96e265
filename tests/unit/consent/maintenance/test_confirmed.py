"""Posts, departments and papers are confirmed by who may, as they had been written; a check finds where not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts import test_verifying as verifying
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import forged, found, lay_next
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.town import INSTALLER, Town, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER, DESK, LEADING = "Organization/center", "Organization/desk", "Organization/lead"


@pytest.mark.parametrize(
    ("name", "who", "right"),
    [
        ("PractitionerRole/new", "p", True),
        ("PractitionerRole/new", "n", False),
        ("PractitionerRole/new", "aud", False),
        ("PractitionerRole/new", "q", False),
        ("PractitionerRole/new", "lead", False),
        ("OrganizationAffiliation/a", "p", True),
        ("OrganizationAffiliation/a", "q", False),
        ("OrganizationAffiliation/a", "lead", False),
        ("OrganizationAffiliation/a", "aud", False),
    ],
)
def test_what_the_directory_says_is_confirmed_by_another_of_that_agency(
    after: After, name: str, who: str, right: bool
) -> None:
    town = after(waiting)
    said = lay_next(town, name, Verdict(True), f"Practitioner/{who}")
    assert said == ([] if right else [f"{name}/_history/2 {MORE}"])


def waiting(town: Town) -> None:
    """A keeper of the directory wrote a post and a department of the center, whom nobody has confirmed."""
    lives.listed(town)


def of_the_center(town: Town) -> None:
    """Somebody of the center keeps the directory, and has written a post of a colleague there; another keeper has
    written a second post for somebody of the center, and its department."""
    lives.listed(town)
    keeper: Json = {"resourceType": "PractitionerRole", "id": "pk", "practitioner": ref("Practitioner/p")}
    keeper |= {"organization": ref(CENTER), "code": [concept("role", "directory-keeper")]}
    town.write(INSTALLER, keeper, {"resourceType": "Practitioner", "id": "m"})
    post: Json = {"resourceType": "PractitionerRole", "organization": ref(CENTER), "code": [concept("role", "deputy")]}
    town.write(P, post | {"id": "colleague", "practitioner": ref("Practitioner/m")})
    town.write(lives.AUD, post | {"id": "own", "practitioner": ref("Practitioner/p")})


@pytest.mark.parametrize("name", ["PractitionerRole/colleague", "PractitionerRole/own"])
def test_who_wrote_a_post_or_holds_it_does_not_confirm_it_though_they_are_of_that_agency(
    after: After, name: str
) -> None:
    town = after(of_the_center)
    assert found(town) == []
    assert lay_next(town, name, Verdict(True), "Practitioner/p") == [f"{name}/_history/2 {MORE}"]


@pytest.mark.parametrize("name", ["PractitionerRole/new", "OrganizationAffiliation/a"])
def test_it_is_confirmed_as_it_had_been_written_and_counts_for_no_more(after: After, name: str) -> None:
    town = after(waiting)
    wrong = f"{name}/_history/2 {MORE}"
    assert wrong in lay_next(town, name, Verdict(True), "Practitioner/p", period={"end": "2027-03-31"})


@pytest.mark.parametrize("more", [{"fixed": frozenset({"Patient/1"})}, {"honoured": frozenset({"*"})}])
def test_confirmed_it_counts_and_no_more(after: After, more: dict[str, Any]) -> None:
    town = after(waiting)
    judged = replace(Verdict(True), **more)
    assert lay_next(town, "PractitionerRole/new", judged, "Practitioner/p") == [
        f"PractitionerRole/new/_history/2 {MORE}"
    ]


def asked(town: Town) -> None:
    """A consent of which the other agency was asked to verify the paper."""
    town.write(P, patient("1"))
    town.sign(P, consent("a", provision=lives.EVERYBODY))
    town.write(P, verifying.asking())


@pytest.mark.parametrize(
    ("who", "honoured", "right"),
    [
        ("q", {"Organization/center", "Organization/other"}, True),
        ("q", {"Organization/center", "Organization/other", "Organization/council"}, False),
        ("q", {"Organization/center", "Organization/council"}, False),
        ("co", {"Organization/center", "Organization/council"}, False),
        ("q", {"*"}, False),
    ],
)
def test_a_paper_is_verified_by_who_was_asked_to_for_its_own_records(
    after: After, who: str, honoured: set[str], right: bool
) -> None:
    town = after(asked)
    [paper] = town.stored("Consent")
    judged = replace(verdict.read(paper.terms), honoured=frozenset(honoured))
    said = [each for each in lay_next(town, "Consent/a", judged, f"Practitioner/{who}") if MORE in each]
    assert said == ([] if right else [f"Consent/a/_history/2 {MORE}"])


@pytest.mark.parametrize(
    ("changed", "number"),
    [({"status": "cancelled"}, 2), ({"status": "completed"}, 2)],
)
def test_who_is_asked_no_more_verifies_nothing(after: After, changed: Json, number: int) -> None:
    town = after(asked)
    town.write(P, again(verifying.asking()) | changed)
    [paper] = town.stored("Consent")
    judged = replace(verdict.read(paper.terms), honoured=frozenset({CENTER, "Organization/other"}))
    assert f"Consent/a/_history/2 {MORE}" in lay_next(town, "Consent/a", judged, "Practitioner/q")


def test_a_request_that_does_not_count_asks_nobody_to_verify(after: After) -> None:
    town = after(lives.verified)
    said = forged(town, "Task/v", 1, less=[each for each in _terms(town, "Task/v") if each.startswith(".counts")])
    assert f"Consent/a/_history/2 {MORE}" in said


def _terms(town: Town, name: str) -> tuple[str, ...]:
    [one] = [each for each in town.stored(name.partition("/")[0]) if each.reference == name]
    return one.terms
