"""A post is one person's in one agency, for as long as it lasts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from consent.maintenance.checking import Check
from consent.relations.contributions import AGENCY
from resources.record.problem import Problem
from resources.store.open import ledger
from tests.laws.worlds import concept, index, ref
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


def agencies(town: Town, name: str) -> set[str]:
    """Whose a post is, ended rows too; a check derives the same anew."""
    with closing(ledger(str(town.folder))) as opened:
        assert [one for span in opened.spans(50) for one in Check(opened, index()).span(span).differences] == []
        return {row.relation.to for row in opened.rows(name) if row.relation.name == AGENCY}


@pytest.mark.parametrize("said", ["Organization/other", "Organization/other/_history/1", "Organization?name=other"])
def test_a_post_is_in_the_agency_that_is_named_however_it_is(town: Town, said: str) -> None:
    town.write(INSTALLER, post(id="new", meta=None, organization=ref(said)))
    town.write(INSTALLER, post(id="new", active=False, organization=ref(said)))
    assert agencies(town, "PractitionerRole/new") == {"Organization/other"}


ELSEWHERE = ["https://elsewhere.example/fhir/Organization/other", "urn:uuid:3f9f0c1e-0000-4000-8000-000000000000"]


@pytest.mark.parametrize("agency", [*map(ref, ELSEWHERE), {"identifier": {"value": "other"}}, {"display": "other"}])
def test_a_post_in_an_agency_that_is_not_kept_here_is_in_none(town: Town, agency: Json) -> None:
    town.write(INSTALLER, post(id="new", meta=None, organization=agency))
    assert agencies(town, "PractitionerRole/new") == set()


@pytest.mark.parametrize("said", ["Organization/nowhere", "organization/other", "Practitioner/p", "#other"])
def test_a_post_in_an_agency_that_there_is_not_is_refused(town: Town, said: str) -> None:
    with pytest.raises(Problem) as caught:
        town.write(INSTALLER, post(id="new", meta=None, organization=ref(said)))
    assert {issue.at.partition(".reference")[0] for issue in caught.value.issues} == {"PractitionerRole.organization"}
