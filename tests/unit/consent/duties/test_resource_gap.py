"""R43: what is lacking is recorded so that it can be counted."""

from __future__ import annotations

from typing import Any

from consent.duties import resource_gap
from tests.laws.worlds import concept
from tests.unit.consent.people import change, wrongs

GAP: dict[str, Any] = {
    "resourceType": "Observation",
    "category": [concept("record-category", "resource-gap")],
    "code": concept("concern-field", "debts"),
    "valueCodeableConcept": concept("gap-kind", "none-there"),
    "effectiveDateTime": "2026-11-23",
}


def test_a_gap_says_its_field_its_kind_and_its_day() -> None:
    def counted(**changes: Any) -> list[str]:
        after = {name: value for name, value in (GAP | changes).items() if value is not None}
        return wrongs(resource_gap.countable, change(None, after))

    assert counted() == []
    assert counted(code=concept("gap-kind", "debts")) == ["R43 at Observation.code"]
    assert counted(code=None) == ["R43 at Observation.code"]
    both = {"coding": [each["coding"][0] for each in (GAP["code"], concept("concern-field", "housing"))]}
    assert counted(code=both) == ["R43 at Observation.code"]
    assert counted(subject={"reference": "Patient/1"}) == []
    assert counted(valueCodeableConcept={"text": "送迎がない"}) == ["R43 at Observation.value"]
    assert counted(effectiveDateTime=None) == ["R43 at Observation.effective"]
    assert counted(effectiveDateTime=None, category=[concept("record-category", "concern")]) == []
    assert wrongs(resource_gap.countable, change({"resourceType": "Observation"}, None)) == []
