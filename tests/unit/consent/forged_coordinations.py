"""Forged calls for the coordinator, as data: about what one does not keep, accepted by others, moved once accepted."""

from __future__ import annotations

from tests.laws.worlds import ref
from tests.unit.consent.forgeries import (
    ASKED,
    CO,
    FOREIGN,
    LEAD,
    LOGICAL,
    OWN,
    TAKEN,
    UNSEEN,
    Forgery,
    P,
    Q,
    again,
    by,
    call,
    changed,
    group,
)
from tests.unit.consent.town import WITHOUT_A_PLAN, coordination

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
            by(CO, again(call(**OWN, status="completed", statusReason=WITHOUT_A_PLAN["statusReason"]))),
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
