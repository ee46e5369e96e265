"""What a paper that took a plan in is read by, when another document of the same plan comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from resources import plan_received


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
