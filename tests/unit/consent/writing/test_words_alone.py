"""A reference of words alone names nobody, so its record is its custodian's and opens to no one else.

https://hl7.org/fhir/R4/references.html#Reference; docs/policy.md, "whom a record is about"
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing.prepared import Change
from tests.unit.consent.town import Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")


@pytest.mark.parametrize(
    "words",
    [
        {"type": "Patient", "display": "水無瀬"},
        {"display": "水無瀬"},
        {"type": "Group", "display": "水無瀬家"},
        {"type": "http://hl7.org/fhir/StructureDefinition/Patient", "display": "Patient/1"},
    ],
)
def test_who_may_read_what_is_about_a_person_reads_nothing_that_only_says_the_name(town: Town, words: Any) -> None:
    town.write(P, patient("1"), household("1"))
    town.write(P, concern("c", "1"), concern("d", "1") | {"subject": words})
    town.sign(P, consent("a"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.search(P, "Condition") == ["Condition/c", "Condition/d"]
    assert town.search(P, "Condition", ("patient", "1")) == ["Condition/c"]
    named = orjson.dumps(concern("d", "1"))
    town.commit(P, Change("update", "Condition", "d", named))
    assert town.search(Q, "Condition") == ["Condition/c", "Condition/d"]
