"""Forged requests and households, as data: in another's name, about whom one has not in care, moved later."""

from __future__ import annotations

from typing import Any

from tests.laws.worlds import concept, ref
from tests.unit.consent.forgeries import (
    ASKED,
    CO,
    CONTAINED,
    FOREIGN,
    TAKEN,
    UNSEEN,
    Forgery,
    Json,
    P,
    Q,
    again,
    by,
    changed,
    group,
)
from tests.unit.consent.town import WITHOUT_A_PLAN, case, coordination, patient

HOUSEHOLD = (
    Forgery("another's person in a household of one's own", "P3", (by(Q, again(group("h", "9", "1"))),)),
    Forgery("another's person in a new household", "P3", (by(Q, group("n", "1")),)),
    Forgery("another's person beside one just registered", "P3", (by(Q, patient("8"), group("n", "8", "1")),)),
    Forgery(
        "another's person by a version of theirs",
        "P3",
        (by(Q, group("n") | {"member": [{"entity": ref("Patient/1/_history/1")}]}),),
    ),
    Forgery(
        "another's person who is said to have left",
        "P3",
        (by(Q, group("n") | {"member": [{"entity": ref("Patient/1"), "inactive": True}]}),),
    ),
    Forgery(
        "another's person as of long ago",
        "P3",
        (by(Q, group("n") | {"member": [{"entity": ref("Patient/1"), "period": {"end": "1999"}}]}),),
    ),
    Forgery("a contained person", "P3", (by(Q, group("n") | CONTAINED),)),
    Forgery("a household kept by another", "P1", (by(Q, again(group("g", "1", "2", "9"))),)),
    Forgery("a household kept by another, emptied", "P1", (by(Q, again(group("g"))),)),
    Forgery("a household in the coordinator's hand", "P1", (ASKED, TAKEN, by(CO, again(group("g", "1"))))),
    Forgery("a household emptied by its keeper", "", (by(P, again(group("g"))),)),
    Forgery(
        "the keeper's case on the household of another",
        "",
        (by(Q, again(case("kh") | {"subject": ref("Group/g")})),),
    ),
)


OF_H = {"subject": ref("Group/h")}
PLAN = case("qp", "total-care-plan")
PLANS = (
    Forgery("a plan of another's household", "R37", (by(Q, PLAN),)),
    Forgery("a plan of another's household, with a case of one's own", "R37", (by(Q, FOREIGN, PLAN),)),
    Forgery("one's own plan moved to another's household", "R37", (by(Q, PLAN | OF_H), by(Q, again(PLAN)))),
    Forgery(
        "one's own case turned into a plan of another's household",
        "R37",
        (by(Q, FOREIGN), by(Q, again(PLAN | {"id": "kq"}))),
    ),
    Forgery("the coordinator's plan of a household it has not accepted", "R37", (by(CO, PLAN),)),
    Forgery(
        "the coordinator's plan when the coordination is over",
        "R37",
        (ASKED, TAKEN, by(CO, again(coordination("completed") | WITHOUT_A_PLAN)), by(CO, PLAN)),
    ),
    Forgery("a plan kept by another", "R37", (by(Q, again(case("plan", "total-care-plan"))),)),
)


