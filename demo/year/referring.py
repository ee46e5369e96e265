"""What becomes of a request: taken on, handed on with its content, or, where nobody answers, told to the coordinator.

R5, R8 to R12a of the domain: nobody refuses, and nobody throws a household over
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.people import CARE
from demo.year import coded
from demo.year.coded import Json, ref
from demo.year.household import Household
from demo.year.town import Town

Course = Iterator[int]
"""The course of something: it gives the working days until it goes on."""


def answered(town: Town, home: Household, task: str, desk: str) -> Course:
    """The request of a household to a desk, until somebody does what is needed."""
    often = town.rates.often
    if home.happens(often["silent"]):
        yield 6
        yield from _called(town, home, task)
    yield home.chance.randint(0, 4)
    if home.happens(often["handed-on"]):
        yield from _handed_on(town, home, task, desk)
        return
    town.change("accepted", town.offices[desk], task, status="accepted")
    home.team.append(desk)
    yield home.chance.randint(10, 60)
    town.change("supported", town.offices[desk], task, status="completed", output=[_outcome("supported", SUPPORTED)])


SUPPORTED = "面談し、必要な手続きに付き添った"


def _handed_on(town: Town, home: Household, task: str, desk: str) -> Course:
    """The desk finds that another is in charge, and hands over; it keeps the request until that one has accepted."""
    chain = frozenset({home.keeper, desk})
    field = home.chance.choice(home.fields)
    further = town.desk(field, home.area, chain)
    town.change("accepted", town.offices[desk], task, status="accepted")
    received = town.read(town.offices[desk], task)
    onward = _task(received, task, desk, further)
    handed = town.post("handed-on", town.offices[desk], "Task", onward).created[0]
    yield home.chance.randint(1, 4)
    town.change("accepted", town.offices[further], handed, status="accepted")
    home.team.append(further)
    ended = {"type": coded.concept("task-outcome", "handed-on"), "valueReference": ref(handed)}
    town.change("handed-over", town.offices[desk], task, status="completed", output=[ended])
    yield home.chance.randint(10, 60)
    town.change(
        "supported", town.offices[further], handed, status="completed", output=[_outcome("supported", SUPPORTED)]
    )


def _called(town: Town, home: Household, task: str) -> Course:
    """Nobody has answered: the server has called a coordinator by now (R5), or the asker does; the answer is with whom
    to talk (R12)."""
    code = coded.concept("task-code", "escalate-to-coordinator")
    calls = town.people(home.officer, CARE).get("Task", code="escalate-to-coordinator", **{"part-of": task})
    made = next(iter(calls.resources), {})
    if made:
        town.held("escalated", calls)
        called = f"Task/{made['id']}"
    else:
        asked = town.read(home.officer, task)
        made = _task(asked, task, home.keeper, "PractitionerRole/role-coordinator") | {"code": code}
        called = town.post("escalated", home.officer, "Task", made).created[0]
    answers = made["owner"]["reference"].removeprefix("PractitionerRole/role-")
    yield 1
    advice = [_outcome("answered", "担当者に電話し、今日中に連絡するとのこと")]
    town.change("call-taken", answers, called, status="accepted")
    town.change("call-answered", answers, called, status="completed", output=advice)


def _task(of: Json, part_of: str, requester: str, owner: str) -> Json:
    """A Task that follows on another, about the same request of the same person."""
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"focus": of["focus"], "for": of["for"], "partOf": [ref(part_of)]}
    return task | {"requester": ref(requester), "owner": ref(owner)}


def _outcome(code: str, text: str) -> Json:
    return {"type": coded.concept("task-outcome", code), "valueString": text}
