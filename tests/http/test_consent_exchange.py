"""Consents exchanged as HL7's guide has it: filed with their paper, revoked, disclosed elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking
from tests.world import casework

Json = dict[str, Any]

CENTER = "Organization/health-center-kita-chuo"
EXTENSION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Consent."
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


def operation(asking: Asking, path: str, *parameters: Json) -> Answer:
    return asking.ask("POST", path, orjson.dumps({"resourceType": "Parameters", "parameter": list(parameters)}))


def resource(name: str, content: Json) -> Json:
    return {"name": name, "resource": content}


def reference(name: str, to: str) -> Json:
    return {"name": name, "valueReference": {"reference": to}}


def document(city: City, id: str = "paper") -> Json:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    attached = {"contentType": "text/plain", "title": "署名のある同意書"}
    made: Json = {"resourceType": "DocumentReference", "id": id, "status": "current", "date": now}
    return made | {"subject": {"reference": city.known["mother"]}, "content": [{"attachment": attached}]}


def consent(city: City, **changes: Any) -> Json:
    signed: Json = city.payload("consent-mother") | {"sourceReference": {"reference": "DocumentReference/paper"}}
    return signed | changes


def filed(city: City, asking: Asking, **changes: Any) -> Answer:
    papers = resource("document", document(city))
    return operation(asking, "Consent/$fileConsent", resource("consent", consent(city, **changes)), papers)


def test_a_consent_and_its_paper_are_filed_in_one_call_and_count(city: City, asking: Asking, people: People) -> None:
    health = people.officer("health-center")
    assert health.get(city.known["mother-mental-health"]).status == 404
    answer = filed(city, asking)
    assert answer.status == 201, answer.text
    assert answer.json["resourceType"] == "OperationOutcome"
    [name] = answer.created
    source = asking.ask("GET", name).json["sourceReference"]["reference"]
    assert source.startswith("DocumentReference/")
    assert source != "DocumentReference/paper"
    assert asking.ask("GET", source).status == 200
    assert health.get(city.known["mother-mental-health"]).status == 200


def test_without_a_reference_it_rests_on_the_paper_that_came_with_it(city: City, asking: Asking) -> None:
    bare = {name: value for name, value in consent(city).items() if not name.startswith("source")}
    answer = operation(asking, "Consent/$fileConsent", resource("consent", bare), resource("document", document(city)))
    assert answer.status == 201, answer.text
    assert "sourceReference" in asking.ask("GET", answer.created[0]).json


def test_all_or_nothing(city: City, asking: Asking) -> None:
    before = len(asking.ask("GET", f"DocumentReference?patient={city.known['mother']}").references)
    answer = filed(city, asking, performer=[])
    assert answer.status == 422, answer.text
    assert len(asking.ask("GET", f"DocumentReference?patient={city.known['mother']}").references) == before


def test_what_is_no_consent_no_paper_or_no_parameter_is_named(city: City, asking: Asking) -> None:
    given = resource("consent", consent(city))
    for others in ((), (given, given), (given, resource("document", document(city) | {"resourceType": "Task"}))):
        assert operation(asking, "Consent/$fileConsent", *others).status == 422
    assert operation(asking, "Consent/$fileConsent", given, reference("patient", city.known["mother"])).status == 400


def test_by_person_and_recipient_what_they_permitted_ends(city: City, asking: Asking, people: People) -> None:
    assert filed(city, asking).status == 201
    mother = reference("patient", city.known["mother"])
    answer = operation(asking, "Consent/$revokeConsent", mother, reference("recipient", CENTER))
    assert answer.status == 200, answer.text
    assert people.officer("health-center").get(city.known["mother-mental-health"]).status == 404
    assert people.officer("community-care").get(city.known["mother-mental-health"]).status == 200
    again = operation(asking, "Consent/$revokeConsent", mother, reference("recipient", CENTER))
    assert again.json == answer.json
    inbox = people.officer("health-center").get("Communication", patient=city.known["mother"])
    assert len(inbox.references) == 2, "that it began, and that it ended"


def test_by_the_consent_and_with_a_paper(city: City, asking: Asking, people: People) -> None:
    [name] = filed(city, asking).created
    mother = reference("patient", city.known["mother"])
    paper = resource("document", document(city))
    answer = operation(asking, "Consent/$revokeConsent", mother, reference("consent", name), paper)
    assert answer.status == 200, answer.text
    assert asking.ask("GET", name).json["status"] == "inactive"
    assert people.officer("community-care").get(city.known["mother-mental-health"]).status == 404


def test_what_withholds_is_refused_with_what_to_do(city: City, asking: Asking) -> None:
    [name] = filed(city, asking, provision={"type": "deny"}).created
    mother = reference("patient", city.known["mother"])
    answer = operation(asking, "Consent/$revokeConsent", mother, reference("consent", name))
    assert answer.status == 422
    assert answer.says("replaces-earlier")


def test_another_agency_revokes_nothing_and_learns_nothing(city: City, asking: Asking, people: People) -> None:
    assert casework.sign(city).status == 201
    with Asking(people.base, people.officer("child-guidance").token()) as other:
        mother = reference("patient", city.known["mother"])
        there = operation(other, "Consent/$revokeConsent", mother, reference("recipient", CENTER))
        absent = operation(other, "Consent/$revokeConsent", reference("patient", "Patient/none"))
    assert there.status == absent.status == 422
    assert people.officer("health-center").get(city.known["mother-mental-health"]).status == 200


def disclosure(**changes: Any) -> Json:
    made: Json = {
        "resourceType": "AuditEvent",
        "type": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110113"},
        "action": "E",
        "recorded": "2026-11-01T09:00:00+09:00",
        "outcome": "0",
        "agent": [
            {
                "type": {"coding": [{"system": PARTICIPATION, "code": "IRCP"}]},
                "who": {"reference": CENTER},
                "requestor": True,
            }
        ],
        "source": {"observer": {"display": "counter"}},
        "entity": [],
    }
    return {name: value for name, value in (made | changes).items() if value not in ([], None)}


def test_an_outside_disclosure_is_on_the_trail_and_found_by_its_consent(
    city: City, asking: Asking, people: People
) -> None:
    [name] = filed(city, asking).created
    about = [{"what": {"reference": city.known["mother-mental-health"]}}]
    on = reference("consent", name)
    told = operation(asking, "AuditEvent/$recordDisclosure", resource("disclosure", disclosure(entity=about)), on)
    assert told.status == 200, told.text
    found = people.officer("auditor", "audit-review").get("AuditEvent", consent=name, action="E")
    [event] = [each for each in found.resources if each["type"]["code"] == "110113"]
    assert event["subtype"][0]["code"] == "AuthZ-Consent"
    assert event["agent"][0]["who"]["reference"] == CENTER
    assert event["recorded"].startswith("2026-11-01T00:00")
    entities = str(event["entity"])
    assert city.known["mother-mental-health"] in entities
    assert city.known["mother"] in entities
    assert "counter" not in str(event)


def test_a_disclosure_that_cannot_be_told_is_refused(city: City, asking: Asking, people: People) -> None:
    [name] = filed(city, asking).created
    on = reference("consent", name)
    for wrong in (
        {"agent": [{"requestor": True, "who": {"display": "somebody"}}]},
        {"recorded": "2100-01-01T00:00:00Z"},
        {"entity": [{"what": {"reference": city.known["sister"]}}]},
        {"purposeOfEvent": [{"coding": [{"system": "urn:x", "code": "CAREMGT"}]}]},
    ):
        answer = operation(asking, "AuditEvent/$recordDisclosure", resource("disclosure", disclosure(**wrong)), on)
        assert answer.status == 422, (wrong, answer.text)
    with Asking(people.base, people.officer("child-guidance").token()) as other:
        told = operation(other, "AuditEvent/$recordDisclosure", resource("disclosure", disclosure()), on)
    assert told.status == 404


def test_consents_are_found_by_grantee_controller_and_manager(city: City, asking: Asking) -> None:
    for code in ("grantee", "controller", "manager"):
        says = [{"url": f"{EXTENSION}{code}", "valueReference": {"reference": CENTER}}]
        answer = filed(city, asking, extension=says)
        assert answer.status == 201, answer.text
        [name] = answer.created
        found = asking.ask("GET", f"Consent?{code}={CENTER}&patient={city.known['mother']}")
        assert found.references == (name,)


def test_the_statement_lists_the_operations(asking: Asking) -> None:
    listed = {
        (each["type"], one["name"])
        for each in asking.ask("GET", "metadata").json["rest"][0]["resource"]
        for one in each.get("operation", ())
    }
    assert {("Consent", "fileConsent"), ("Consent", "revokeConsent"), ("AuditEvent", "recordDisclosure")} <= listed
