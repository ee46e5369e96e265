"""Evidence forged by those who have no right to make it, as data: who writes what, one transaction after another.

docs/policy.md, "standing". The agency `center` (p) keeps the household g of persons 1 and 2; `other` (q) and `council`
(co) may see it, its case and its persons by consent, and no more; `other` keeps the household h of person 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consent.actor import Actor
from tests.laws.worlds import ref
from tests.unit.consent.test_superseding import IRCP, consent
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(person) for person in ("p", "q", "co", "lead", "conv"))
WATCHED = ("Patient/1", "Patient/2", "Condition/c", "Group/g", "CarePlan/k", "CarePlan/plan")
"""What `center` keeps; who may read it is not for a forger to change."""

UNSEEN = "unseen"
"""Refused since its writer does not see what it would write, or name."""

Step = tuple[Actor, tuple[Json, ...]]


@dataclass(frozen=True, slots=True)
class Forgery:
    """`rule` is the rule by which the last step is refused; empty where it is stored and has no effect."""

    called: str
    rule: str
    steps: tuple[Step, ...]


def scene(town: Town) -> None:
    """Before anything is forged."""
    shown = [
        {"system": "http://hl7.org/fhir/resource-types", "code": code} for code in ("Patient", "Group", "CarePlan")
    ]
    actors = [{"role": IRCP, "reference": ref(f"Organization/{name}")} for name in ("other", "council")]
    permit = {"type": "permit", "actor": actors, "class": shown}
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"), case())
    town.write(
        P,
        *(
            consent(f"s{one}", patient=ref(f"Patient/{one}"), provision=permit, performer=[ref(f"Patient/{one}")])
            for one in "12"
        ),
    )
    town.write(P, case("plan", "total-care-plan"))
    town.write(Q, patient("9"), group("h", "9"), case("kh") | {"subject": ref("Group/h")})


def by(who: Actor, *records: Json) -> Step:
    return who, records


def again(record: Json, **elements: Any) -> Json:
    """The next version of a record, with some elements changed; None takes one away."""
    found = record | elements | {"meta": {"versionId": "1"}}
    return {name: part for name, part in found.items() if part is not None}


def changed(record: Json, **elements: Any) -> Json:
    return {name: part for name, part in (record | elements).items() if part is not None}


def group(id: str, *members: str) -> Json:
    return household(*members) | {"id": id}


def call(**elements: Any) -> Json:
    """The other agency calls the coordinator about what it does not keep."""
    return changed(coordination("requested") | {"requester": ref("Organization/other")}, **elements)


OWN = {"focus": ref("CarePlan/kh"), "for": ref("Group/h")}
ASKED = by(P, coordination("requested"))
TAKEN = by(CO, again(coordination()))
LOGICAL = {"type": "Group", "identifier": {"system": "urn:x", "value": "g"}}
CONTAINED = {"contained": [patient("x")], "member": [{"entity": ref("#x")}]}
FOREIGN = case("kq") | {"subject": ref("Group/g")}

COORDINATION = (
    Forgery(
        "a call whose focus is a person", "R14", (by(Q, call(focus=ref("Patient/1"), **{"for": ref("Patient/1")})),)
    ),
    Forgery("a call whose focus is the household", "R14", (by(Q, call(focus=ref("Group/g"))),)),
    Forgery("a call whose focus is a plan", "R14", (by(Q, call(focus=ref("CarePlan/plan"))),)),
    Forgery("a call by who does not keep the case", "R14", (by(Q, call()),)),
    Forgery(
        "a call by a post of who does not keep the case", "R14", (by(Q, call(requester=ref("PractitionerRole/q"))),)
    ),
    Forgery("a call in the keeper's name", "R14", (by(Q, call(requester=ref("Organization/center"))),)),
    Forgery("a call in the name of a post of the keeper", "R14", (by(Q, call(requester=ref("PractitionerRole/p"))),)),
    Forgery("a call in the name of a person of the keeper", "R14", (by(Q, call(requester=ref("Practitioner/p"))),)),
    Forgery("a call about one's own case, for another's household", "R14", (by(Q, call(focus=ref("CarePlan/kh"))),)),
    Forgery("a call about another's case, for one's own household", "R14", (by(Q, call(**{"for": ref("Group/h")})),)),
    Forgery("a case of one's own about another's household", "R14", (by(Q, FOREIGN, call(focus=ref("CarePlan/kq"))),)),
    Forgery(
        "one's own case moved to another's household",
        "R14",
        (by(Q, again(FOREIGN | {"id": "kh"}), call(focus=ref("CarePlan/kh"))),),
    ),
    Forgery("a call without a case", "R14", (by(Q, call(focus=None)),)),
    Forgery(
        "the keeper's call whose focus is a person",
        "R13",
        (by(P, changed(coordination("requested"), focus=ref("Patient/1"), **{"for": ref("Patient/1")})),),
    ),
    Forgery(
        "the keeper's call whose focus is the household",
        "R13",
        (by(P, changed(coordination("requested"), focus=ref("Group/g"))),),
    ),
    Forgery(
        "the keeper's call whose focus is a plan",
        "R13",
        (by(P, changed(coordination("requested"), focus=ref("CarePlan/plan"))),),
    ),
    Forgery("a call without a household", "R14", (by(Q, call(**{"for": None})),)),
    Forgery(
        "a call for a household in a contained record",
        "R14",
        (by(Q, call(**{"for": ref("#g")}, contained=[group("g", "1")])),),
    ),
    Forgery("a call for a household by its identifier", UNSEEN, (by(Q, call(**{"for": LOGICAL})),)),
    Forgery("a call on no ground", "R13", (by(P, changed(coordination("requested"), reasonCode=None)),)),
    Forgery("a call accepted by who asks, when it is written", "R13", (by(P, coordination()),)),
    Forgery("a call accepted by who asks, afterwards", "R13", (ASKED, by(P, again(coordination())))),
    Forgery("a call taken in progress by who asks", "R13", (ASKED, by(P, again(coordination("in-progress"))))),
    Forgery("a call accepted by the lead section", UNSEEN, (ASKED, by(LEAD, again(coordination())))),
    Forgery("a call that is nobody's", "R13", (by(P, changed(coordination("requested"), owner=None)),)),
    Forgery(
        "a call to the coordinator's person",
        "R13",
        (by(P, coordination("requested") | {"owner": ref("Practitioner/co")}),),
    ),
    Forgery(
        "a call to the coordinator's agency",
        "R13",
        (by(P, coordination("requested") | {"owner": ref("Organization/council")}),),
    ),
    Forgery("a call to an officer", "R13", (by(P, coordination("requested") | {"owner": ref("PractitionerRole/q")}),)),
    Forgery("the coordinator's own call, in the keeper's name", "R14", (by(CO, coordination("requested")),)),
    Forgery("the coordinator's own call, accepted at once", "R13", (by(CO, coordination()),)),
    Forgery("the lead section's call without a reason", UNSEEN, (by(LEAD, call(requester=ref("Organization/lead"))),)),
    Forgery(
        "the lead section's call without a reason, about a household once marked",
        "R14",
        (ASKED, TAKEN, by(LEAD, call(id="t2", requester=ref("Organization/lead")))),
    ),
    Forgery(
        "an accepted call moved to a person",
        "R13",
        (ASKED, TAKEN, by(P, again(coordination(), focus=ref("Patient/1")))),
    ),
    Forgery(
        "an accepted call moved to another household",
        UNSEEN,
        (ASKED, TAKEN, by(P, again(coordination(), **{"for": ref("Group/h")}))),
    ),
    Forgery(
        "an accepted call without its household", "R13", (ASKED, TAKEN, by(P, again(coordination(), **{"for": None})))
    ),
    Forgery(
        "an accepted call given to another",
        "R13",
        (ASKED, TAKEN, by(P, again(coordination(), owner=ref("PractitionerRole/q")))),
    ),
    Forgery(
        "a call taken up again when it is over",
        "R13",
        (
            by(Q, call(**OWN)),
            by(CO, again(call(**OWN, status="accepted"))),
            by(CO, again(call(**OWN, status="completed"))),
            by(Q, again(call(**OWN))),
        ),
    ),
    Forgery(
        "a call by a code without its system",
        "",
        (by(Q, call(code={"coding": [{"code": "coordinate"}]}, owner=ref("PractitionerRole/q"))),),
    ),
    Forgery(
        "a Task that becomes a call",
        "R14",
        (by(Q, call(code=None, owner=ref("PractitionerRole/q"))), by(Q, again(call()))),
    ),
)

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
    Forgery("a household kept by another", UNSEEN, (by(Q, again(group("g", "1", "2", "9"))),)),
    Forgery("a household kept by another, emptied", UNSEEN, (by(Q, again(group("g"))),)),
    Forgery("a household in the coordinator's hand", UNSEEN, (ASKED, TAKEN, by(CO, again(group("g", "1"))))),
    Forgery("a household emptied by its keeper", "", (by(P, again(group("g"))),)),
    Forgery(
        "the keeper's case on the household of another",
        "",
        (by(Q, again(case("kh") | {"subject": ref("Group/g")})),),
    ),
)

FORGERIES = (*COORDINATION, *HOUSEHOLD)
