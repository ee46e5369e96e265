"""A household that is divided: how it is asked and confirmed, and what came of it."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import Any

import orjson

from consent.actor import Actor
from consent.acts import dividing
from consent.acts.dividing import Asked
from consent.acts.division_task import Divided
from consent.acts.reply import Reply
from consent.maintenance.checking import Check
from resources import division
from resources.division import Division, Part
from resources.record.problem import Problem
from resources.record.version import Version
from resources.store.open import ledger
from tests.laws.worlds import extension, index, ref
from tests.unit.consent.town import Town, actor

Json = dict[str, Any]

P, Q, CO, CONV, LEAD, AUD = (actor(name) for name in ("p", "q", "co", "conv", "lead", "aud"))
APART = (Part(("Patient/1",)), Part(("Patient/2", "Patient/3")))
"""The first alone, the second and the third together."""

SINCE = "2026-11-20"


def ask(
    town: Town,
    who: Actor = P,
    parts: tuple[Part, ...] = APART,
    since: str = SINCE,
    reason: str = "別居した",
    *,
    household: str = "Group/g",
    preview: bool = False,
) -> Divided:
    said = Asked(household, Division(parts, since), reason, preview=preview)
    return town.run(town.gate.operate(who, ("$divide", household), partial(dividing.asked, said=said)))


def answer(town: Town, task: str, who: Actor = LEAD, *, accept: bool = True, reason: str = "確かめた") -> Divided:
    do = partial(dividing.answered, answer=Reply(task.removeprefix("Task/"), accept=accept, reason=reason))
    return town.run(town.gate.operate(who, ("$divide", task), do))


def divide(town: Town, parts: tuple[Part, ...] = APART, since: str = SINCE) -> tuple[str, ...]:
    """The new household of each part."""
    return answer(town, task_of(ask(town, parts=parts, since=since))).households


def task_of(done: Divided) -> str:
    assert done.task
    return done.task.reference


def refused(what: Any, *said: Any, **more: Any) -> str:
    """The kind of the refusal, and the rules that it names."""
    try:
        what(*said, **more)
    except Problem as problem:
        return f"{problem.kind} {' '.join(issue.rule for issue in problem.issues if issue.rule)}".strip()
    return "done"


def of(town: Town, type: str, group: str) -> list[Version]:
    """The records of a type of one very household."""
    found = [(each, orjson.loads(each.body)) for each in town.stored(type)]
    return [each for each, body in found if group in (reference(body, "subject"), reference(body, "for"))]


def reference(body: Json, element: str) -> str:
    return str((body.get(element) or {}).get("reference", ""))


def body(version: Version) -> Json:
    found: Json = orjson.loads(version.body)
    return found


def members(town: Town, group: str) -> tuple[str, ...]:
    [found] = [each for each in town.stored("Group") if each.reference == group]
    return division.members(body(found))


def for_(*persons: str) -> Json:
    """Whom an activity is for."""
    return {"extension": [extension("activity-subject", valueReference=ref(f"Patient/{one}")) for one in persons]}


def wrong(town: Town) -> list[str]:
    """What a check of the whole store finds."""
    with closing(ledger(town.address or str(town.folder))) as laid_open:
        check = Check(laid_open, index())
        return [f"{one.at} {one.text}" for span in laid_open.spans(200) for one in check.span(span).differences]
