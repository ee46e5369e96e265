"""Letters and meetings that are due to a person, and the monthly conference to who sees to it.

docs/worklist.md; R20, R21, R26, R35 and R38 of the domain
"""

from __future__ import annotations

from api.due_items.asking import Asking, Json, searched
from consent import monthly, ordinance, roster_check, vocabulary
from resources import conference, due
from resources.due import Due
from resources.record import reference
from resources.search import request

_CASEWORK_CONFERENCE = "case-conference"
_HELD = "planned,arrived,in-progress,onleave,finished"
_LEADING = (vocabulary.COORDINATOR, vocabulary.CONVENER, vocabulary.LEAD_SECTION)


async def letters(asking: Asking) -> list[Due]:
    """Letters of a meeting to come that the person has not answered."""
    seats = sorted(asking.reading.facts.seats)
    if not seats:
        return []
    who = ",".join(seats)
    said = [("recipient", who), ("category", "invitation,opening-notice")]
    letters = await asking.found("Communication", said)
    answers = await asking.found("Communication", [("sender", who), ("category", "acknowledgement")])
    done = due.answered(body for _, body in answers)
    open_ones = [each for each in letters if each[0].reference not in done]
    ids = sorted({reference.one(body, "encounter").partition("/")[2] for _, body in open_ones} - {""})
    meetings = await asking.found("Encounter", [("_id", ",".join(ids[:200]))]) if ids else []
    days = {
        version.reference: due.meeting(body)
        for version, body in meetings
        if body.get("status") in ("planned", "arrived", "in-progress")
    }
    search = searched("Communication", said)
    return [
        Due(day, "read-letter", version.reference, search)
        for version, body in open_ones
        if (day := days.get(reference.one(body, "encounter")))
    ]


async def meetings(asking: Asking) -> list[Due]:
    """Meetings at which the person has a seat, and the monthly one (R20) where it is the asker's to see to it."""
    found = []
    if seats := sorted(asking.reading.facts.seats):
        said = [("participant", ",".join(seats)), ("status", "planned,arrived,in-progress")]
        found += await asking.dated("meeting", "Encounter", said, due.meeting)
        led = [(each, body) for each, body in await asking.found("Encounter", said) if _leads(asking, body)]
        advising = ordinance.of(asking.call.on.spec).advising if led else {}
        checks = await roster_check.of(asking.reading.view, asking.reading.facts, [each for each, _ in led], advising)
        search = searched("Encounter", said)
        for version, body in led:
            day, check = due.meeting(body) or asking.today, checks[version.reference]
            found += [Due(day, "roster-check", version.reference, search)] if check.lacking else []
            found += [Due(day, "persons-joined", version.reference, search)] if check.joined else []
            found += [Due(day, "attendance", version.reference, search)] if check.unattended else []
    if any(asking.reading.facts.holds(function) for function in _LEADING):
        first, last, following = due.month(asking.today)
        said = [("type", _CASEWORK_CONFERENCE), ("date", f"ge{first}"), ("date", f"lt{following}"), ("status", _HELD)]
        if not await monthly.held(asking.reading.view, request.parse(asking.call.on.index, "Encounter", said)):
            found.append(Due(last, "monthly-conference", "", searched("Encounter", said)))
    return found


def _leads(asking: Asking, meeting: Json) -> bool:
    """Whether the asker convenes it, or is its secretariat."""
    mine = (seat for seat in conference.seats(meeting) if seat.member in asking.reading.facts.seats)
    return any(seat.functions & {vocabulary.CONVENER, vocabulary.SECRETARIAT} for seat in mine)
