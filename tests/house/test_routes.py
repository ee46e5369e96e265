"""Whatever says what is served says what the table of routes has."""

from __future__ import annotations

import re

from api.documents import capability, openapi
from api.http import outcomes
from api.routing import routes
from api.settings import Settings
from consent import vocabulary
from profiles.spec import Spec
from resources.search.index import Index
from tests.house import source

SYSTEM = {"capabilities"}
"""Listed nowhere in a CapabilityStatement: it is what one asks for it."""
OTHER = {"application/fhir+xml", "*/*"}
"""What a resource is also sent and answered as; what is true of them is asked over HTTP (tests/http/test_claims.py)."""
VIEW = {"AuditEvent": set[str](), "Subscription": {"create", "update", "delete"}}
"""No records: they are read and searched, and how they are written."""


def test_the_capability_statement_lists_every_row_and_nothing_else(spec: Spec) -> None:
    rest = capability.statement(spec, Index(spec), Settings())["rest"][0]
    listed = {each["code"] for each in rest["interaction"]}
    listed |= {each["code"] for resource in rest["resource"] for each in resource["interaction"]}
    assert listed == {code for row in routes.INTERACTIONS for code in (row.interaction, *row.also)} - SYSTEM
    operations = {
        (resource["type"], each["name"]) for resource in rest["resource"] for each in resource.get("operation", ())
    }
    every = {resource["type"] for resource in rest["resource"]} - VIEW.keys()
    of_system = {row.operation for row in routes.OPERATIONS if row.path.startswith("/$")}
    assert {each["name"] for each in rest["operation"]} == of_system
    written = every & vocabulary.CASEWORK
    served = {
        (type, row.operation)
        for row in routes.OPERATIONS
        if not row.path.startswith("/$")
        for type in ((written if row.writes else every) if row.path.startswith("/{type}") else {row.path.split("/")[1]})
    }
    of_records = {(type, code) for type, code in served if type in vocabulary.DEFINITIONS}
    of_records -= {(row.path.split("/")[1], row.operation) for row in routes.OPERATIONS}
    assert operations == served - {(type, code) for type, code in of_records if code != "meta"}


def test_every_type_has_the_interactions_of_its_kind(spec: Spec) -> None:
    for resource in capability.statement(spec, Index(spec), Settings())["rest"][0]["resource"]:
        codes = {each["code"] for each in resource["interaction"]}
        reads = {row.interaction for row in routes.INTERACTIONS if row.path.startswith("/{type}") and not row.writes}
        assert codes & reads == ({"read", "search-type"} if resource["type"] in VIEW else reads), resource["type"]
        writes = {row.interaction for row in routes.INTERACTIONS if row.writes}
        lasting = resource["type"] in vocabulary.NEVER_DELETED | vocabulary.INSTALLED
        written = writes - ({"delete"} if lasting else set())
        kept = resource["type"] in vocabulary.CASEWORK | vocabulary.INSTALLED
        written = written if kept else VIEW.get(resource["type"], set())
        assert codes & writes == written, resource["type"]


def test_every_operation_is_defined_and_every_definition_is_served(spec: Spec) -> None:
    defined = {each["code"]: each for each in spec.artefacts.values() if each["resourceType"] == "OperationDefinition"}
    assert set(defined) == {row.operation for row in routes.OPERATIONS}
    for row in routes.OPERATIONS:
        inputs = {each["name"] for each in defined[row.operation]["parameter"] if each["use"] == "in"}
        assert set(row.parameters) - {"_format"} <= inputs, row.name


def test_the_document_says_what_each_row_takes_and_answers(spec: Spec) -> None:
    paths = openapi.document(spec)["paths"]
    for row in routes.ALL:
        said = paths[f"/fhir{row.path}"][row.method.lower()]
        assert said["operationId"] == row.name
        assert ("security" in said) == row.open
        assert set(said.get("requestBody", {}).get("content", ())) - OTHER == set(row.takes)
        answers = set() if row.done in (202, 204) else set(row.answers)
        assert set(said["responses"][str(row.done)].get("content", ())) - OTHER == answers


def test_the_page_says_of_each_row_what_it_is_and_who_may_ask() -> None:
    page = source.text("docs/api.md")
    for row in routes.ALL:
        [line] = re.findall(rf"^\| `{re.escape(f'{row.method} /fhir{row.path}')}` \|(.*)\|$", page, re.MULTILINE)
        code, who, *_ = (cell.strip() for cell in line.split("|"))
        assert code == f"`{row.interaction}`", row.name
        assert who == ("anybody" if row.open else "signed in"), row.name


def test_no_table_is_kept_beside_the_routes() -> None:
    named = [source.name(file) for file in source.modules("api") if "__name__" in file.read_text(encoding="utf-8")]
    assert [name for name in named if name != "api/cli.py" and "openapi.py" not in name] == []


def test_whatever_names_a_type_or_a_record_says_that_there_may_be_none() -> None:
    for row in routes.ALL:
        if "{" in row.path:
            assert 404 in {outcomes.STATUS[kind][0] for kind in row.refuses}, row.name
