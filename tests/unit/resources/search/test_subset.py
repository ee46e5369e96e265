"""https://hl7.org/fhir/R4/search.html#summary"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem
from resources.search import subset
from resources.search.subset import Subset
from tests.unit.resources.search.examples import CONDITION, DOCUMENT, OBSERVATION, PATIENT

MARK = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
TOLD = {**PATIENT, "text": {"status": "generated", "div": "<div/>"}, "contact": [{"name": {"text": "隣人"}}]}


def part(spec, summary="false", elements="", of=TOLD):
    named = subset.elements(spec, of["resourceType"], elements) if elements else ()
    return subset.of(spec, Subset(summary, named), of)


def test_a_part_says_that_it_is_one_beside_the_tags_of_the_record(spec):
    for summary in ("true", "text", "data"):
        assert part(spec, summary)["meta"]["tag"] == [*PATIENT["meta"]["tag"], MARK]
    assert PATIENT["meta"]["tag"] == [{"system": "urn:tag", "code": "t"}]


def test_elements_come_with_what_a_record_must_have_and_what_changes_its_meaning(spec):
    assert set(part(spec, elements="name")) == {
        *("resourceType", "id", "meta", "name", "active", "deceasedBoolean", "link"),
    }
    assert set(part(spec, elements="onset", of=CONDITION)) >= {"subject", "onsetAge", "clinicalStatus"}
    assert "code" not in part(spec, elements="onsetAge", of=CONDITION)
    assert "_birthDate" in part(spec, elements="birthDate")


def test_an_element_that_no_record_has_is_refused_by_name(spec):
    for wrong in ("colour", "name,colour", "Nope.name", "name.colour", "name,"):
        with pytest.raises(Problem) as raised:
            subset.elements(spec, "Patient", wrong)
        assert raised.value.issues[0].at == "_elements"


def test_a_summary_has_what_the_definition_marks_at_every_depth(spec):
    assert set(part(spec, "true")) == {
        *("resourceType", "id", "meta", "identifier", "active", "name", "telecom", "gender", "birthDate", "_birthDate"),
        *("deceasedBoolean", "address", "managingOrganization", "link"),
    }
    seen = part(spec, "true", of=OBSERVATION)
    assert seen["component"] == OBSERVATION["component"]
    assert "category" not in seen
    assert "entry" in part(spec, "true", of=DOCUMENT)
    photo = {"resourceType": "Patient", "link": [{"id": "1", "other": {"reference": "Patient/p"}, "type": "seealso"}]}
    assert part(spec, "true", of=photo)["link"] == [{"other": {"reference": "Patient/p"}, "type": "seealso"}]


def test_text_and_data_are_each_others_complement(spec):
    assert set(part(spec, "text")) == {"resourceType", "id", "meta", "text"}
    assert set(part(spec, "text", of=CONDITION)) == {"resourceType", "meta", "subject"}
    assert set(TOLD) - set(part(spec, "data")) == {"text"}


def test_the_order_of_elements_stays(spec):
    kept = [key for key in part(spec, "true") if key != "meta"]
    assert kept == [key for key in TOLD if key in kept]
