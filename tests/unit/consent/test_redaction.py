"""What a protected person's place is hidden from, and that a writer who was not shown it does not lose it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import redaction, vocabulary
from consent.redaction import Redaction
from profiles import load
from tests.laws.worlds import extension, own, ref

VEILS = redaction.redactions(load.load())
HIDDEN = "Patient/1"
WORDS = ("山陽町三丁目", "086-000-0001")


def redact(type: str) -> Redaction:
    return VEILS(type, frozenset({HIDDEN}), {HIDDEN: WORDS, "Patient/2": ("東古松一丁目",)})


PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "1",
    "meta": {"versionId": "1", "security": [own("secrecy-label", "address-secret"), {"system": "urn:s", "code": "N"}]},
    "name": [{"family": "水無瀬", "text": "水無瀬"}],
    "address": [{"text": WORDS[0]}],
    "telecom": [{"value": WORDS[1]}],
    "identifier": [{"system": "urn:n", "value": "7", "assigner": ref("Organization/near")}],
    "contact": [{"name": {"text": "母"}}],
    "extension": [{"url": "urn:note", "valueString": f"いまは{WORDS[0]}"}],
}


def test_the_elements_that_give_a_place_away_are_not_shown_and_nothing_marks_them() -> None:
    shown = redact("Patient").show(PATIENT)
    assert shown == {
        "resourceType": "Patient",
        "id": "1",
        "meta": {"versionId": "1", "security": [{"system": "urn:s", "code": "N"}]},
        "name": [{"family": "水無瀬", "text": "水無瀬"}],
        "identifier": [{"system": "urn:n", "value": "7"}],
        "extension": [{"url": "urn:note"}],
    }


def test_the_answers_that_give_a_place_away_are_not_shown() -> None:
    sheet = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": "member", "item": [{"linkId": "member.address", "answer": [{"valueString": "どこか"}]}]},
            {"linkId": "concern", "answer": [{"valueString": "借金"}, {"valueString": f"{WORDS[0]}の借金"}]},
        ],
    }
    assert redact("QuestionnaireResponse").show(sheet)["item"] == [
        {"linkId": "member"},
        {"linkId": "concern", "answer": [{"valueString": "借金"}]},
    ]


def activity(description: str, *persons: str) -> dict[str, Any]:
    detail = {"description": description, "performer": [ref("Organization/1")]}
    whose = [extension("activity-subject", valueReference=ref(person)) for person in persons]
    return {"detail": detail | ({"extension": whose} if whose else {})}


def test_what_concerns_others_alone_stays_but_for_the_words_themselves() -> None:
    plan = {
        "resourceType": "CarePlan",
        "activity": [activity("通所", "Patient/2"), activity("訪問", HIDDEN, "Patient/2"), activity("家事")],
    }
    details = [each["detail"] for each in redact("CarePlan").show(plan)["activity"]]
    assert ["performer" in detail for detail in details] == [True, False, False]
    assert [detail["description"] for detail in details] == ["通所", "訪問", "家事"]
    written = {"resourceType": "CarePlan", "activity": [activity(f"{WORDS[0]}へ送る", "Patient/2")]}
    assert "description" not in redact("CarePlan").show(written)["activity"][0]["detail"]


def test_an_address_of_a_record_is_no_place() -> None:
    named = Redaction(frozenset(), frozenset(), ("Organization/near",), frozenset())
    task = {"resourceType": "Task", "owner": ref("Organization/near"), "description": "Organization/near"}
    assert named.show(task) == {"resourceType": "Task", "owner": ref("Organization/near")}


def test_only_the_places_of_the_persons_named_are_words() -> None:
    assert redact("Patient").words == WORDS
    assert VEILS("Patient", frozenset(), {HIDDEN: WORDS}).words == ()
    assert VEILS("Unknown", frozenset({HIDDEN}), {}).paths == frozenset()


def test_what_was_empty_before_stays_as_it_was() -> None:
    assert redact("Condition").show({"resourceType": "Condition", "stage": [], "code": {}}) == {
        "resourceType": "Condition",
        "stage": [],
        "code": {},
    }


def change(edit: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """What becomes of the patient when a writer who was not shown everything edits what was shown."""
    sent = copy.deepcopy(redact("Patient").show(PATIENT))
    edit(sent)
    return redact("Patient").restore(PATIENT, sent)


def test_a_writer_changes_what_was_shown_and_keeps_what_was_not() -> None:
    written = change(lambda sent: sent["name"][0].update(family="小野"))
    assert written == PATIENT | {"name": [{"family": "小野", "text": "水無瀬"}]}


def test_a_writer_takes_away_what_was_shown_alone() -> None:
    written = change(lambda sent: sent.pop("name"))
    assert written == {key: value for key, value in PATIENT.items() if key != "name"}


def test_a_label_that_was_not_shown_is_not_lifted_by_writing() -> None:
    written = change(lambda sent: sent["meta"].update(security=[{"system": "urn:s", "code": "V"}]))
    assert own("secrecy-label", "address-secret") in written["meta"]["security"]
    assert {"system": "urn:s", "code": "V"} in written["meta"]["security"]
    emptied = change(lambda sent: sent["meta"].pop("security"))
    assert own("secrecy-label", "address-secret") in emptied["meta"].get("security", [])


def test_an_element_taken_away_leaves_what_was_not_shown_of_it() -> None:
    paper = {
        "resourceType": "DocumentReference",
        "description": "どこか",
        "context": {"facilityType": {"text": "病院"}, "event": [{"text": "退院"}], "period": {"start": "2026"}},
    }
    assert redact("DocumentReference").show(paper)["context"] == {
        "event": [{"text": "退院"}],
        "period": {"start": "2026"},
    }
    written = redact("DocumentReference").restore(paper, {"resourceType": "DocumentReference"})
    assert written == {
        "resourceType": "DocumentReference",
        "description": "どこか",
        "context": {"facilityType": {"text": "病院"}},
    }


@pytest.mark.parametrize("assigned", [{"value": "8"}, {"value": "7", "period": {"end": "2027"}}])
def test_what_is_hidden_inside_an_entry_is_kept_when_the_entry_changes(assigned) -> None:
    written = change(lambda sent: sent["identifier"][0].update(assigned))
    assert written["identifier"][0] == PATIENT["identifier"][0] | assigned


def test_entries_that_are_added_and_taken_away_leave_the_others_whole() -> None:
    before = PATIENT | {"identifier": [{"value": "1", "assigner": ref("Organization/a")}, {"value": "2"}]}
    shown = redact("Patient").show(before)
    more = redact("Patient").restore(before, shown | {"identifier": [*shown["identifier"], {"value": "3"}]})
    assert more["identifier"] == [*before["identifier"], {"value": "3"}]
    less = redact("Patient").restore(before, shown | {"identifier": shown["identifier"][:1]})
    assert less["identifier"] == before["identifier"][:1]


STRINGS = st.sampled_from(("a", "山陽町三丁目", "於山陽町三丁目", "086-000-0001", ""))
NODES = st.recursive(
    STRINGS | st.booleans() | st.integers(0, 3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("address", "note", "text", "value", "assigner", "security")), inner, max_size=3
        )
    ),
    max_leaves=12,
)
RESOURCES = st.dictionaries(
    st.sampled_from(("address", "identifier", "meta", "note", "name", "contact")), NODES, max_size=4
)
EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@EXAMPLES
@given(RESOURCES)
def test_nothing_secret_is_in_what_is_shown(resource) -> None:
    shown = redact("Patient").show(resource)
    assert not [word for word in WORDS if word in repr(shown)]
    assert "address" not in shown
    assert redact("Patient").show(shown) == shown


@EXAMPLES
@given(RESOURCES)
def test_writing_back_what_was_shown_changes_nothing(resource) -> None:
    before = {"resourceType": "Patient", "id": "1"} | resource
    assert redact("Patient").restore(before, redact("Patient").show(before)) == before


def test_a_record_is_indexed_without_its_secrecy_labels() -> None:
    assert redaction.unlabelled(PATIENT)["meta"]["security"] == [{"system": "urn:s", "code": "N"}]
    plain = {"resourceType": "Patient", "meta": {"security": [{"system": "urn:s", "code": "N"}]}}
    assert redaction.unlabelled(plain) is plain


def test_what_stands_beside_a_hidden_primitive_is_hidden_with_it() -> None:
    said = {"extension": [{"url": "urn:x", "valueString": "駅の近く"}]}
    record = {"resourceType": "DocumentReference", "description": "通院先", "_description": said, "_status": said}
    redact = VEILS("DocumentReference", frozenset({"Patient/1"}), {})
    assert redact.show(record) == {"resourceType": "DocumentReference", "_status": said}
    assert redact.restore(record, {"resourceType": "DocumentReference", "_status": said}) == record


def test_an_address_in_an_extension_is_hidden_like_any_other() -> None:
    born = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueAddress": {"city": "岡山市"}}
    record = {"resourceType": "Patient", "extension": [born], "gender": "female"}
    redact = VEILS("Patient", frozenset({"Patient/1"}), {})
    assert "岡山市" not in str(redact.show(record))
    assert redact.restore(record, redact.show(record)) == record


def test_of_a_type_that_nobody_has_listed_only_the_key_is_shown_and_nothing_is_lost() -> None:
    entire = VEILS("Coverage", frozenset({HIDDEN}), {HIDDEN: WORDS})
    record = {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3", "tag": []}, "network": WORDS[0]}
    assert entire.show(record) == {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3"}}
    assert entire.restore(record, entire.show(record))["network"] == WORDS[0]


def test_every_casework_type_says_what_gives_a_place_away() -> None:
    assert set(load.load().revealing) >= vocabulary.CASEWORK
