"""Consents that are signed anew and taken back, and what is then open, on the next request."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import V3, extension, ref
from tests.unit.consent.town import Town, actor, concern, household, patient, taken_on

P, Q = actor("p"), actor("q")
IRCP = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}


def consent(id: str, **changes: Any) -> dict[str, Any]:
    """A permit to the other agency, signed by the patient on the sheet."""
    signed = {
        "resourceType": "Consent",
        "id": id,
        "status": "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": ref("Patient/1"),
        "dateTime": "2026-11-23",
        "performer": [ref("Patient/1")],
        "organization": [ref("Organization/center")],
        "policyRule": {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTIN"}]},
        "sourceReference": ref(f"DocumentReference/{id}-paper"),
        "provision": {"type": "permit", "actor": [{"role": IRCP, "reference": ref("Organization/other")}]},
    }
    return signed | changes


REPLACES = [extension("replaces-earlier", valueBoolean=True)]


def statuses(town: Town) -> dict[str, str]:
    return {row.id: orjson.loads(row.body)["status"] for row in town.stored("Consent")}


def test_a_consent_opens_and_taking_it_back_closes_on_the_next_request(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    assert town.search(Q, "Condition") == []
    town.sign(P, consent("a"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    assert town.read(Q, "Condition/c")["id"] == "c"
    town.write(P, consent("a", status="inactive", meta={"versionId": "1"}))
    assert town.search(Q, "Condition") == []
    with pytest.raises(Problem, match="there is no"):
        town.read(Q, "Condition/c")


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_newer_paper_that_says_so_takes_the_place_of_the_older_and_taking_it_back_revives_nothing(
    town: Town, first: str
) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    papers = {"a": consent("a", dateTime="2026-11-22"), "b": consent("b", extension=REPLACES)}
    for name in sorted(papers, reverse=first == "b"):
        town.sign(P, papers[name])
    assert statuses(town) == {"a": "inactive", "b": "active"}
    town.write(P, papers["b"] | {"status": "inactive", "meta": {"versionId": "1"}})
    assert town.search(Q, "Condition") == []


def test_a_consent_of_another_person_or_policy_or_that_does_not_say_so_or_of_one_day_stands_beside(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"))
    town.sign(P, consent("a"), consent("z", dateTime="2026-11-22"))
    town.sign(P, consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")], extension=REPLACES))
    opt_out = {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}
    town.sign(P, consent("d", policyRule=opt_out, extension=REPLACES))
    town.sign(P, consent("e", status="proposed", extension=REPLACES), consent("f"))
    assert {*statuses(town).values()} == {"active", "proposed"}
    town.sign(P, consent("g", extension=REPLACES))
    assert statuses(town)["z"] == "inactive"
    assert {statuses(town)[name] for name in "abdf"} == {"active"}


def test_a_refusal_is_ended_by_a_newer_paper_of_its_filer_or_of_who_keeps_the_person_and_of_nobody_else(
    town: Town,
) -> None:
    town.write(P, patient("1"))
    taken_on(town)
    refusal = {"dateTime": "2026-11-22", "provision": {"type": "deny"}}
    theirs = {"organization": [ref("Organization/other")]}
    town.sign(Q, consent("q", **refusal, **theirs))
    town.sign(P, consent("p", **refusal))
    town.sign(Q, consent("by-q", **theirs, extension=REPLACES))
    assert statuses(town) == {"q": "inactive", "p": "active", "by-q": "active"}
    town.sign(Q, consent("q2", **refusal, **theirs))
    town.sign(P, consent("by-p", extension=REPLACES, policyRule=consent("q2")["policyRule"]))
    assert statuses(town) == {"q": "inactive", "p": "inactive", "by-q": "active", "q2": "inactive", "by-p": "active"}


def test_a_consent_written_again_as_it_is_is_not_superseded_by_itself(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("a", extension=REPLACES))
    town.write(P, consent("a", extension=REPLACES, meta={"versionId": "1"}))
    assert statuses(town) == {"a": "active"}


def test_what_counts_is_signed_and_enforceable(town: Town) -> None:
    town.write(P, patient("1"))
    unsigned = {name: value for name, value in consent("a").items() if name != "sourceReference"}
    with pytest.raises(Problem) as caught:
        town.commit(P, Change("create", "Consent", "a", orjson.dumps(unsigned)))
    assert caught.value.kind == "business-rule"
    assert caught.value.issues[0].text.startswith("R3")
    assert statuses(town) == {}


def test_a_consent_of_which_only_is_said_that_its_status_is_unknown_is_refused(town: Town) -> None:
    absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    unsaid = consent("a") | {"_status": {"extension": [{"url": absent, "valueCode": "unknown"}]}}
    del unsaid["status"]
    town.write(P, patient("1"), concern("c", "1"))
    with pytest.raises(Problem, match="`_status` cannot be enforced"):
        town.sign(P, unsaid)
    assert town.search(P, "Consent") == []


def test_papers_that_end_with_a_newer_one_are_not_counted_against_it(town: Town) -> None:
    town.write(P, patient("1"))
    opt_out = {"coding": [{"system": f"{V3}v3-ActCode", "code": "OPTOUT"}]}
    refusals = [consent(f"r{each}", dateTime="2026-11-22", provision={"type": "deny"}) for each in range(49)]
    town.sign(P, *refusals, consent("o", policyRule=opt_out, provision={"type": "deny"}))
    for more in (
        consent("m"),
        consent("m", dateTime="2026-11-22", extension=REPLACES),
        consent("m", policyRule=opt_out, extension=REPLACES),
    ):
        with pytest.raises(Problem, match="40 papers of an agency are active at once"):
            town.sign(P, more)
    town.sign(P, consent("n", extension=REPLACES))
    assert {name for name, status in statuses(town).items() if status == "active"} == {"n", "o"}


def test_a_related_person_who_is_a_member_is_two_persons_records(town: Town) -> None:
    patient_links = {"resourceType": "RelatedPerson", "id": "r", "patient": ref("Patient/1")}
    twin = patient("2", link=[{"other": ref("RelatedPerson/r"), "type": "seealso"}])
    town.write(P, patient("1"), twin, patient_links)
    (row,) = town.stored("RelatedPerson")
    assert {".subject Patient/1", ".subject Patient/2"} <= set(row.terms)
    town.write(P, patient_links | {"gender": "female", "meta": {"versionId": "1"}})
    (row,) = town.stored("RelatedPerson")
    assert {".subject Patient/1", ".subject Patient/2"} <= set(row.terms)
    town.write(P, twin | {"gender": "female", "meta": {"versionId": "1"}})
    with pytest.raises(Problem) as caught:
        town.write(P, patient("3", link=[{"other": ref("RelatedPerson/r"), "type": "seealso"}]))
    assert caught.value.kind == "business-rule"


def test_the_trail_says_which_consent_was_ended(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("a", dateTime="2026-11-22"))
    town.sign(P, consent("b", extension=REPLACES))
    told = [{entry["what"]["reference"] for entry in event["entity"] if "what" in entry} for event in town.trail()]
    assert any({"Consent/b/_history/1", "Consent/a/_history/2"} <= named for named in told)


def cited(town: Town) -> set[str]:
    """The consents that the trail's disclosures to the other agency rest on."""
    read = [event for event in town.trail() if event["agent"][0].get("who") == ref("Practitioner/q")]
    entries = [entry for event in read for entry in event["entity"] if entry.get("description") == "evidence"]
    return {name for entry in entries if (name := entry["what"]["reference"]).startswith("Consent/")}


@pytest.mark.parametrize("by_search", [False, True])
def test_a_disclosure_cites_the_consents_of_the_people_it_names_and_no_others(town: Town, by_search: bool) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    town.sign(P, consent("a"), consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    if by_search:
        assert town.search(Q, "Condition", ("_id", "c")) == ["Condition/c"]
    else:
        town.read(Q, "Condition/c")
    assert cited(town) == {"Consent/a/_history/1"}


def test_a_search_cites_the_consents_of_everybody_it_shows(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    town.sign(P, consent("a"), consent("b", patient=ref("Patient/2"), performer=[ref("Patient/2")]))
    assert town.search(Q, "Condition") == ["Condition/c", "Condition/d"]
    assert cited(town) == {"Consent/a/_history/1", "Consent/b/_history/1"}
