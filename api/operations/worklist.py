"""$worklist: what is due or overdue for the person or agency that asks, and what was opened to it since.

Domain section 6 (clocks); profiles/tsunagu/OperationDefinition-worklist.json
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from api import listed, opened_since, respond
from api.answer import Answer
from api.call import Call
from api.operations import parameters
from consent import policy, verdict, vocabulary
from consent.reading import Reading
from resources import due
from resources.due import Due
from resources.record import envelope, moment, reference
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request

PARAMETERS = ("for", "until", "since")

AHEAD = 60
"""Days that are looked ahead, where it is not said how many."""
MOST = 500

_CASEWORK_CONFERENCE = "case-conference"
_LEADING = (vocabulary.COORDINATOR, vocabulary.CONVENER, vocabulary.LEAD_SECTION)
Json = dict[str, Any]
Day = Callable[[Json], "date | None"]


async def worklist(call: Call) -> Answer:
    """Everything is read as the asker may read it; an item names a record and how to find it, and nobody."""
    call.sign_in()
    given = parameters.of_address(call, PARAMETERS)
    if given.get("for", "agency") not in ("agency", "person"):
        text, ja = "`for` is `agency` or `person`", "`for` は `agency` か `person` です"
        raise Problem.of("structure", text, ja, "for")
    today = listed.today(call)
    until = _until(given) or today + timedelta(days=AHEAD)
    since = opened_since.instant(given)
    async with call.on.gate.reading(call.actor, "search", "operation", "$worklist") as reading:
        asking = _Asking(call, reading, given.get("for", "agency"))
        items = sorted(item for item in await asking.items(today) if item.day <= until)
        opened = await opened_since.parts(call, reading, asking.names, since) if since else []
    said: list[Json] = [{"name": "item", "part": _parts(item, today)} for item in items[:MOST]]
    if asking.more or len(items) > MOST:
        said.append({"name": "more", "valueBoolean": True})
    content: Json = {"resourceType": "Parameters"} | ({"parameter": [*said, *opened]} if said or opened else {})
    return respond.json(content)


class _Asking:
    """One asker's questions, each within what it may read; `more` says that one had more answers than are looked at."""

    def __init__(self, call: Call, reading: Reading, wanted: str) -> None:
        self.call, self.reading, self.more = call, reading, False
        known = reading.facts
        self.names = sorted(known.seats if wanted == "person" and known.actor.person else known.identities)
        self.days = call.on.settings.answer_days

    async def items(self, today: date) -> list[Due]:
        if not self.names or self.call.actor.is_citizen:
            return []
        found = [*await self._requests(), *await self._letters(), *await self._meetings(today)]
        return [*found, *await self._plans(), *await self._consents(today), *await self._posts()]

    async def _requests(self) -> list[Due]:
        """Unanswered requests to the asker and by it, those on hold, those with an end."""

        def by_answer(task: Json) -> date | None:
            return due.answer(task, self.days)

        def by_look(task: Json) -> date | None:
            return due.look_again(task, self.days)

        def by_paper(task: Json) -> date | None:
            if not due.on_paper(task):
                return None
            return due.look_again(task, self.days) if task.get("status") == "on-hold" else due.finish(task)

        asked, taken = ("status", "requested,received"), ("status", "accepted,in-progress,on-hold")
        return [
            *await self._dated("answer-request", "Task", [("owner", self._who("owner")), asked], by_answer),
            *await self._dated("await-answer", "Task", [("requester", self._who("requester")), asked], by_answer),
            *await self._dated("await-outcome", "Task", [("requester", self._who("requester")), taken], by_paper),
            *await self._dated("look-again", "Task", [("owner", self._who("owner")), ("status", "on-hold")], by_look),
            *await self._dated(
                "finish-request",
                "Task",
                [("owner", self._who("owner")), ("status", "accepted,in-progress")],
                due.finish,
            ),
        ]

    async def _letters(self) -> list[Due]:
        """Letters of a meeting to come that the person has not answered."""
        seats = sorted(self.reading.facts.seats)
        if not seats:
            return []
        who = ",".join(seats)
        said = [("recipient", who), ("category", "invitation,opening-notice")]
        letters = await self._found("Communication", said)
        answers = await self._found("Communication", [("sender", who), ("category", "acknowledgement")])
        done = due.answered(body for _, body in answers)
        open_ones = [each for each in letters if each[0].reference not in done]
        ids = sorted({reference.one(body, "encounter").partition("/")[2] for _, body in open_ones} - {""})
        meetings = await self._found("Encounter", [("_id", ",".join(ids[:200]))]) if ids else []
        days = {
            version.reference: due.meeting(body)
            for version, body in meetings
            if body.get("status") in ("planned", "arrived", "in-progress")
        }
        search = _search("Communication", said)
        return [
            Due(day, "read-letter", version.reference, search)
            for version, body in open_ones
            if (day := days.get(reference.one(body, "encounter")))
        ]

    async def _meetings(self, today: date) -> list[Due]:
        """Meetings at which the person has a seat, and the monthly one (R20) where it is the asker's to see to it."""
        found = []
        if seats := sorted(self.reading.facts.seats):
            said = [("participant", ",".join(seats)), ("status", "planned,arrived,in-progress")]
            found += await self._dated("meeting", "Encounter", said, due.meeting)
        if any(self.reading.facts.holds(function) for function in _LEADING):
            first, last, following = due.month(today)
            said = [("type", _CASEWORK_CONFERENCE), ("date", f"ge{first}"), ("date", f"lt{following}")]
            if not await self._found("Encounter", said):
                found.append(Due(last, "monthly-conference", "", _search("Encounter", said)))
        return found

    async def _plans(self) -> list[Due]:
        """Of total care plans that the asker keeps or coordinates: reviews, and what has not begun (R17)."""
        said = [("status", "active"), ("category", "total-care-plan")]
        search, found = _search("CarePlan", said), []
        coordinates = bool(self.reading.facts.holds(vocabulary.COORDINATOR))
        for version, body in await self._found("CarePlan", said):
            if coordinates or envelope.value(version.terms, ".custodian") in self.reading.facts.agencies:
                if day := due.review(body):
                    found.append(Due(day, "review-plan", version.reference, search))
                if day := min(due.begins(body), default=None):
                    found.append(Due(day, "monitor", version.reference, search))
        return found

    async def _consents(self, today: date) -> list[Due]:
        """Consents that end within the days that are looked ahead."""
        ends = today + timedelta(days=AHEAD + 1)
        said = [("status", "active"), ("period", f"ge{today}"), ("period", f"eb{ends}")]
        return await self._dated("consent-ends", "Consent", said, due.consent_ends)

    async def _posts(self) -> list[Due]:
        """Posts of the asker's agency that a directory keeper wrote and nobody has confirmed (P12)."""
        agencies = [each for each in self.names if each.startswith("Organization/")]
        if not agencies:
            return []
        said = [("organization", ",".join(agencies)), ("active:not", "false")]

        def by(post: Json) -> date | None:
            return due.answer(post, self.days)

        return [
            Due(day, "confirm-post", version.reference, _search("PractitionerRole", said))
            for version, body in await self._found("PractitionerRole", said)
            if verdict.read(version.terms).void and (day := by(body))
        ]

    async def _dated(self, kind: str, type: str, said: Sequence[tuple[str, str]], day: Day) -> list[Due]:
        search = _search(type, said)
        found = [(version.reference, day(body)) for version, body in await self._found(type, said)]
        return [Due(when, kind, name, search) for name, when in found if when is not None]

    async def _found(self, type: str, said: Iterable[tuple[str, str]]) -> list[tuple[Version, Json]]:
        """What of a type the asker finds by this search; nothing where its token does not reach the type."""
        if not policy.reaches(policy.ruling("search", self.reading.facts).rules, type):
            return []
        asked = [*said, ("_count", str(MOST)), ("_total", "none")]
        page = await self.reading.search(request.parse(self.call.on.index, type, asked))
        self.more = self.more or bool(page.next)
        return [(each, orjson.loads(each.body)) for each in page.versions]

    def _who(self, element: str) -> str:
        """The asker, by every reference that may stand there in a Task."""
        return ",".join(opened_since.named(self.call.on.spec, "Task", element, self.names))


def _parts(item: Due, today: date) -> list[Json]:
    said: list[Json] = [
        {"name": "kind", "valueCode": item.kind},
        {"name": "due", "valueDate": item.day.isoformat()},
        {"name": "overdue", "valueBoolean": item.day < today},
    ]
    if item.record:
        said.append({"name": "record", "valueReference": {"reference": item.record}})
    return [*said, {"name": "search", "valueUri": item.search}]


def _search(type: str, said: Sequence[tuple[str, str]]) -> str:
    return f"{type}?{urlencode(said, safe='/,')}"


def _until(given: Mapping[str, str]) -> date | None:
    if "until" not in given:
        return None
    found = moment.read(given["until"])
    if found is None or moment.LEVELS[found.level] != "day":
        text, ja = f"`{given['until']}` is no day", f"`{given['until']}` は日付ではありません"
        raise Problem.of("structure", text, ja, "until")
    return moment.local_day(found.start)
