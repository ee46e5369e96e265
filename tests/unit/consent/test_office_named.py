"""For whom a post speaks: the office of a coordinator and the like, and else its agency."""

from __future__ import annotations

from typing import Any

import pytest

from consent import office, vocabulary
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER

Json = dict[str, Any]

POST: Json = {"resourceType": "PractitionerRole", "id": "p", "organization": ref(CENTER)}
DESK: Json = {"resourceType": "HealthcareService", "id": "d", "providedBy": ref(CENTER)}


def posted(*functions: str) -> Json:
    return POST | {"code": [concept("role", one) for one in functions]}


def test_every_office_has_a_name_at_its_agency_which_no_record_has() -> None:
    every = office.every(CENTER)
    assert every == {f"{CENTER}#{one}" for one in vocabulary.AS_SUCH} != frozenset()
    assert all(office.is_one(one) for one in every)
    assert not office.is_one(CENTER)
    assert office.names(CENTER, ["officer"]) == office.names(CENTER, []) == frozenset()
    assert office.names(CENTER, ["officer", vocabulary.COORDINATOR]) == {f"{CENTER}#{vocabulary.COORDINATOR}"}


@pytest.mark.parametrize("function", sorted(vocabulary.AS_SUCH))
def test_such_a_post_speaks_for_its_office_and_belongs_to_its_agency(function: str) -> None:
    post = posted("officer", function)
    assert office.of(post, CENTER) == {f"{CENTER}#{function}"}
    assert set(office.rows(post, "PractitionerRole/p", CENTER)) == {
        Relation("agency", "PractitionerRole/p", CENTER),
        Relation("speaks", "PractitionerRole/p", f"{CENTER}#{function}"),
    }


@pytest.mark.parametrize(
    "post", [posted("officer"), posted(), DESK, DESK | {"code": posted("coordinator")["code"]}], ids=[*"abcd"]
)
def test_any_other_and_a_desk_speak_for_their_agency(post: Json) -> None:
    assert office.of(post, CENTER) == office.of(None, CENTER) == frozenset()
    assert set(office.rows(post, "X/1", CENTER)) == {
        Relation("agency", "X/1", CENTER),
        Relation("speaks", "X/1", CENTER),
    }
