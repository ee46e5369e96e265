"""Forged consents and confirmations, as data: filed by who has not the person in care, whatever led up to it."""

from __future__ import annotations

from typing import Any

from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.forged_requests import task
from tests.unit.consent.forgeries import (
    ASKED,
    CO,
    LEAD,
    TAKEN,
    UNSEEN,
    Forgery,
    Json,
    P,
    Q,
    Step,
    again,
    by,
    changed,
    group,
)
from tests.unit.consent.town import concern, paper, patient
from tests.unit.consent.writing.test_superseding import consent

FORM = consent("f", provision={"type": "permit"})
SHEET: Json = {
    "resourceType": "QuestionnaireResponse",
    "id": "unsigned",
    "questionnaire": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet",
    "status": "in-progress",
    "authored": "2026-11-24",
    "subject": ref("Patient/1"),
    "item": [{"linkId": "member", "extension": [extension("member-subject", valueReference=ref("Patient/1"))]}],
}
DASHED: Json = SHEET | {
    "id": "dashed",
    "item": [
        SHEET["item"][0]
        | {
            "item": [
                {
                    "linkId": "member.consent",
                    "item": [{"linkId": "member.consent.signature", "answer": [{"valueString": "―"}]}],
                }
            ]
        }
    ],
}
FILED: tuple[Json, ...] = (paper(FORM), FORM)
"""The person is said to have let everybody see everything."""


def asked(code: str, **elements: Any) -> Json:
    """The keeper asks the other agency about a paper."""
    about = {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
    return task(**about, code=concept("task-code", code), **elements)


def third(**elements: Any) -> Json:
    """What makes a record its third version."""
    return elements | {"meta": {"versionId": "2"}}


KIN = {"resourceType": "RelatedPerson", "id": "kin", "patient": ref("Patient/1")}
GUARDIAN = asked("confirm-guardian", focus=ref("RelatedPerson/kin")) | {"owner": ref("PractitionerRole/lead")}
DONE = {"type": concept("task-outcome", "supported"), "valueString": "面談した"}
OWNED = {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
ACCEPTED = (by(P, task(**OWNED)), by(Q, again(task(**OWNED), status="accepted")))


def after(called: str, *steps: Step, rule: str = "R3", who: Any = Q) -> Forgery:
    """After these steps the consent is filed."""
    return Forgery(f"a consent {called}", rule, (*steps, by(who, *FILED)))


CONSENTS = (
    after("of another's person"),
    after("of another's person, by the coordinator", who=CO),
    after("of another's person, by the lead section", who=LEAD, rule=UNSEEN),
    after("by the coordinator of the household", ASKED, TAKEN, who=CO),
    after("by the lead section of a household it may see", ASKED, TAKEN, who=LEAD),
    after("by who asked itself", by(Q, task(owner=ref("Organization/other")) | {"for": ref("Patient/9")})),
    after("by who is asked and has not accepted", by(P, task(**OWNED))),
    after("by who has answered", *ACCEPTED, by(Q, task(**OWNED) | third(status="completed", output=[DONE]))),
    after("by who was asked until it was taken back", *ACCEPTED, by(P, task(**OWNED) | third(status="cancelled"))),
    after("by who verifies papers", by(P, asked("verify")), by(Q, again(asked("verify"), status="accepted"))),
    after(
        "by who was asked about a guardian",
        by(P, asked("confirm-guardian")),
        by(Q, again(asked("confirm-guardian"), status="accepted")),
    ),
    after("of a person about whom one keeps records", by(Q, concern("theirs", "1"))),
    Forgery(
        "a consent on a sheet whose row of the person nobody signed",
        "R3",
        (by(P, SHEET), by(P, FORM | {"sourceReference": ref("QuestionnaireResponse/unsigned")})),
    ),
    Forgery(
        "a consent on a sheet where a dash stands for the signature",
        "R3",
        (by(P, DASHED), by(P, FORM | {"sourceReference": ref("QuestionnaireResponse/dashed")})),
    ),
    Forgery("a consent of another's person, beside one registered", "R3", (by(Q, patient("8"), *FILED),)),
    Forgery(
        "a consent of another's person, beside a household of one's own",
        "R3",
        (by(Q, patient("8"), group("n", "8"), *FILED),),
    ),
    Forgery(
        "a consent of another's person, beside a request about them that is accepted at once",
        "P2",
        (by(Q, task(owner=ref("Organization/council"), status="accepted"), *FILED),),
    ),
    Forgery("a guardian confirmed by who asks, at once", "R3", (by(P, KIN, GUARDIAN | {"status": "completed"}),)),
    Forgery(
        "a guardian confirmed by who asks, afterwards",
        "R3",
        (by(P, KIN, GUARDIAN), by(P, again(GUARDIAN, status="completed"))),
    ),
    Forgery(
        "a confirmation moved to another",
        "R3",
        (
            by(P, KIN, KIN | {"id": "kin2"}, GUARDIAN),
            by(LEAD, again(GUARDIAN, status="completed")),
            by(P, GUARDIAN | {"status": "completed", "focus": ref("RelatedPerson/kin2")} | third()),
        ),
    ),
    Forgery(
        "a Task of another kind that becomes a confirmation",
        "R3",
        (
            by(P, KIN, changed(GUARDIAN, code=None)),
            by(LEAD, again(GUARDIAN, code=None, status="completed", output=[DONE])),
            by(P, GUARDIAN | third(status="completed")),
        ),
    ),
)
