"""An event of the trail as FHIR's AuditEvent, whole; and one that 0.1.0 kept, read into an event."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.auditing import audit_event, older_event
from resources.store.trail import Entry, Event

Json = dict[str, Any]

TYPES = "http://hl7.org/fhir/resource-types"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"

READ = Event(
    kind="read",
    action="R",
    outcome="0",
    purpose=vocabulary.CARE_MANAGEMENT,
    client="desk",
    person="Practitioner/p",
    agencies=("Organization/a", "Organization/b"),
    asked="",
    rules=("urn:rule-1", "urn:rule-2"),
    at=1_795_000_000_123,
    request="r1",
    records=("Condition/c/_history/1",),
    patients=("Patient/1",),
    evidence=("Consent/k/_history/2",),
)
AT = "2026-11-18T11:06:40.123Z"


def shown(event: Event) -> Json:
    return audit_event.of(Entry("chain", 7, event, b""))


def asked(name: str) -> Json:
    detail = [{"type": "request", "valueString": "r1"}]
    return {"name": name, "role": {"system": ROLE, "code": "24"}, "detail": detail}


WHOLE: Json = {
    "resourceType": "AuditEvent",
    "id": "chain-7",
    "meta": {"versionId": "1", "lastUpdated": AT},
    "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
    "subtype": [{"system": "http://hl7.org/fhir/restful-interaction", "code": "read"}],
    "action": "R",
    "recorded": AT,
    "outcome": "0",
    "outcomeDesc": "allowed",
    "purposeOfEvent": [{"coding": [{"system": REASON, "code": "CAREMGT"}]}],
    "agent": [
        {
            "requestor": True,
            "altId": "desk",
            "who": {"reference": "Practitioner/p"},
            "policy": ["urn:rule-1", "urn:rule-2"],
        },
        {"requestor": False, "who": {"reference": "Organization/a"}},
        {"requestor": False, "who": {"reference": "Organization/b"}},
    ],
    "source": {"observer": {"display": "tsunagu"}},
    "entity": [
        {"what": {"reference": "Condition/c/_history/1"}, "type": {"system": TYPES, "code": "Condition"}},
        {"what": {"reference": "Patient/1"}, "role": {"system": ROLE, "code": "1"}},
        {
            "what": {"reference": "Consent/k/_history/2"},
            "role": {"system": ROLE, "code": "20"},
            "description": "evidence",
        },
        asked("request"),
    ],
}


def test_an_event_is_shown_whole() -> None:
    assert shown(READ) == WHOLE


def test_what_was_refused_to_a_system_names_its_agency_and_no_rule() -> None:
    refused = READ._replace(outcome="4", person="", agencies=("Organization/a",), rules=(), asked="$simulate")
    assert shown(refused) == WHOLE | {
        "outcome": "4",
        "outcomeDesc": "denied",
        "agent": [{"requestor": True, "altId": "desk", "who": {"reference": "Organization/a"}}],
        "entity": [*WHOLE["entity"][:3], asked("$simulate")],
    }


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    nobody = READ._replace(client="", person="", agencies=(), rules=(), records=(), patients=(), evidence=())
    assert shown(nobody)["agent"] == [{"requestor": True, "altId": "anonymous"}]
    assert shown(nobody)["entity"] == [asked("request")]


def test_a_purpose_that_was_written_as_a_code_alone_is_one_of_act_reason() -> None:
    assert shown(READ._replace(purpose="TREAT"))["purposeOfEvent"] == [
        {"coding": [{"system": REASON, "code": "TREAT"}]}
    ]
    assert shown(READ._replace(purpose="urn:s|x"))["purposeOfEvent"] == [{"coding": [{"system": "urn:s", "code": "x"}]}]
    assert shown(READ._replace(purpose=""))["purposeOfEvent"] == [{"coding": [{"system": REASON, "code": ""}]}]


@pytest.mark.parametrize(
    ("kind", "type", "subtype"),
    [
        ("sign-in", ("110114", "User Authentication"), (DICOM, "110122", "Login")),
        ("sign-out", ("110114", "User Authentication"), (DICOM, "110123", "Logout")),
        ("token", ("110114", "User Authentication"), ("urn:ihe:event-type-code", "ITI-71", "Get Access Token")),
        ("revocation", ("110114", "User Authentication"), (DICOM, "110137", "User Security Attributes Changed")),
        ("administration", ("110114", "User Authentication"), (DICOM, "110137", "User Security Attributes Changed")),
        ("security-alert", ("110113", "Security Alert"), (DICOM, "110122", "Login")),
    ],
)
def test_what_the_authorization_server_does_is_said_in_the_words_of_dicom(
    kind: str, type: tuple[str, str], subtype: tuple[str, str, str]
) -> None:
    made = shown(READ._replace(kind=kind, purpose=""))
    assert made["type"] == {"system": DICOM, "code": type[0], "display": type[1]}
    assert made["subtype"] == [dict(zip(("system", "code", "display"), subtype, strict=True))]
    assert "purposeOfEvent" not in made
    assert shown(READ._replace(kind=kind))["purposeOfEvent"] == WHOLE["purposeOfEvent"]


def test_a_disclosure_made_elsewhere_is_a_decision_on_a_consent_to_its_first_record() -> None:
    told = READ._replace(
        kind="operation", action="E", asked="$recordDisclosure", rules=(), records=("Organization/x", *READ.records)
    )
    received = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]
    made = shown(told)
    assert made["type"] == {"system": DICOM, "code": "110113"}
    assert made["subtype"] == [
        {"system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType", "code": "AuthZ-Consent"}
    ]
    assert made["agent"] == [
        {"type": {"coding": received}, "requestor": True, "who": {"reference": "Organization/x"}},
        {"requestor": False, "altId": "desk", "who": {"reference": "Practitioner/p"}},
        *WHOLE["agent"][1:],
    ]
    assert [each["what"]["reference"] for each in made["entity"][:2]] == ["Organization/x", "Condition/c/_history/1"]
    for other in (told._replace(action="R"), told._replace(asked="$other")):
        made = shown(other)
        assert made["type"] == WHOLE["type"]
        assert made["subtype"] == [{"system": "http://hl7.org/fhir/restful-interaction", "code": "operation"}]
        assert made["agent"][0]["requestor"] is True
        assert len(made["agent"]) == 3


@pytest.mark.parametrize(
    ("id", "place"),
    [
        ("chain-7", ("chain", 7)),
        ("a-b-12", ("a-b", 12)),
        ("c-123456789012", ("c", 123456789012)),
        ("c-1234567890123", None),
        ("c-07", None),
        ("c-0", None),
        ("c-", None),
        ("-7", None),
        ("7", None),
        ("c-x", None),
        ("c-7x", None),
        ("c-٧", None),
        ("", None),
    ],
)
def test_an_id_leads_to_a_place_in_a_chain_or_nowhere(id: str, place: tuple[str, int] | None) -> None:
    assert audit_event.place(id) == place


def older(**changes: Any) -> Json:
    """As 0.1.0 wrote it: one agent, and a purpose by its code."""
    made = {name: part for name, part in WHOLE.items() if name not in ("source", "outcomeDesc")}
    return made | {"agent": WHOLE["agent"][:1], **changes}


def test_an_event_of_an_earlier_release_is_read_as_what_it_was() -> None:
    earlier = READ._replace(purpose="CAREMGT", agencies=())
    assert older_event.read(older()) == earlier
    assert WHOLE["resourceType"] == older_event.TYPE, "by which it is found"
    agent: Json = {"requestor": True, "altId": "anonymous", "who": {"reference": "Organization/a"}}
    system = earlier._replace(client="", person="", agencies=("Organization/a",), rules=())
    assert older_event.read(older(agent=[agent])) == system
    assert older_event.read(older(agent=[{"requestor": True, "altId": "desk"}])) == earlier._replace(
        person="", rules=()
    )
    bare = older(entity=[asked("$simulate")])
    assert older_event.read(bare) == earlier._replace(asked="$simulate", records=(), patients=(), evidence=())


def test_an_entity_of_an_earlier_event_that_says_no_role_is_a_record_and_one_that_names_nothing_is_none() -> None:
    first, person, evidence, last = WHOLE["entity"]
    said = older(entity=[first | {"role": {}}, person, {"role": person["role"]}, {"description": "x"}, evidence, last])
    found = older_event.read(said)
    assert (found.records, found.patients, found.evidence) == (READ.records, READ.patients, READ.evidence)
