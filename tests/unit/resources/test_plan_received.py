"""What a paper that took a plan in is read by, when another document of the same plan comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from resources import plan_document, plan_received


def paper(data: bytes | None) -> dict[str, Any]:
    attached = {} if data is None else {"data": base64.b64encode(data).decode()}
    related = {"reference": "CarePlan/here", "identifier": {"value": "https://other.example/fhir/CarePlan/there"}}
    return {"content": [{"attachment": attached}], "context": {"related": [related]}}


def test_it_says_what_was_made_of_which_record() -> None:
    assert plan_received.taken_in(paper(b"{}")) == {"https://other.example/fhir/CarePlan/there": "CarePlan/here"}
    assert plan_received.taken_in({}) == {}


@pytest.mark.parametrize("data", [None, b"", b"scanned, not sent", b"[1]"])
def test_a_paper_that_holds_no_document_brings_none(data: bytes | None) -> None:
    assert plan_received.document(paper(data)) == b""


def test_the_document_is_as_it_came() -> None:
    assert plan_received.document(paper(b'{"resourceType": "Bundle"}')) == b'{"resourceType": "Bundle"}'


@pytest.mark.parametrize(
    ("base", "system"),
    [("", None), ("https://other.example/fhir/", "urn:ietf:rfc:3986"), ("urn:x:", "urn:ietf:rfc:3986")],
)
def test_an_address_that_says_no_server_is_no_identifier_of_the_system_of_all_uris(
    base: str, system: str | None
) -> None:
    plan = {"resourceType": "CarePlan", "id": "k", "subject": {"reference": f"{base}Group/g"}}
    papers: list[dict[str, Any]] = [
        {"resourceType": "Composition", "id": "c", "type": plan_document.category(plan_document.PLAN)},
        plan | {"category": [plan_document.category(plan_document.PLAN)]},
        {"resourceType": "Group", "id": "g"},
        {"resourceType": "Patient", "id": "p"},
    ]
    bundle = {
        "type": "document",
        "identifier": {"system": "urn:x", "value": "1"},
        "entry": [{"fullUrl": f"{base}{each['resourceType']}/{each['id']}", "resource": each} for each in papers],
    }
    made = plan_received.read(bundle, b"{}", "2026-11-28T00:00:00Z", iter("abcdefgh").__next__)
    said = {each["identifier"].get("system") for each in made.paper["context"]["related"]}
    assert said == {system}
    assert len(made.paper["context"]["related"]) == 3
