"""What comes along with a page: of the types that the token reaches, and to oneself nothing by who reported (P7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Actor, Scope
from resources.search import request
from tests.laws.worlds import index, ref
from tests.unit.consent.people import NOBODY
from tests.unit.consent.test_oneself import SELF
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient

Json = dict[str, Any]

P = actor("p")


@pytest.fixture
def kept(town: Town) -> Town:
    """Two persons, each with a concern; the first one's the officer reported, the second one's the first person."""
    town.write(P, patient("1"), patient("2"))
    town.write(P, concern("c", "1", asserter=ref("Practitioner/p")), concern("d", "2", asserter=ref("Patient/1")))
    desk: Json = {"resourceType": "HealthcareService", "id": "d2", "providedBy": ref("Organization/other")}
    town.write(INSTALLER, desk | {"category": [{"text": "x"}]})
    return town


def included(town: Town, asked: str, who: Actor = P) -> list[str]:
    type, _, said = asked.partition("?")
    parts = [each.partition("=") for each in said.split("&")]
    wanted = request.parse(index(), type, [(name, value) for name, _, value in parts])
    return sorted(each.reference for each in town.run(town.gate.search(who, wanted)).included)


def scopes(*types: str) -> Mapping[str, Any]:
    return {"scopes": tuple(Scope("user", each, frozenset("rs")) for each in types)}


def test_what_a_record_names_comes_along_and_nothing_else_of_its_type(kept: Town) -> None:
    assert included(kept, "Condition?_id=c&_include=Condition:subject") == ["Patient/1"]
    assert included(kept, "Condition?_id=c&_include=Condition:asserter") == ["Practitioner/p"]
    assert included(kept, "Condition?_id=c&_include=Condition:*") == ["Patient/1", "Practitioner/p"]
    assert included(kept, "Patient?_id=1&_revinclude=Condition:subject") == ["Condition/c"]
    assert included(kept, "Condition?_id=none&_include=Condition:subject") == []


def test_of_types_that_are_not_named_those_come_that_the_token_reaches(kept: Town) -> None:
    asked = "Condition?_id=c&_include=Condition:*"
    assert included(kept, asked, replace(P, **scopes("Condition"))) == []
    assert included(kept, asked, replace(P, **scopes("Condition", "Patient"))) == ["Patient/1"]


def test_to_oneself_nothing_comes_by_who_reported_or_asked(kept: Town) -> None:
    assert included(kept, "Condition?_include=Condition:*", SELF) == ["Patient/1"]
    assert included(kept, "Condition?_include=Condition:subject", SELF) == ["Patient/1"]
    assert included(kept, "Patient?_id=1&_revinclude=Condition:subject", SELF) == ["Condition/c"]
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    kept.write(P, task | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    assert "Organization/center" in included(kept, "Task?_id=t&_include=Task:*")
    assert kept.search(SELF, "Task") == ["Task/t"]
    assert included(kept, "Task?_id=t&_include=Task:*", SELF) == ["Organization/other", "Patient/1"]


def test_to_who_has_not_signed_in_comes_what_is_of_the_directory_alone(kept: Town) -> None:
    asked = "HealthcareService?_id=d2&_include=HealthcareService:*"
    assert included(kept, asked, NOBODY) == ["Organization/other"]
    assert included(kept, asked) == ["Organization/other"]
