"""What is shown of a record about a protected person: its harmless elements, and what the reader wrote (D1)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import vocabulary
from consent.secrecy import harmless
from consent.secrecy.harmless import MASK
from consent.secrecy.harmless_value import NOBODY, Sight
from consent.secrecy.redaction import Redaction, texts, withheld
from consent.secrecy.restoring import Restoring
from profiles import load
from tests.laws.worlds import concept, extension, own, ref

SPEC = load.load()
LIST = harmless.of(SPEC)
PLACE = "山陽町三丁目九番地"
Json = dict[str, Any]


def reading(type: str, *wrote: str, identities: tuple[str, ...] = (), party: bool = False) -> Redaction:
    return Redaction(LIST, type, Sight(frozenset(identities), party, lambda pointer: pointer in wrote))


def show(resource: Json, *wrote: str, **sight: Any) -> Json:
    return reading(resource["resourceType"], *wrote, **sight).show(resource)


def restore(before: Json, sent: Json, *wrote: str) -> Json:
    return Restoring(reading(before["resourceType"], *wrote)).restore(before, sent)


PATIENT: Json = {
    "resourceType": "Patient",
    "id": "1",
    "meta": {"versionId": "1", "lastUpdated": "2026-11-23T00:00:00Z", "tag": [{"code": PLACE}], "source": "urn:x"},
    "text": {"status": "generated", "div": f"<div>{PLACE}</div>"},
    "name": [{"family": "水無瀬", "text": "水無瀬", "extension": [{"url": "urn:x", "valueString": PLACE}]}],
    "gender": "female",
    "birthDate": "1980-11-02",
    "address": [{"text": PLACE}],
    "telecom": [{"value": "086-000-0001"}],
    "identifier": [
        {"system": "urn:n", "value": PLACE},
        {"system": "https://tsunagu.example/fhir/sid/household", "value": "7", "assigner": ref("Organization/near")},
    ],
    "managingOrganization": ref("Organization/near"),
    "contact": [{"name": {"text": PLACE}, "address": {"text": PLACE}}],
    "extension": [{"url": "urn:note", "valueString": PLACE}, {"url": "urn:p", "valueReference": ref("Location/h")}],
    "link": [{"other": ref("RelatedPerson/r"), "type": "seealso"}],
}
SHOWN: Json = {
    "resourceType": "Patient",
    "id": "1",
    "meta": {"versionId": "1", "lastUpdated": "2026-11-23T00:00:00Z"},
    "name": [{"family": "水無瀬", "text": "水無瀬"}],
    "gender": "female",
    "birthDate": "1980-11-02",
    "identifier": [{"system": "https://tsunagu.example/fhir/sid/household", "value": "7"}],
    "link": [{"other": ref("RelatedPerson/r"), "type": "seealso"}],
}


def test_names_dates_closed_codes_numbers_of_the_city_and_persons_are_shown_and_nothing_else() -> None:
    assert show(PATIENT) == SHOWN


def test_an_agency_is_shown_to_itself_alone() -> None:
    assert show(PATIENT, identities=("Organization/near",))["managingOrganization"] == ref("Organization/near")


def test_the_parties_of_a_request_are_shown_to_its_parties() -> None:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    task |= {"requester": ref("Organization/a"), "owner": ref("HealthcareService/near"), "location": ref("Location/h")}
    assert show(task) == {key: task[key] for key in ("resourceType", "status", "intent", "for")}
    assert show(task, party=True) == {key: task[key] for key in task if key != "location"}
    assert show(task, identities=("Organization/a",)).keys() - show(task).keys() == {"requester"}


def test_a_text_and_an_attachment_are_shown_to_who_wrote_that_value() -> None:
    paper: Json = {"resourceType": "DocumentReference", "status": "current", "description": PLACE}
    paper |= {"content": [{"attachment": {"title": PLACE}}, {"attachment": {"data": "5Y2X"}}]}
    assert show(paper) == {"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": MASK}]}
    written = show(paper, "/description", "/content/1/attachment")
    assert written == paper | {"content": [{"attachment": {"data": "5Y2X"}}]}


def test_an_address_is_not_shown_to_who_wrote_it() -> None:
    everything = tuple(pointer for pointer, _, _ in withheld(LIST, PATIENT))
    shown = show(PATIENT, *everything)
    assert not {"address", "telecom", "extension", "managingOrganization"} & shown.keys()
    assert "address" not in shown["contact"][0]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (
            concept("concern-field", "debts"),
            {"coding": [own("concern-field", "debts") | {"display": "支出・滞納・借金"}]},
        ),
        ({"coding": [own("concern-field", "debts")], "text": PLACE}, None),
        ({"coding": [own("concern-field", "debts") | {"display": PLACE}, {"system": "urn:x", "code": PLACE}]}, None),
        ({"coding": [own("concern-field", PLACE)]}, MASK),
        ({"coding": [own("area-kind", "welfare-office")]}, MASK),
        ({"text": PLACE}, MASK),
    ],
)
def test_of_a_code_only_a_closed_one_is_shown_with_the_display_of_its_system(code: Json, shown: Json | None) -> None:
    """`code` is required of an Observation: where nothing of it is shown a mask stands there, filled or not."""
    seen = show({"resourceType": "Observation", "status": "final", "code": code})["code"]
    assert seen == (shown or {"coding": [own("concern-field", "debts") | {"display": "支出・滞納・借金"}]})


def test_no_number_is_harmless() -> None:
    postal = {"resourceType": "Observation", "status": "final", "code": {}, "valueInteger": 7020001}
    assert "valueInteger" not in show(postal)


def test_a_required_primitive_is_masked_beside_its_name() -> None:
    paper = {"resourceType": "Composition", "status": "final", "date": "2026", "title": PLACE}
    assert show(paper) == {
        **{key: paper[key] for key in ("resourceType", "status", "date")},
        "type": MASK,
        "author": [MASK],
        "_title": MASK,
    }


def test_of_a_sheet_the_names_are_shown_and_the_address_to_nobody() -> None:
    def answer(link: str, **value: Any) -> Json:
        return {"linkId": link, "answer": [value]}

    row = [
        answer("member.name", valueString="水無瀬"),
        answer("member.address", valueString=PLACE),
        answer("member.note", valueString="まちの様子"),
        answer("member.concern", valueCoding=own("concern-field", "debts") | {"display": "支出・滞納・借金"}),
        answer(PLACE, valueBoolean=True),
    ]
    sheet = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "member", "item": row}],
    }
    assert show(sheet)["item"] == [
        {"linkId": "member", "item": [row[0], row[3], {"answer": [{"valueBoolean": True}], "_linkId": MASK}]}
    ]
    wrote = [pointer for pointer, _, _ in withheld(LIST, sheet)]
    assert show(sheet, *wrote)["item"][0]["item"] == [row[0], row[2], row[3], row[4]]


def test_of_our_own_extensions_persons_and_closed_codes_are_shown_and_words_to_their_writer() -> None:
    meeting: Json = {
        "resourceType": "Encounter",
        "status": "planned",
        "class": own("encounter-class", "support-conference"),
    }
    agenda, necessity = extension("agenda", valueReference=ref("CarePlan/k")), extension("necessity", valueString=PLACE)
    basis = extension("legal-basis", valueCodeableConcept={"coding": [own("legal-basis", "art9")], "text": PLACE})
    other = extension("disclosable-to", valueReference=ref("Organization/a"))
    meeting |= {"extension": [agenda, necessity, basis, other, {"url": "urn:x", "valueReference": ref("Patient/1")}]}
    shown = show(meeting, identities=("Organization/a",))["extension"]
    assert shown[0] == agenda
    assert [each["url"].rpartition("/")[2] for each in shown] == ["agenda", "legal-basis"]
    assert PLACE not in str(shown)
    assert necessity in show(meeting, "/extension/1/valueString")["extension"]


def test_of_a_type_that_nobody_has_listed_only_the_key_is_shown_and_nothing_is_lost() -> None:
    record = {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3", "tag": []}, "network": PLACE}
    shown = show(record)
    assert shown == {"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3"}}
    assert restore(record, shown) == record


def test_every_casework_type_says_what_is_harmless() -> None:
    assert set(SPEC.harmless.types) == vocabulary.CASEWORK


@pytest.mark.parametrize("type", sorted(vocabulary.CASEWORK))
def test_every_harmless_path_leads_to_an_element_that_can_be(type: str) -> None:
    never = {"Address", "ContactPoint", "Extension", "Narrative", "Attachment", "Annotation", "Resource", "Meta"}
    for path in SPEC.harmless.types[type]:
        element = SPEC.element(type, path)
        assert element is not None, path
        assert not never & set(element.types), path
        assert "string" not in element.types or path in ("name", "item.linkId"), path


def change(edit: Callable[[Json], Any], before: Json = PATIENT) -> Json:
    """What becomes of a record when a writer who was not shown everything edits what was shown."""
    sent = copy.deepcopy(show(before))
    edit(sent)
    return restore(before, sent)


def test_a_writer_changes_what_was_shown_and_keeps_what_was_not() -> None:
    assert change(lambda sent: sent.update(birthDate="1980-11-03")) == PATIENT | {"birthDate": "1980-11-03"}
    assert change(lambda sent: sent.pop("gender")) == {key: PATIENT[key] for key in PATIENT if key != "gender"}
    assert change(lambda sent: sent.pop("meta")) == PATIENT


def test_a_hidden_part_follows_what_was_changed_in_its_place_and_else_stays_by_itself() -> None:
    named = change(lambda sent: sent["name"][0].update(family="小野"))
    assert named["name"] == [PATIENT["name"][0] | {"family": "小野"}]
    without = change(lambda sent: sent.pop("name"))
    assert without["name"] == [{"extension": PATIENT["name"][0]["extension"]}]
    assert "name" not in show(without)


def test_what_was_hidden_for_one_person_does_not_follow_to_another() -> None:
    def activity(whom: str, **detail: Any) -> Json:
        return {"detail": {"extension": [extension("activity-subject", valueReference=ref(whom))]} | detail}

    plan: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    plan |= {"activity": [activity("Patient/wife", status="scheduled", description=PLACE)]}
    sent = show(plan) | {"activity": [activity("Patient/husband", status="scheduled")]}
    assert restore(plan, sent)["activity"] == [*sent["activity"], {"detail": {"description": PLACE}}]
    done = show(plan) | {"activity": [activity("Patient/wife", status="completed")]}
    assert restore(plan, done)["activity"] == [activity("Patient/wife", status="completed", description=PLACE)]


def test_entries_that_are_added_and_taken_away_leave_the_others_whole() -> None:
    notes = [{"text": PLACE}, {"text": "a"}, {"text": "b"}]
    concern: Json = {"resourceType": "Condition", "subject": ref("Patient/1"), "note": notes}
    shown = show(concern, "/note/1")
    assert shown["note"] == [{"text": "a"}]
    sent = shown | {"note": [{"text": "a"}, {"text": "c"}]}
    assert restore(concern, sent, "/note/1")["note"] == [notes[0], {"text": "a"}, {"text": "c"}, notes[2]]
    del sent["note"]
    assert restore(concern, sent, "/note/1")["note"] == [notes[0], notes[2]]


def test_it_is_said_which_values_their_writer_did_not_send() -> None:
    concern: Json = {"resourceType": "Condition", "subject": ref("Patient/1"), "note": [{"text": PLACE}, {"text": "a"}]}
    restoring = Restoring(reading("Condition", "/note/1"))
    restoring.restore(concern, {"resourceType": "Condition", "subject": ref("Patient/1"), "note": [{"text": "z"}]})
    assert restoring.kept == {"/note/0": "/note/0"}


STRINGS = st.sampled_from(("a", PLACE, "final", "2026-11-23", ""))
REFERENCES = st.sampled_from(("Patient/1", "Organization/a", "Location/h", "Task/1", "urn:x")).map(ref)
CODES = st.fixed_dictionaries(
    {},
    optional={
        "coding": st.lists(st.sampled_from((own("concern-field", "debts"), own("x", "y"))), max_size=2),
        "text": STRINGS,
    },
)
EXTENSIONS = st.lists(
    st.sampled_from((extension("agenda", valueReference=ref("CarePlan/k")), {"url": "urn:x", "valueString": PLACE})),
    max_size=2,
)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "status": STRINGS,
        "description": STRINGS,
        "_description": EXTENSIONS.map(lambda found: {"extension": found}),
        "code": CODES,
        "location": REFERENCES,
        "performer": st.lists(REFERENCES, max_size=2),
        "extension": EXTENSIONS,
    },
)
RECORDS = st.fixed_dictionaries(
    {
        "resourceType": st.just("CarePlan"),
        "id": st.just("1"),
        "meta": st.just({"versionId": "2", "tag": [{"code": PLACE}]}),
    },
    optional={
        "title": STRINGS,
        "subject": REFERENCES,
        "category": st.lists(CODES, max_size=2),
        "note": st.lists(st.fixed_dictionaries({"text": STRINGS}), max_size=3),
        "activity": st.lists(
            st.fixed_dictionaries({}, optional={"detail": DETAILS, "reference": REFERENCES}), max_size=3
        ),
        "extension": EXTENSIONS,
        "contained": st.just([{"resourceType": "Patient", "address": [{"text": PLACE}]}]),
    },
)
EXAMPLES = settings(max_examples=400, deadline=None, derandomize=True, database=None)


@EXAMPLES
@given(RECORDS, st.data())
def test_writing_back_what_was_shown_changes_nothing_byte_for_byte(record: Json, data: st.DataObject) -> None:
    mine = data.draw(st.sets(st.sampled_from([each[0] for each in texts(LIST, record)] or ["/none"])))
    redaction = reading("CarePlan", *mine)
    assert orjson.dumps(Restoring(redaction).restore(record, redaction.show(record))) == orjson.dumps(record)


def scrubbed(node: Any) -> Any:
    """A record with other words wherever a word is that is not harmless."""
    return orjson.loads(orjson.dumps(node).decode().replace(PLACE, "別の町")) if node else node


@EXAMPLES
@given(RECORDS)
def test_two_records_that_differ_only_in_what_is_withheld_are_shown_alike_byte_for_byte(record: Json) -> None:
    shown = orjson.dumps(show(record))
    assert PLACE not in shown.decode()
    assert orjson.dumps(show(scrubbed(record))) == shown
    bare = {key: value for key, value in record.items() if key not in ("title", "note", "contained")}
    bare["meta"] = {"versionId": "2"}
    assert orjson.dumps(show(bare)) == shown, "whether or not there is anything to withhold"


@EXAMPLES
@given(RECORDS)
def test_nothing_is_lost_whatever_is_sent(record: Json) -> None:
    """Every value that was withheld is in what becomes of a record that is sent back with nothing in it."""
    empty = {key: record[key] for key in ("resourceType", "id")}
    rest = orjson.dumps(restore(record, empty)).decode()
    for _, path, value in withheld(LIST, record):
        if path[-1] != "code" and path[-1] != "category":
            assert orjson.dumps(value).decode() in rest


@EXAMPLES
@given(RECORDS)
def test_what_is_found_is_what_everybody_is_shown(record: Json) -> None:
    found = Redaction(LIST, "CarePlan", NOBODY, marks=False).show(record)
    assert Redaction(LIST, "CarePlan", NOBODY, marks=False).show(show(record)) == found


def test_the_words_beside_a_reference_to_a_person_are_for_who_wrote_them() -> None:
    named, recorder = ref("Patient/1") | {"display": PLACE}, ref("Practitioner/p") | {"display": PLACE}
    record: Json = {"resourceType": "Condition", "subject": named, "recorder": recorder}
    assert show(record) == {"resourceType": "Condition", "subject": ref("Patient/1")}
    assert show(record, "/subject", "/recorder") == {"resourceType": "Condition", "subject": named}
    for wrote in ((), ("/subject",)):
        assert restore(record, show(record, *wrote), *wrote) == record
