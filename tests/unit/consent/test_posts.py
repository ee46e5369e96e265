"""A post is one person's in one agency, for as long as it lasts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.town import INSTALLER, Town

Json = dict[str, Any]


def post(**elements: Any) -> Json:
    found: Json = {"resourceType": "PractitionerRole", "id": "q", "practitioner": ref("Practitioner/q")}
    found |= {"organization": ref("Organization/other"), "code": [concept("role", "officer")]}
    changed = found | {"meta": {"versionId": "1"}} | elements
    return {name: part for name, part in changed.items() if part is not None}


@pytest.mark.parametrize(
    ("moved", "at"),
    [
        ({"practitioner": ref("Practitioner/p")}, "PractitionerRole.practitioner"),
        ({"organization": ref("Organization/center")}, "PractitionerRole.organization"),
        ({"practitioner": None}, "PractitionerRole.practitioner"),
        ({"organization": None}, "PractitionerRole.organization"),
        ({"organization": {"identifier": {"value": "center"}}}, "PractitionerRole.organization"),
        ({"organization": ref("#x"), "contained": [{"resourceType": "Organization", "id": "x", "name": "x"}]}, ""),
    ],
)
def test_a_post_does_not_become_anothers(town: Town, moved: Json, at: str) -> None:
    with pytest.raises(Problem, match="P12: a post never changes") as caught:
        town.write(INSTALLER, post(**moved))
    assert caught.value.kind == "business-rule"
    assert caught.value.issues[0].at in (at, "PractitionerRole.organization")


def test_a_post_ends_and_becomes_something_else_in_its_own_agency(town: Town) -> None:
    town.write(INSTALLER, post(code=[concept("role", "deputy")]))
    town.write(INSTALLER, post(active=False))


def test_nobody_writes_their_own_post(town: Town) -> None:
    officer = replace(INSTALLER, person="Practitioner/q")
    with pytest.raises(Problem, match="P12: nobody writes their own post") as caught:
        town.write(officer, post(code=[concept("role", "convener")]))
    assert caught.value.kind == "forbidden"
    with pytest.raises(Problem, match="nobody writes their own"):
        town.write(officer, post(meta=None, id="q2", code=[concept("role", "lead-section")]))
