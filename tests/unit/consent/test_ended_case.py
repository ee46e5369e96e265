"""How a case had ended that was marked as a mistake since: so it comes back, whatever the mark took away."""

from __future__ import annotations

from typing import Any

from consent import ended_case
from tests.laws.worlds import concept, extension
from tests.unit.consent.standing.filed import Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import case

OUTCOME = extension(
    "case-outcome", extension=[{"url": "outcome", "valueCodeableConcept": concept("case-outcome", "resolved")}]
)


def ended(status: str = "completed", category: str = "case", **elements: Any) -> Json:
    return case("k", category) | {"status": status, "extension": [OUTCOME]} | elements


WRONG = case("k") | {"status": "entered-in-error"}


def stood(lying: Lying, had: Json | None = WRONG) -> Any:
    return lying.ask(lambda view: ended_case.of(had, view))


def test_the_last_version_before_the_mark_tells_how_it_ended(lying: Lying) -> None:
    lying.put(case("k"))
    lying.put(ended(description="first"))
    lying.put(ended("revoked", description="last"))
    lying.put(WRONG)
    lying.put(WRONG | {"note": [{"text": "again"}]})
    assert stood(lying) == ended("revoked", description="last")
    assert stood(lying, ended()) == {}, "which is not marked"
    assert stood(lying, None) == {}


def test_what_had_not_ended_when_it_was_marked_had_ended_nohow(lying: Lying) -> None:
    lying.put(ended())
    lying.put(case("k"))
    lying.put(WRONG)
    assert stood(lying) == {}


def test_another_record_tells_nothing_of_it(lying: Lying) -> None:
    lying.put(ended() | {"id": "other"})
    lying.put(WRONG)
    assert stood(lying) == {}


def test_what_was_deleted_meanwhile_says_nothing(lying: Lying) -> None:
    lying.put(ended())
    lying.delete("CarePlan/k")
    lying.put(WRONG)
    assert stood(lying) == ended()


def test_it_has_ended_where_it_is_a_case_that_is_over_and_says_what_came_of_it() -> None:
    assert ended_case.is_one(ended())
    assert ended_case.is_one(ended("revoked"))
    assert not ended_case.is_one(ended("active"))
    assert not ended_case.is_one(ended("entered-in-error"))
    assert not ended_case.is_one(ended(category="total-care-plan"))
    assert not ended_case.is_one(case("k") | {"status": "completed"})