def task(**elements: Any) -> Json:
    """The other agency asks the council about somebody it has not in care."""
    asked: Json = {"resourceType": "Task", "id": "r", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/1"), "requester": ref("Organization/other"), "owner": ref("Organization/council")}
    return changed(asked, **elements)


def service(**elements: Any) -> Json:
    asked: Json = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order"}
    asked |= {"subject": ref("Patient/1"), "requester": ref("Organization/other")}
    return changed(asked | {"performer": [ref("Organization/council")]}, **elements)


def visit(*actors: str) -> Json:
    names = [{"actor": ref(actor), "status": "accepted"} for actor in actors]
    return {"resourceType": "Appointment", "id": "r", "status": "proposed", "participant": names}


OF_KEEPER = {"requester": ref("Organization/center"), "owner": ref("Organization/other")}
RELATED = {"resourceType": "RelatedPerson", "id": "rp", "patient": ref("Patient/1")}
NINE = {"for": ref("Patient/9")}
SECOND = task(owner=ref("Organization/council"), **NINE)

TO_COUNCIL = {"owner": ref("Organization/council")}
OUTPUT = {"type": {"text": "済"}, "valueString": "済"}
ACCEPTED = (by(P, task(**OF_KEEPER)), by(Q, again(task(**OF_KEEPER, status="accepted"))))
OUTCOME = {"type": concept("task-outcome", "supported"), "valueString": "訪ねて支えた"}
DONE = (*ACCEPTED, by(Q, again(task(**OF_KEEPER, status="completed", output=[OUTCOME]))))

ONWARD = task(id="s", partOf=[ref("Task/r")])
"""What was asked of the other agency, handed on to the council."""

_ELSEWHERE: dict[str, Json] = {
    "in an extension": {"extension": [{"url": "urn:x", "valueReference": ref("Patient/1")}]},
    "in an extension, by a version": {"extension": [{"url": "urn:x", "valueReference": ref("Patient/1/_history/1")}]},
    "as input": {"input": [{"type": {"text": "x"}, "valueReference": ref("Patient/1")}]},
    "as output": {"output": [{"type": {"text": "x"}, "valueReference": ref("Patient/1")}]},
    "as focus": {"focus": ref("Patient/1")},
    "as the reason": {"reasonReference": ref("Patient/1")},
    "household": {"focus": ref("Group/g")},
    "in what it contains": {"contained": [RELATED], "reasonReference": ref("#rp")},
}
"""Where else a request may name somebody."""

PUT_BEFORE = {"code": concept("task-code", "decide-coordination"), "owner": ref("Organization/lead")}
"""What the server alone writes, of an escalation (`$decide-coordination`)."""

REQUESTS = (
    Forgery("another's person put before the lead section", "P2", (by(Q, task(**PUT_BEFORE)),)),
    Forgery("one's own person put before the lead section", "P1", (by(P, task(**PUT_BEFORE, requester=None)),)),
    Forgery(
        "a call that is made into what was put before the lead section",
        "P1",
        (ASKED, by(P, again(coordination("requested"), **PUT_BEFORE))),
    ),
    Forgery("a request about another's person", "P2", (by(Q, task()),)),
    Forgery("a request by a post about another's person", "P2", (by(Q, task(requester=ref("PractitionerRole/q"))),)),
    Forgery("a request without an asker about another's person", "P2", (by(Q, task(requester=None)),)),
    Forgery("a request about another's household", "P2", (by(Q, task(**{"for": ref("Group/g")})),)),
    Forgery(
        "a request about a version of another's person", "P2", (by(Q, task(**{"for": ref("Patient/1/_history/1")})),)
    ),
    Forgery(
        "a request about one's own and another's household",
        "P2",
        (by(Q, group("n", "9"), task(**{"for": ref("Group/g")})),),
    ),
    Forgery("a request about another's person, beside one registered", "P2", (by(Q, patient("8"), task()),)),
    Forgery("a request in the keeper's name", "P2", (by(Q, task(requester=ref("Organization/center"))),)),
    Forgery("a request in the name of the keeper's post", "P2", (by(Q, task(requester=ref("PractitionerRole/p"))),)),
    Forgery("a request in the name of the keeper's person", "P2", (by(Q, task(requester=ref("Practitioner/p"))),)),
    Forgery(
        "a request in the name of the keeper's desk", "P2", (by(Q, task(requester=ref("Organization/lead"), **NINE)),)
    ),
    Forgery("a request in the name of the person", "P2", (by(Q, task(requester=ref("Patient/1"))),)),
    Forgery(
        "a request by a contained post",
        "P2",
        (by(Q, task(requester=ref("#x"), contained=[{"resourceType": "PractitionerRole", "id": "x"}])),),
    ),
    Forgery("a request by an identifier", UNSEEN, (by(Q, task(requester={"identifier": {"value": "x"}})),)),
    Forgery("asking oneself", "", (by(Q, task(owner=ref("Organization/other"), status="accepted")),)),
    Forgery("asking one's own post", "", (by(Q, task(owner=ref("PractitionerRole/q"), status="accepted")),)),
    Forgery("asking one's own person", "", (by(Q, task(owner=ref("Practitioner/q"), status="in-progress")),)),
    Forgery(
        "asking oneself about a household",
        "",
        (by(Q, task(owner=ref("Organization/other"), status="accepted", **{"for": ref("Group/g")})),),
    ),
    Forgery("asked on paper by the keeper", "", (by(Q, task(**OF_KEEPER, status="accepted")),)),
    Forgery(
        "asked on paper by the keeper's post",
        "",
        (by(Q, task(requester=ref("PractitionerRole/p"), owner=ref("PractitionerRole/q"), status="accepted")),),
    ),
    Forgery(
        "asked on paper, and turned into one's own request", "P2", (by(Q, task(**OF_KEEPER)), by(Q, again(task())))
    ),
    Forgery(
        "asking oneself, and turned to another",
        "P2",
        (by(Q, task(owner=ref("Organization/other"), status="accepted")), by(Q, again(task(status="accepted")))),
    ),
    Forgery(
        "asking oneself, and turned to another unaccepted",
        "P2",
        (by(Q, task(owner=ref("Organization/other"))), by(Q, again(task()))),
    ),
    Forgery("accepted by who asks, at once", "P2", (by(P, task(**OF_KEEPER, status="accepted")),)),
    Forgery(
        "accepted by who asks, afterwards",
        "P2",
        (by(P, task(**OF_KEEPER)), by(P, again(task(**OF_KEEPER, status="accepted")))),
    ),
    Forgery(
        "taken in progress by who asks",
        "P2",
        (by(P, task(**OF_KEEPER)), by(P, again(task(**OF_KEEPER, status="in-progress")))),
    ),
    Forgery(
        "put on hold by who asks", "P2", (by(P, task(**OF_KEEPER)), by(P, again(task(**OF_KEEPER, status="on-hold"))))
    ),
    Forgery(
        "an accepted request moved to another's person",
        "P2",
        (
            by(Q, SECOND | NINE | {"owner": ref("Organization/center")}),
            by(P, again(SECOND, owner=ref("Organization/center"), status="accepted")),
            by(Q, again(SECOND, owner=ref("Organization/center"), status="accepted", **{"for": ref("Patient/1")})),
        ),
    ),
    Forgery(
        "a request moved to another's person before it is accepted",
        "P2",
        (by(Q, task(**NINE)), by(Q, again(task()))),
    ),
    Forgery("a request of nobody that gets a person", "P2", (by(Q, task(**{"for": None})), by(Q, again(task())))),
    Forgery(
        "a request about a kin of another's person",
        "",
        (by(P, RELATED), by(Q, task(**{"for": ref("Patient/9")}, owner=ref("Organization/other")))),
    ),
    Forgery("done as it is asked", "P2", (by(P, task(**OF_KEEPER, status="completed", output=[OUTPUT])),)),
    Forgery("refused as it is asked", "P2", (by(P, task(**OF_KEEPER, status="rejected")),)),
    Forgery("answered as it is asked", "P2", (by(P, task(**OF_KEEPER, output=[OUTPUT])),)),
    Forgery("answered anew by who asked", "R12a", (*DONE, by(P, again(task(**OF_KEEPER, status="completed"))))),
    Forgery(
        "done by one, said to be done by another",
        "R12a",
        (*DONE, by(P, again(task(**OF_KEEPER | TO_COUNCIL, status="completed", output=[OUTPUT])))),
    ),
    Forgery("completed by who asked", "P2", (*ACCEPTED, by(P, again(task(**OF_KEEPER, status="completed"))))),
    Forgery("put back by who asked", "P2", (*ACCEPTED, by(P, again(task(**OF_KEEPER))))),
    Forgery(
        "rewritten by who asked",
        "R12a",
        (*ACCEPTED, by(P, again(task(**OF_KEEPER, status="accepted", description="別のこと")))),
    ),
    Forgery(
        "answered by who asked",
        "R12a",
        (*ACCEPTED, by(P, again(task(**OF_KEEPER, status="accepted", output=[OUTPUT])))),
    ),
    Forgery(
        "given to another by who asked",
        "R12a",
        (*ACCEPTED, by(P, again(task(**OF_KEEPER | TO_COUNCIL, status="accepted")))),
    ),
    Forgery(
        "given to another by who accepted",
        "R12a",
        (*ACCEPTED, by(Q, again(task(**OF_KEEPER | TO_COUNCIL, status="accepted")))),
    ),
    Forgery("handed on from a note of one's own", "P2", (by(Q, task(owner=ref("Organization/other"))), by(Q, ONWARD))),
    Forgery(
        "handed on from what was taken down on paper",
        "P2",
        (by(Q, task(**OF_KEEPER, status="accepted")), by(Q, ONWARD)),
    ),
    Forgery(
        "handed on when it was taken back",
        UNSEEN,
        (by(P, task(**OF_KEEPER)), by(P, again(task(**OF_KEEPER, status="cancelled"))), by(Q, ONWARD)),
    ),
    Forgery(
        "handed on about another of the household",
        "P2",
        (by(P, task(**OF_KEEPER)), by(Q, ONWARD | {"for": ref("Patient/2")})),
    ),
    Forgery(
        "handed on about the household of whom it was asked",
        "P2",
        (by(P, task(**OF_KEEPER)), by(Q, ONWARD | {"for": ref("Group/g")})),
    ),
    Forgery("a service asked about another's person", "P2", (by(Q, service()),)),
    Forgery("a service asked in the keeper's name", "P2", (by(Q, service(requester=ref("Organization/center"))),)),
    Forgery("a service asked about another's household", "P2", (by(Q, service(subject=ref("Group/g"))),)),
    Forgery("a service asked of oneself", "", (by(Q, service(performer=[ref("Organization/other")])),)),
    Forgery(
        "a service asked of oneself and another",
        "P2",
        (by(Q, service(performer=[ref("Organization/other"), ref("Organization/council")])),),
    ),
    Forgery(
        "a service moved to another's person", "P2", (by(Q, service(subject=ref("Patient/9"))), by(Q, again(service())))
    ),
    Forgery(
        "a service of oneself turned to another",
        "P2",
        (by(Q, service(performer=[ref("Organization/other")])), by(Q, again(service()))),
    ),
    Forgery("an appointment with another's person", "P2", (by(Q, visit("Patient/1", "PractitionerRole/co")),)),
    Forgery("an appointment with oneself", "", (by(Q, visit("Patient/1", "PractitionerRole/q")),)),
    Forgery(
        "an appointment that another's person joins",
        "P2",
        (
            by(Q, visit("Patient/9", "PractitionerRole/co")),
            by(Q, again(visit("Patient/9", "Patient/1", "PractitionerRole/co"))),
        ),
    ),
    Forgery(
        "the coordinator's request about a household it does not coordinate",
        "P2",
        (by(CO, task(requester=ref("Organization/council"), owner=ref("Organization/other"))),),
    ),
    *(
        Forgery(
            f"a request about one's own person that names another's {called}", "P2", (by(Q, task(**NINE, **elements)),)
        )
        for called, elements in _ELSEWHERE.items()
    ),
    Forgery(
        "a service for one's own person that names another's",
        "P2",
        (by(Q, service(subject=ref("Patient/9"), extension=[{"url": "urn:x", "valueReference": ref("Patient/1")}])),),
    ),
    Forgery(
        "another's person named once the request is made",
        "P2",
        (by(Q, task(**NINE)), by(Q, again(task(**NINE), focus=ref("Patient/1")))),
    ),
    Forgery(
        "a visit of one's own person and another's",
        "P2",
        (by(Q, visit("Patient/9", "Patient/1", "PractitionerRole/co")),),
    ),
    Forgery(
        "a person by an address of another server",
        UNSEEN,
        (by(Q, task(**{"for": ref("https://x.example/Patient/1")})),),
    ),
    Forgery("a person by a name that the server gives to none", UNSEEN, (by(Q, task(**{"for": ref("urn:uuid:1")})),)),
)
