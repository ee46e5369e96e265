"""Forged merges, divisions, mistakes and transfers, as data: by who may not ask, by who asked, by the Task alone.

docs/policy.md, "handing a record over", "dividing", "merging two Patients" and "mistakes". The other agency sees the
center's household, its case and its persons by consent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from consent.actor import Actor
from consent.acts import dividing, merging, naming_by_mistake, naming_successor, transferring
from consent.acts.dividing import Asked
from consent.acts.merging import Merge, Named
from consent.acts.naming_by_mistake import Misnaming
from consent.acts.naming_successor import Naming
from consent.acts.reply import Reply
from consent.acts.transferring import Offer
from consent.writing.change import UnitOfWork
from resources.division import Division, Part
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.forgeries import CO, CONV, LEAD, UNSEEN, Act, Forgery, Json, P, Q, again, by, group
from tests.unit.consent.town import INSTALLER, Town, case, concern, coordination, household, patient

_ANSWERING: dict[str, Callable[[UnitOfWork, Reply], Awaitable[Any]]] = {
    "merge": merging.answered,
    "divide": dividing.answered,
    "transfer": transferring.answered,
    "open-transferred": transferring.answered,
    "confirm-mistake": naming_by_mistake.answered,
}
APART = (Part(("Patient/1",)), Part(("Patient/2",)))


def merge(who: Actor, source: str, target: str, **more: Any) -> Act:
    asked = Merge(Named(f"Patient/{source}"), Named(f"Patient/{target}"), **more)
    return _operated(who, lambda unit: merging.asked(unit, asked))


def found(who: Actor, *identifiers: tuple[str, str]) -> Act:
    asked = Merge(Named("Patient/9"), Named(identifiers=identifiers))
    return _operated(who, lambda unit: merging.asked(unit, asked))


def divide(who: Actor, *parts: Part, of: str = "Group/g") -> Act:
    asked = Asked(of, Division(parts or APART, "2026-11-20"), "別居した")
    return _operated(who, lambda unit: dividing.asked(unit, asked))


def mistake(who: Actor, person: str, record: str = "Group/g") -> Act:
    said = Misnaming(record, f"Patient/{person}", "同姓の別の人だった")
    return _operated(who, lambda unit: naming_by_mistake.asked(unit, said))


def transfer(who: Actor, record: str = "Condition/c", to: str = "Organization/other") -> Act:
    offer = Offer(record, to)
    return _operated(who, lambda unit: transferring.offered(unit, offer))


def name(who: Actor, to: str = "Organization/other", reason: str = "終わった", *, undo: bool = False) -> Act:
    said = Naming("Organization/center", to, reason, undo)
    return _operated(who, lambda unit: naming_successor.named(unit, said))


def ended(*posts: str) -> Act:
    """The center has ended in the directory, and these posts."""

    def act(town: Town) -> None:
        for type, ids in (("PractitionerRole", posts), ("Organization", ("center",))):
            for row in town.stored(type):
                if row.id in ids:
                    town.write(INSTALLER, orjson.loads(row.body) | {"active": False})

    return act


def answer(who: Actor, code: str, reason: str = "確かめた", *, accept: bool = True) -> Act:
    """The Task of that code is answered by its operation."""

    def act(town: Town) -> None:
        said = Reply(_task(town, code)["id"], accept, reason)
        town.run(town.gate.operate(who, (code,), lambda unit: _ANSWERING[code](unit, said)))

    return act


def edit(who: Actor, code: str, **elements: Any) -> Act:
    """The Task of that code is written over."""

    def act(town: Town) -> None:
        town.write(who, _task(town, code) | elements)

    return act


def delete(who: Actor, code: str) -> Act:
    return lambda town: town.delete(who, f"Task/{_task(town, code)['id']}")


def _operated(who: Actor, do: Any) -> Act:
    return lambda town: town.run(town.gate.operate(who, ("forged",), do))


def _task(town: Town, code: str) -> Json:
    bodies = [orjson.loads(row.body) for row in town.stored("Task")]
    found: list[Json] = [each for each in bodies if {"coding": [own("task-code", code)]} == each.get("code")]
    return found[0]


def forged(code: str, status: str = "completed", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": "x", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", code), "requester": ref("Organization/other")}
    return task | {"owner": ref("Organization/lead"), "for": ref("Patient/9")} | elements


SECOND: Json = {"meta": {"versionId": "2"}}
ENDED, EMPTIED = ended("p"), ended()
SUCCESSOR = {each: value for each, value in forged("name-successor", "requested").items() if each != "for"}
SUCCESSOR |= {"focus": ref("Organization/center"), "owner": ref("Organization/other")}
SUCCESSOR |= {"requester": ref("Organization/lead")}
NINE_AND_ONE: Json = {"for": ref("Patient/9"), "focus": ref("Patient/1"), "owner": ref("Organization/center")}
OF_G: Json = {"focus": ref("Group/g"), "for": ref("Group/g")}
INTO_H = {"type": concept("division-input", "part-1"), "valueReference": ref("Group/h")}
OTHERS = {"type": concept("division-input", "part-1"), "valueReference": ref("Group/g")}
TWO = {"type": {"text": "誤って挙げた人"}, "valueReference": ref("Patient/2")}
SPOUSE = {"other": ref("Patient/1"), "type": "replaced-by"}
LEFT = by(P, again(group("g", "1")))
DIVIDED = (divide(P), answer(LEAD, "divide"))
ASKED = merge(Q, "9", "1")

MERGES = (
    Forgery("a merge of two that another keeps", "P1", (merge(Q, "1", "2"),)),
    Forgery("a merge of two that another keeps, decided by the lead", "P1", (merge(Q, "1", "2", decides=True),)),
    Forgery("a merge with somebody unseen", UNSEEN, (merge(CO, "9", "1"),)),
    Forgery("a merge by the lead section of two it does not see", UNSEEN, (merge(LEAD, "1", "2", reason="同じ人"),)),
    Forgery("a merge of somebody with themselves", "P1", (merge(Q, "9", "9"),)),
    Forgery("a merge by an identifier that leads to nobody seen", UNSEEN, (found(Q, ("identifier", "urn:x|none")),)),
    Forgery("a merge that waits for who keeps the other", "", (ASKED,)),
    Forgery("a merge confirmed by who asked", "P1", (ASKED, answer(Q, "merge"))),
    Forgery("a merge confirmed by the lead section, who was not asked", UNSEEN, (ASKED, answer(LEAD, "merge"))),
    Forgery("a merge confirmed by a third agency", UNSEEN, (ASKED, answer(CO, "merge"))),
    Forgery(
        "a merge for the lead section, confirmed by who asked",
        "P1",
        (
            merge(Q, "9", "1", decides=True, reason="同じ人"),
            answer(Q, "merge"),
        ),
    ),
    Forgery(
        "a merge for the lead section, confirmed by another post of its agency",
        UNSEEN,
        (merge(Q, "9", "1", decides=True, reason="同じ人"), answer(CONV, "merge")),
    ),
    Forgery("a merge completed by a version of its Task", "P1", (ASKED, edit(Q, "merge", status="completed"))),
    Forgery("a merge accepted by a version of its Task", "P2", (ASKED, edit(Q, "merge", status="accepted"))),
    Forgery("a merge turned to somebody else", "P2", (ASKED, edit(Q, "merge", focus=ref("Patient/2")))),
    Forgery("a merge turned to who asks", "P1", (ASKED, edit(Q, "merge", owner=ref("Organization/other")))),
    Forgery("a merge completed by who is asked, by its Task", "P1", (ASKED, edit(P, "merge", status="completed"))),
    Forgery("a merge that is deleted", "P1", (ASKED, delete(Q, "merge"))),
    Forgery(
        "a merge taken up again when it was declined",
        "P1",
        (
            ASKED,
            answer(P, "merge", accept=False),
            edit(Q, "merge", status="requested"),
        ),
    ),
    Forgery(
        "a merge taken back, and confirmed",
        UNSEEN,
        (
            ASKED,
            edit(Q, "merge", status="cancelled"),
            answer(P, "merge"),
        ),
    ),
    Forgery("a Task of a merge", "P2", (by(Q, forged("merge", **NINE_AND_ONE)),)),
    Forgery("a Task that asks for a merge", "P2", (by(Q, forged("merge", "requested", **NINE_AND_ONE)),)),
    Forgery("a Task that undoes a merge", "P2", (by(Q, forged("unmerge", **NINE_AND_ONE)),)),
    Forgery("a link to another's person", "P3", (by(Q, again(patient("9"), link=[SPOUSE])),)),
    Forgery("a link in a new person", "P3", (by(Q, patient("8", link=[SPOUSE])),)),
    Forgery("an undoing of what was never merged", "P1", (merge(Q, "9", "1", undo=True, reason="別人"),)),
)

DIVISIONS = (
    Forgery("a division of another's household", "P1", (divide(Q),)),
    Forgery("a division of a household one does not see", UNSEEN, (divide(LEAD),)),
    Forgery("a division of a household of one", "P3", (divide(Q, Part(("Patient/9",)), of="Group/h"),)),
    Forgery(
        "a division that brings somebody in", "P3", (divide(P, Part(("Patient/1",)), Part(("Patient/2", "Patient/9"))),)
    ),
    Forgery("a division that leaves somebody out", "P3", (divide(Q, Part(()), Part(("Patient/9",)), of="Group/h"),)),
    Forgery("a division confirmed by who asked", "P6", (divide(P), answer(P, "divide"))),
    Forgery("a division confirmed by another agency", UNSEEN, (divide(P), answer(Q, "divide"))),
    Forgery("a division confirmed by another post of the lead's agency", UNSEEN, (divide(P), answer(CONV, "divide"))),
    Forgery("a division without a reason", "P6", (divide(P), answer(LEAD, "divide", ""))),
    Forgery("a division completed by its Task", "P1", (divide(P), edit(P, "divide", status="completed"))),
    Forgery("a division with other parts", "P1", (divide(P), edit(P, "divide", input=[TWO]))),
    Forgery("a division into a household of another", "P1", (divide(P), edit(P, "divide", output=[OTHERS]))),
    Forgery("a division that is deleted", "P1", (divide(P), delete(P, "divide"))),
    Forgery(
        "a division taken back, and confirmed",
        UNSEEN,
        (
            divide(P),
            edit(P, "divide", status="cancelled"),
            answer(LEAD, "divide"),
        ),
    ),
    Forgery("a Task of a division", "P2", (by(Q, forged("divide", **OF_G, output=[INTO_H])),)),
    Forgery(
        "a Task of a division of one's own household",
        "P1",
        (by(Q, forged("divide", focus=ref("Group/h"), output=[INTO_H])),),
    ),
    Forgery("a Task that asks for a division", "P2", (by(P, forged("divide", "requested", **OF_G)),)),
    Forgery("a divided household taken up again", "P3", (*DIVIDED, by(P, group("g", "1", "2") | SECOND))),
    Forgery("a case of a household that was divided", "R37", (*DIVIDED, by(P, case("k3")))),
    Forgery("a call about a household that was divided", "R37", (*DIVIDED, by(P, coordination("requested")))),
    Forgery("a division of what was divided", "P3", (*DIVIDED, divide(P))),
)

MISTAKES = (
    Forgery("a mistake in another's household", "mistake", (mistake(Q, "2"),)),
    Forgery("a mistake in a household one does not see", UNSEEN, (mistake(LEAD, "2"),)),
    Forgery("a mistake of who is in it still", "mistake", (mistake(P, "2"),)),
    Forgery("a mistake of who never was in it", "mistake", (LEFT, mistake(P, "9"))),
    Forgery("a mistake in a person's own record", "mistake", (mistake(P, "2", "Patient/1"),)),
    Forgery("a mistake confirmed by who says so", "mistake", (LEFT, mistake(P, "2"), answer(P, "confirm-mistake"))),
    Forgery("a mistake confirmed by another agency", UNSEEN, (LEFT, mistake(P, "2"), answer(Q, "confirm-mistake"))),
    Forgery(
        "a mistake confirmed by another post of the lead's agency",
        UNSEEN,
        (
            LEFT,
            mistake(P, "2"),
            answer(CONV, "confirm-mistake"),
        ),
    ),
    Forgery(
        "a mistake of who has joined anew",
        "mistake",
        (
            LEFT,
            mistake(P, "2"),
            by(P, group("g", "1", "2") | SECOND),
            answer(LEAD, "confirm-mistake"),
        ),
    ),
    Forgery(
        "a mistake of somebody else",
        "P1",
        (LEFT, mistake(P, "2"), edit(P, "confirm-mistake", input=[TWO | {"valueReference": ref("Patient/1")}])),
    ),
    Forgery(
        "a mistake completed by its Task", "P1", (LEFT, mistake(P, "2"), edit(P, "confirm-mistake", status="completed"))
    ),
    Forgery("a mistake that is deleted", "P1", (LEFT, mistake(P, "2"), delete(P, "confirm-mistake"))),
    Forgery("a Task of a mistake", "P2", (by(Q, forged("confirm-mistake", **OF_G, input=[TWO])),)),
    Forgery("a Task that says a mistake", "P2", (by(P, forged("confirm-mistake", "requested", **OF_G, input=[TWO])),)),
    Forgery(
        "a household said to be a mistake by who does not keep it",
        "P1",
        (by(Q, again(household("1", "2"), modifierExtension=[extension("entered-in-error", valueBoolean=True)])),),
    ),
)

TRANSFERS = (
    Forgery("a transfer of another's person", "P1", (transfer(Q, "Patient/1"),)),
    Forgery("a transfer of another's household", "P1", (transfer(Q, "Group/g"),)),
    Forgery("a transfer of what one does not see", UNSEEN, (transfer(Q),)),
    Forgery("a transfer to oneself", "P1", (transfer(P, to="Organization/center"),)),
    Forgery("a transfer to a post", "P1", (transfer(P, to="PractitionerRole/q"),)),
    Forgery("a transfer of what was signed", "P1", (transfer(P, "Consent/s1"),)),
    Forgery("a transfer that waits", "", (transfer(P),)),
    Forgery("a transfer that opens nothing of what was before", "", (transfer(P), answer(Q, "transfer", ""))),
    Forgery("a transfer accepted by who offers", "P1", (transfer(P), answer(P, "transfer"))),
    Forgery("a transfer accepted by a third agency", UNSEEN, (transfer(P), answer(CO, "transfer"))),
    Forgery("a transfer accepted by the lead section", UNSEEN, (transfer(P), answer(LEAD, "transfer"))),
    Forgery("a transfer turned to another record", "P1", (transfer(P), edit(P, "transfer", focus=ref("Group/g")))),
    Forgery(
        "a transfer turned to another taker",
        "P1",
        (
            transfer(P),
            edit(P, "transfer", owner=ref("Organization/council")),
        ),
    ),
    Forgery("a transfer completed by its Task", "P1", (transfer(P), edit(P, "transfer", status="completed"))),
    Forgery("a transfer that is deleted", "P1", (transfer(P), delete(P, "transfer"))),
    Forgery(
        "a transfer taken back, and accepted",
        UNSEEN,
        (
            transfer(P),
            edit(P, "transfer", status="cancelled"),
            answer(Q, "transfer"),
        ),
    ),
    Forgery("a Task of a transfer", "P1", (by(Q, forged("transfer", focus=ref("CarePlan/k"))),)),
    Forgery(
        "a Task that moves the keeping of a person", "P2", (by(Q, forged("move-keeping", focus=ref("Patient/1"))),)
    ),
    Forgery(
        "a Task that opens what was handed over", "P1", (by(Q, forged("open-transferred", focus=ref("CarePlan/k"))),)
    ),
    Forgery(
        "the taker's own decision to open it",
        "P6",
        (
            transfer(P),
            answer(Q, "transfer", "引き継ぐため"),
            answer(Q, "open-transferred"),
        ),
    ),
    Forgery(
        "another post's decision to open it",
        UNSEEN,
        (
            transfer(P),
            answer(Q, "transfer", "引き継ぐため"),
            answer(CONV, "open-transferred"),
        ),
    ),
    Forgery(
        "written on without having been opened",
        UNSEEN,
        (
            transfer(P),
            answer(Q, "transfer", ""),
            by(Q, again(concern("c", "1"))),
        ),
    ),
    Forgery(
        "written on by who gave it",
        "P1",
        (
            transfer(P),
            answer(Q, "transfer", ""),
            by(P, again(concern("c", "1"))),
        ),
    ),
)

SUCCESSIONS = (
    Forgery("a succession of an agency that goes on", "P1", (name(LEAD),)),
    Forgery("a succession that who takes over names", "P1", (ENDED, name(Q))),
    Forgery("a succession that another post names", "P1", (ENDED, name(CONV))),
    Forgery("a succession of an agency with staff", "P1", (EMPTIED, name(LEAD))),
    Forgery("a succession by itself", "P1", (ENDED, name(LEAD, to="Organization/center"))),
    Forgery("a succession by who decides", "P1", (ENDED, name(LEAD, to="Organization/lead"))),
    Forgery("a succession by nobody", "P1", (ENDED, name(LEAD, to="Organization/none"))),
    Forgery("a succession for no reason", "P1", (ENDED, name(LEAD, reason=""))),
    Forgery("a second successor", "P1", (ENDED, name(LEAD), name(LEAD, to="Organization/council"))),
    Forgery("a succession undone by who took over", "P1", (ENDED, name(LEAD), name(Q, undo=True))),
    Forgery("a succession as a Task of the lead section's", "P1", (ENDED, by(LEAD, SUCCESSOR))),
    Forgery("a succession as a Task of who takes over", "P1", (ENDED, by(Q, SUCCESSOR))),
    Forgery("a succession as a Task that is done", "P1", (ENDED, by(LEAD, SUCCESSOR | {"status": "completed"}))),
    Forgery(
        "a succession for another than was named",
        "P1",
        (ENDED, name(LEAD), edit(LEAD, "name-successor", owner=ref("Organization/council"))),
    ),
    Forgery(
        "a succession of another than was named",
        "P2",
        (ENDED, name(LEAD), edit(Q, "name-successor", focus=ref("Organization/council"))),
    ),
    Forgery("a succession that is deleted", "P1", (ENDED, name(LEAD), delete(LEAD, "name-successor"))),
)

ACTS = (*MERGES, *DIVISIONS, *MISTAKES, *SUCCESSIONS, *TRANSFERS)
