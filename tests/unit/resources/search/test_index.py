"""https://hl7.org/fhir/R4/search.html#searchinputs"""

from __future__ import annotations

from dataclasses import replace

import pytest

from resources.search.expression import Unreadable
from resources.search.index import Index
from tests.unit.resources.search.examples import EXAMPLES, PATIENT


def test_terms_are_named_by_the_codes_of_the_parameters(index, spec):
    for type, resource in EXAMPLES:
        names = {term.partition(" ")[0] for term in index.terms(resource)}
        assert names <= spec.search[type].keys()


def test_the_common_parameters_are_indexed_for_every_type(index):
    assert {"_id =h-mother", "_profile =https://tsunagu.example/fhir/StructureDefinition/person"} <= index.terms(
        PATIENT
    )
    assert {term.partition(" ")[0] for term in index.terms(PATIENT)} >= {
        "_id",
        "_lastUpdated",
        "_profile",
        "_security",
        "_source",
        "_tag",
    }


def test_an_index_without_a_base_keeps_absolute_addresses(spec):
    concern = {"resourceType": "Condition", "subject": {"reference": "https://records.example/fhir/Patient/1"}}
    assert "subject https://records.example/fhir/Patient/1" in Index(spec).terms(concern)
    assert "subject Patient/1" in Index(spec, "https://records.example/fhir/").terms(concern)


def test_a_type_that_is_not_served_has_no_index(index):
    with pytest.raises(KeyError):
        index.terms({"resourceType": "Medication"})


def test_empty_places_in_arrays_are_passed_over(index):
    person = {
        "resourceType": "Patient",
        "name": [{"given": ["花子", None], "_given": [None, {"id": "x"}]}, None],
        "telecom": [{"system": "phone"}],
        "address": None,
    }
    terms = index.terms(person)
    assert "given =花子" in terms
    assert "phone ?" in terms
    assert not any(term.startswith("address ") for term in terms)


def test_an_identifier_contact_or_text_in_place_of_another_kind_makes_no_terms(index):
    odd = {
        "resourceType": "Observation",
        "valueQuantity": {"value": "much"},
        "valueRange": "wide",
        "effectiveTiming": "often",
        "effectiveDateTime": 2019,
        "code": {"coding": [{"display": "no code"}]},
        "subject": "Patient/1",
    }
    assert index.terms(odd) >= {"value-quantity ?", "date ?", "code ~nocode", "subject ?"}


def test_a_definition_that_cannot_be_followed_stops_the_start_and_is_named(spec):
    odd = replace(spec.search["Patient"]["name"], expression="Patient.name.matches('a')")
    with pytest.raises(Unreadable, match=r"individual-name|Patient-name"):
        Index(replace(spec, search={**spec.search, "Patient": {"name": odd}}))
