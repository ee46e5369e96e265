"""https://hl7.org/fhir/R4/search.html#uri"""

from __future__ import annotations

import pytest

SET = {"resourceType": "ValueSet", "url": "http://acme.example/fhir/ValueSet/123", "meta": {"profile": ["http://p|1"]}}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("url=http://acme.example/fhir/ValueSet/123", True),
        ("url=http://acme.example/fhir/ValueSet/12", False),
        ("url=HTTP://acme.example/fhir/ValueSet/123", False),
        ("url:below=http://acme.example/fhir", True),
        ("url:below=http://acme.example/fhir/", True),
        ("url:below=http://acme.example/fhir/ValueSet/123", True),
        ("url:below=http://acme.example/fh", False),
        (f"url:below=http://acme.example/{'x' * 300}", False),
        ("_profile=http://p", True),
        ("_profile=http://p\\|1", True),
        ("_profile=http://p\\|2", False),
        ("_source:missing=true", True),
    ],
)
def test_a_uri_is_found_whole_or_below_another(finds, parameters, found):
    assert finds(SET, parameters) is found
