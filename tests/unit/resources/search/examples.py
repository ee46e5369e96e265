"""Invented records with as many elements as the parameters read."""

from __future__ import annotations

from typing import Any

FIELD = "https://tsunagu.example/fhir/CodeSystem/concern-field"

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "h-mother",
    "meta": {
        "lastUpdated": "2019-04-05T01:02:03.456Z",
        "profile": ["https://tsunagu.example/fhir/StructureDefinition/person"],
        "tag": [{"system": "urn:tag", "code": "t"}],
        "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "SDV"}],
        "source": "urn:source",
    },
    "identifier": [{"system": "urn:city", "value": "331007-1"}],
    "active": True,
    "name": [
        {"use": "official", "text": "緑川 花子", "family": "緑川", "given": ["花子"]},
        {"family": "ミドリカワ", "given": ["ハナコ"]},
    ],
    "telecom": [
        {"system": "phone", "value": "086-555-0101", "use": "home"},
        {"system": "email", "value": "h@x.example"},
    ],
    "gender": "female",
    "birthDate": "1970-05-01",
    "_birthDate": {"extension": [{"url": "urn:era", "valueString": "昭和45年"}]},
    "deceasedBoolean": False,
    "address": [{"use": "home", "line": ["北長瀬1-2"], "city": "岡山市", "state": "岡山県", "postalCode": "700-0000"}],
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "ja"}]}}],
    "generalPractitioner": [{"reference": "Practitioner/p"}],
    "managingOrganization": {"reference": "Organization/yorisoi-center"},
    "link": [{"other": {"reference": "RelatedPerson/r"}, "type": "seealso"}],
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "o",
    "status": "final",
    "category": [{"coding": [{"code": "vital-signs"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "血圧"},
    "subject": {"reference": "Patient/h-mother"},
    "effectivePeriod": {"start": "2019-04-05", "end": "2019-04-06"},
    "valueCodeableConcept": {"coding": [{"code": "high"}], "text": "高い"},
    "component": [
        {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": {"value": 140.5, "unit": "mmHg"}},
        {"code": {"coding": [{"code": "8462-4"}]}, "valueCodeableConcept": {"coding": [{"code": "low"}]}},
    ],
    "derivedFrom": [{"reference": "QuestionnaireResponse/q"}],
}
CONDITION: dict[str, Any] = {
    "resourceType": "Condition",
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "category": [{"coding": [{"code": "concern"}]}],
    "code": {"coding": [{"system": FIELD, "code": "housing"}]},
    "subject": {"reference": "Patient/h-mother"},
    "onsetAge": {"value": 47, "system": "http://unitsofmeasure.org", "code": "a"},
    "abatementDateTime": "2020-01",
    "recordedDate": "2019-04-05",
    "evidence": [{"code": [{"coding": [{"code": "e"}]}], "detail": [{"reference": "Observation/o"}]}],
    "stage": [{"summary": {"coding": [{"code": "s"}]}}],
}
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "status": "planned",
    "class": {"code": "support-conference"},
    "type": [{"coding": [{"code": "case-conference"}]}],
    "subject": {"reference": "Group/h"},
    "period": {"start": "2019-04-10T13:30:00+09:00", "end": "2019-04-10T15:00:00+09:00"},
    "length": {"value": 90, "unit": "min"},
    "participant": [
        {"type": [{"coding": [{"code": "member"}]}], "individual": {"reference": "PractitionerRole/role-a"}},
        {"individual": {"reference": "Practitioner/p"}},
    ],
    "location": [{"location": {"reference": "Location/l"}, "period": {"start": "2019-04-10"}}],
    "serviceProvider": {"reference": "Organization/lead-section"},
}
PLAN: dict[str, Any] = {
    "resourceType": "CarePlan",
    "status": "active",
    "intent": "plan",
    "category": [{"coding": [{"code": "total-care-plan"}]}],
    "subject": {"reference": "Group/h"},
    "period": {"start": "2019-04"},
    "activity": [
        {"detail": {"code": {"coding": [{"code": "a"}]}, "scheduledTiming": {"event": ["2019-04-08", "2019-05-13"]}}},
        {"detail": {"scheduledPeriod": {"end": "2020-03"}, "performer": [{"reference": "Organization/o"}]}},
        {"detail": {"scheduledString": "毎月"}},
    ],
    "basedOn": [{"reference": "CarePlan/case"}],
}
TASK: dict[str, Any] = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "code": {"coding": [{"code": "fulfill"}]},
    "focus": {"reference": "ServiceRequest/s"},
    "for": {"reference": "Patient/h-mother"},
    "authoredOn": "2019-04-05",
    "lastModified": "2019-04-05T10:00:00+09:00",
    "executionPeriod": {"start": "2019-04-05"},
    "requester": {"reference": "Organization/a"},
    "owner": {"reference": "Organization/b"},
    "groupIdentifier": {"value": "g"},
    "businessStatus": {"text": "waiting"},
}
GOAL: dict[str, Any] = {
    "resourceType": "Goal",
    "lifecycleStatus": "active",
    "startDate": "2019-04-05",
    "target": [{"dueDate": "2019-10"}, {"dueDuration": {"value": 3, "unit": "mo"}}],
    "subject": {"reference": "Group/h"},
}
GROUP: dict[str, Any] = {
    "resourceType": "Group",
    "type": "person",
    "actual": True,
    "identifier": [{"value": "h"}],
    "member": [{"entity": {"reference": "Patient/h-mother"}}],
    "characteristic": [
        {"code": {"coding": [{"code": "x"}]}, "valueBoolean": False, "exclude": False},
        {"code": {"coding": [{"code": "y"}]}, "valueCodeableConcept": {"coding": [{"code": "z"}]}, "exclude": True},
    ],
}
QUESTIONNAIRE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet",
    "status": "active",
    "title": "つなぐシート",
    "item": [{"linkId": "1", "definition": "urn:d", "code": [{"code": "c"}], "item": [{"linkId": "1.1"}]}],
    "useContext": [
        {"code": {"code": "age"}, "valueRange": {"low": {"value": 0}, "high": {"value": 18}}},
        {"code": {"code": "venue"}, "valueCodeableConcept": {"coding": [{"code": "desk"}]}},
    ],
    "effectivePeriod": {"start": "2019"},
}
DOCUMENT: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "document",
    "timestamp": "2019-04-05T10:00:00+09:00",
    "identifier": {"value": "b"},
    "entry": [
        {"resource": {"resourceType": "Composition", "id": "c"}},
        {"resource": {"resourceType": "Patient", "id": "p"}},
    ],
}
MEASURE: dict[str, Any] = {
    "resourceType": "Measure",
    "url": "urn:m",
    "relatedArtifact": [
        {"type": "depends-on", "resource": "urn:library|1"},
        {"type": "composed-of", "resource": "urn:other"},
    ],
    "library": ["urn:second"],
}

EXAMPLES = [
    (record["resourceType"], record)
    for record in (
        PATIENT,
        {**PATIENT, "deceasedBoolean": True},
        {key: value for key, value in PATIENT.items() if key != "deceasedBoolean"},
        OBSERVATION,
        CONDITION,
        ENCOUNTER,
        PLAN,
        TASK,
        GOAL,
        GROUP,
        QUESTIONNAIRE,
        DOCUMENT,
        MEASURE,
    )
]
