"""The CapabilityStatement says what is served, and nothing else."""

from __future__ import annotations

import fhirkit
import orjson
import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from api.documents import capability
from api.interactions import audit_request
from api.settings import Settings
from consent import vocabulary
from consent.auditing import audit_event
from resources.search import request
from resources.search.index import Index

DELETED = vocabulary.CASEWORK - vocabulary.NEVER_DELETED | vocabulary.CHANNELS
VALUES = {"date": "2019-04-05", "number": "1", "quantity": "1", "reference": "Patient/1", "uri": "urn:x:y"}


@pytest.fixture(scope="module")
def index(spec):
    return Index(spec)


@pytest.fixture(scope="module")
def statement(spec, index):
    return capability.statement(spec, index, Settings())


def test_it_is_a_valid_capability_statement(statement):
    body = orjson.dumps(statement)
    assert fhirkit.validate(body) == []
    assert CapabilityStatement.model_validate_json(body).fhirVersion == "4.0.1"


def test_every_search_parameter_it_names_is_answered(statement, index):
    named = [
        (resource["type"], parameter)
        for resource in statement["rest"][0]["resource"]
        for parameter in resource["searchParam"]
    ]
    assert len(named) > 300
    for type, parameter in named:
        special = {"near": "34.6|133.9", "_filter": "_id pr true"}
        value = special.get(parameter["name"]) or VALUES.get(parameter["type"], "x")
        if parameter["type"] == "composite":
            continue
        if type == audit_event.TYPE:
            asked = {"agency": "Organization/1", "consent": "Consent/1"}.get(parameter["name"], value)
            audit_request.parse([(parameter["name"], asked)], "")
            continue
        targets = index.spec.search[type][parameter["name"]].targets
        if parameter["type"] == "reference" and targets:
            value = f"{targets[0]}/1"
        request.parse(index, type, [(parameter["name"], value)])


def test_everything_that_it_says_can_come_along_is_understood(statement, index):
    for resource in statement["rest"][0]["resource"]:
        for key, name in (("searchInclude", "_include"), ("searchRevInclude", "_revinclude")):
            for value in resource.get(key, ()):
                request.parse(index, resource["type"], [(name, value)])


def test_what_must_last_is_not_said_to_be_deletable(statement):
    for resource in statement["rest"][0]["resource"]:
        deletable = {"code": "delete"} in resource["interaction"]
        assert deletable == (resource["type"] in DELETED)
