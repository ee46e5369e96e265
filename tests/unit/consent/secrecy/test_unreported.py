"""What a person reads of their own records tells nobody's name who reported, wrote or asked (P7)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.secrecy import unreported
from profiles import load, reporting
from tests.laws.worlds import extension, ref

SPEC = load.load()
REPORTER = ref("Practitioner/reporter")
KEY = {"resourceType": "Condition", "id": "1"}
WHOLE = {"_content", "_filter", "_query", "_source", "_text"}
Json = dict[str, Any]


def test_who_recorded_and_who_asserted_a_concern_is_left_out_with_what_stands_beside_it() -> None:
    told = {"recorder": REPORTER, "asserter": REPORTER, "_recorder": {"id": "r"}}
    rest = {"subject": ref("Patient/1"), "recordedDate": "2026-11-01", "_recordedDate": {"id": "d"}}
    assert unreported.shown({**KEY, **told, **rest}) == {**KEY, **rest}


def test_who_asked_is_left_out_of_a_request_and_who_was_asked_stays() -> None:
    task = {"resourceType": "Task", "id": "1", "owner": ref("Organization/a"), "recorder": REPORTER}
    assert unreported.shown({**task, "requester": ref("Organization/b")}) == task, "each type has elements of its own"


def test_what_may_say_anything_is_left_out_wherever_it_stands() -> None:
    note = {"authorReference": REPORTER, "authorString": "通報者", "_authorString": {"id": "x"}, "time": "2026-11-01"}
    contained = [{"resourceType": "Practitioner", "id": "p"}]
    said = {"contained": contained, "modifierExtension": [{"url": "urn:x"}], "source": "urn:reporter"}
    narrative = {"status": "generated", "div": "<div>通報者</div>"}
    record = {
        **KEY,
        "text": narrative,
        "meta": {"source": "urn:x", "versionId": "1"},
        "note": [note | {"text": "面談"}],
    }
    record |= {**said, "stage": [{"summary": {"text": "初期", **said}}, {"type": {"text": "x"}}]}
    assert unreported.shown(record) == {
        **KEY,
        "meta": {"versionId": "1"},
        "note": [{"time": "2026-11-01", "text": "面談"}],
        "stage": [{"summary": {"text": "初期"}}, {"type": {"text": "x"}}],
    }, "a text that is words stays, a narrative goes"


def test_of_extensions_those_stay_of_which_it_is_known_that_they_name_nobody_else() -> None:
    kana = {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL"}
    ours = extension("necessity", valueString="見守り")
    other = {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedBy", "valueReference": REPORTER}
    assert unreported.shown({**KEY, "extension": [kana, ours]}) == {**KEY, "extension": [kana, ours]}
    for unknown in (other, {"valueString": "x"}, "x"):
        assert unreported.shown({**KEY, "extension": [ours, unknown]}) == KEY, (
            "what is beside one of others goes with it"
        )
        assert unreported.shown({**KEY, "code": {"extension": [unknown], "text": "x"}}) == {
            **KEY,
            "code": {"text": "x"},
        }
    assert unreported.shown({**KEY, "_onsetString": {"extension": [other]}}) == {**KEY, "_onsetString": {}}
    assert unreported.shown({**KEY, "extension": {"url": "urn:x"}}) == {**KEY, "extension": {"url": "urn:x"}}


def test_of_a_type_that_nobody_has_listed_no_more_than_the_key_is_shown() -> None:
    claim = {"resourceType": "Claim", "id": "1", "provider": REPORTER, "patient": ref("Patient/1"), "meta": {}}
    assert unreported.shown(claim) == {"resourceType": "Claim", "id": "1"}
    assert unreported.shown({"resourceType": "Claim", "status": "active"}) == {"resourceType": "Claim"}


@pytest.mark.parametrize(
    ("type", "telling"),
    [
        ("Condition", {"asserter"}),
        ("Task", {"requester"}),
        ("Composition", {"attester", "author"}),
        ("Encounter", {"participant", "participant-type", "practitioner"}),
        ("Patient", set[str]()),
    ],
)
def test_a_question_about_such_an_element_or_about_the_whole_record_would_tell_it(type: str, telling: set[str]) -> None:
    assert unreported.telling(SPEC, type, SPEC.search[type]) == sorted(telling | WHOLE)
    assert unreported.telling(SPEC, type, ["_id", "unheard-of"]) == []


def test_of_a_type_that_nobody_has_listed_every_question_but_that_for_an_id_would_tell() -> None:
    assert "Claim" not in reporting.elements()
    assert unreported.telling(SPEC, "Claim", ["_id", "use", "_lastUpdated"]) == ["_lastUpdated", "use"]
    assert unreported.telling(SPEC, "Nothing", ["use"]) == []


def test_a_question_about_several_elements_at_once_would_tell() -> None:
    composite = [name for name, each in SPEC.search["Observation"].items() if each.components]
    assert composite
    assert set(composite) <= set(unreported.telling(SPEC, "Observation", SPEC.search["Observation"]))
