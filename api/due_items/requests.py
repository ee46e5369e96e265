"""Requests that are due: to answer, to await, to look at again, to announce by a word; roles to begin, and overlaps.

docs/worklist.md; R5, R9, R10, R16 and R40 of the domain
"""

from __future__ import annotations

from datetime import date, timedelta

from api.due_items.asking import Asking, Json, searched
from consent import vocabulary
from resources import due
from resources.due import Due
from resources.record import coding, reference

LATELY = 31
"""Of a request that was written longer ago nobody sends word ahead any more, and of an overlap all was asked."""

_REVIEW = coding.own("task-code", "case-review")
"""R44: an item of its own."""


async def requests(asking: Asking) -> list[Due]:
    """Unanswered requests to the asker and by it, those on hold, those with an end."""

    def by_answer(task: Json) -> date | None:
        return None if _REVIEW in coding.of(task.get("code")) else due.answer(task, asking.days)

    def by_look(task: Json) -> date | None:
        return due.look_again(task, asking.days)

    def by_paper(task: Json) -> date | None:
        if not due.on_paper(task):
            return None
        return due.look_again(task, asking.days) if task.get("status") == "on-hold" else due.finish(task)

    asked, taken = ("status", "requested,received"), ("status", "accepted,in-progress,on-hold")
    return [
        *await asking.dated("answer-request", "Task", [("owner", asking.who("owner")), asked], by_answer),
        *await asking.dated("await-answer", "Task", [("requester", asking.who("requester")), asked], by_answer),
        *await asking.dated("await-outcome", "Task", [("requester", asking.who("requester")), taken], by_paper),
        *await asking.dated("look-again", "Task", [("owner", asking.who("owner")), ("status", "on-hold")], by_look),
        *await asking.dated(
            "finish-request",
            "Task",
            [("owner", asking.who("owner")), ("status", "accepted,in-progress")],
            due.finish,
        ),
    ]


async def words(asking: Asking) -> list[Due]:
    """Requests to other agencies that were announced by no word, and say nowhere why none is needed (R9, R10)."""
    since = f"ge{asking.today - timedelta(days=LATELY)}"
    said = [("requester", asking.of("ServiceRequest", "requester")), ("status", "active"), ("_lastUpdated", since)]
    asked = {each.reference: body for each, body in await asking.found("ServiceRequest", said) if due.announces(body)}
    own = set(asking.names)
    others = {name: body for name, body in asked.items() if set(reference.many(body, "performer")) - own}
    if not others:
        return []
    spoken = [("sender", asking.of("Communication", "sender")), ("category", "introduction")]
    words = [body for _, body in await asking.found("Communication", spoken)]
    told = {name for body in words for element in ("about", "basedOn") for name in reference.many(body, element)}
    search = searched("ServiceRequest", said)
    return [
        Due(due.asked_on(body) or asking.today, "send-word", name, search)
        for name, body in others.items()
        if name not in told
    ]


async def roles(asking: Asking) -> list[Due]:
    """Roles that were decided on for the asker's agency, at a conference where it was seated, and have not begun: each
    agency manages its part (R16)."""
    said = [("owner", asking.who("owner")), ("code", "carry-out"), ("status", "accepted,ready")]
    return await asking.dated("carry-out", "Task", said, lambda task: due.answer(task, asking.days))


async def overlaps(asking: Asking) -> list[Due]:
    """That two agencies may support one person (R40), as it was told to the coordinator who asks, and nobody else."""
    if not asking.reading.facts.holds(vocabulary.COORDINATOR):
        return []
    since = f"ge{asking.today - timedelta(days=LATELY)}"
    said = [("recipient", asking.of("Communication", "recipient")), ("category", "overlap-notice")]
    return await asking.dated(
        "overlap", "Communication", [*said, ("_lastUpdated", since)], lambda letter: due.answer(letter, asking.days)
    )
