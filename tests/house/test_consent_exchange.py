"""What docs/consent-exchange.md says of the guide's operations and searches is what the code has."""

from __future__ import annotations

import re

from api.documents import capability
from api.interactions import audit_request
from api.routing import routes
from profiles.spec import Spec
from tests.house import source

PAGE = source.text("docs/consent-exchange.md")
ROW = re.compile(r"^\| `\$(\w+)` \| `(\w+) /fhir(\S+)` \| ([^|]+) \| (\d{3}),", re.MULTILINE)
PARAMETER = re.compile(r"`(\w+)` ([01])\.\.([1*])")
GUIDE = {
    "fileConsent": {"consent": "1", "document": "*"},
    "revokeConsent": {"consent": "1", "patient": "1", "document": "1"},
    "recordDisclosure": {"disclosure": "1", "consent": "1"},
}
"""The parameters of the guide's 1.0.0-ballot, and how often ours may be there at least."""


def test_each_operation_of_the_page_is_routed_and_defined_as_it_says(spec: Spec) -> None:
    told = {code: (method, path, said, int(status)) for code, method, path, said, status in ROW.findall(PAGE)}
    assert set(told) == set(GUIDE)
    for code, (method, path, said, status) in told.items():
        [row] = [each for each in routes.OPERATIONS if each.operation == code]
        assert (row.method, row.path, row.done) == (method, path, status)
        defined = capability.definition(spec, code)["parameter"]
        inputs = {each["name"]: (str(each["min"]), each["max"]) for each in defined if each["use"] == "in"}
        assert inputs == {name: (low, high) for name, low, high in PARAMETER.findall(said)}
        assert {name: inputs[name][1] for name in GUIDE[code]} == GUIDE[code]


def test_the_searches_of_the_page_are_served(spec: Spec) -> None:
    for code in ("grantee", "controller", "manager"):
        assert f"`{code}`" in PAGE
        assert spec.search["Consent"][code].type == "reference"
    assert audit_request.KINDS["consent"] == "reference"


def test_the_page_says_which_version_of_the_guide_it_holds() -> None:
    assert "1.0.0-ballot" in PAGE
    assert re.search(r"^## What is not$", PAGE, re.MULTILINE)
