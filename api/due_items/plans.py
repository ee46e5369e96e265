"""What is due of plans, consents and posts: reviews, beginnings, ends, confirmations.

docs/worklist.md; R17 and R44 of the domain
"""

from __future__ import annotations

from datetime import date, timedelta

from api.due_items.asking import AHEAD, Asking, Json, searched
from consent import verdict, vocabulary
from resources import due
from resources.due import Due
from resources.record import envelope, moment
from resources.record.version import Version

FEBRUARY = 2
MOST_NAMED = 150


async def plans(asking: Asking) -> list[Due]:
    """Of total care plans that the asker keeps or coordinates: reviews, and what has not begun (R17)."""
    said = [("status", "active"), ("category", "total-care-plan")]
    search, found = searched("CarePlan", said), []
    coordinates = bool(asking.reading.facts.holds(vocabulary.COORDINATOR))
    for version, body in await asking.found("CarePlan", said):
        if coordinates or envelope.value(version.terms, ".custodian") in asking.reading.facts.keeps:
            if day := due.review(body):
                found.append(Due(day, "review-plan", version.reference, search))
            if day := min(due.begins(body), default=None):
                found.append(Due(day, "monitor", version.reference, search))
    return found


async def consents(asking: Asking) -> list[Due]:
    """Consents that end within the days that are looked ahead."""
    ends = asking.today + timedelta(days=AHEAD + 1)
    said = [("status", "active"), ("period", f"ge{asking.today}"), ("period", f"eb{ends}")]
    return await asking.dated("consent-ends", "Consent", said, due.consent_ends)


async def majorities(asking: Asking) -> list[Due]:
    """Consents that another signed for a person who comes of age within three months: from that day on they grant no
    more, and the person is asked."""
    first, last = (_years_before(asking.today + timedelta(days=days), due.OF_AGE) for days in (0, AHEAD))
    born = [("birthdate", f"ge{first}"), ("birthdate", f"le{last}")]
    ids = sorted(version.id for version, _ in await asking.found("Patient", born))
    said = [("status", "active"), ("patient", ",".join(f"Patient/{id}" for id in ids[:MOST_NAMED]))]
    asking.more = asking.more or len(ids) > MOST_NAMED
    found = await asking.found("Consent", said) if ids else []
    ends = {version.reference: _lapses(version) for version, _ in found}
    return [Due(day, "majority", name, searched("Consent", said)) for name, day in ends.items() if day]


async def reviews(asking: Asking) -> list[Due]:
    """Cases that ended unresolved and are not yet reviewed (R44)."""

    def by(task: Json) -> date | None:
        return due.finish(task) or due.answer(task, asking.days)

    said = [("code", "case-review"), ("status", "requested,received,accepted,ready,in-progress,on-hold")]
    return await asking.dated("review-case", "Task", said, by)


async def posts(asking: Asking) -> list[Due]:
    """Posts of the asker's agency that a directory keeper wrote and nobody has confirmed (P12)."""
    agencies = [each for each in asking.names if each.startswith("Organization/")]
    if not agencies:
        return []
    said = [("organization", ",".join(agencies)), ("active:not", "false")]

    def by(post: Json) -> date | None:
        return due.answer(post, asking.days)

    return [
        Due(day, "confirm-post", version.reference, searched("PractitionerRole", said))
        for version, body in await asking.found("PractitionerRole", said)
        if verdict.read(version.terms).void and (day := by(body))
    ]


def _lapses(consent: Version) -> date | None:
    """The day from which on it grants no more, since the person is of age; None where it does not end so."""
    said = verdict.read(consent.terms).note(verdict.LAPSES)
    found = moment.read(max(said)) if said else None
    return moment.local_day(found.start) if found else None


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == FEBRUARY else day.day)
