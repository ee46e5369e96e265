"""What lies on the trail, each event as another agency's officer was shown a concern of the first person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from consent import trail, vocabulary
from resources.store.trail import Event
from tests.unit.consent.town import Town


def event(at: str, *rules: str, **changed: Any) -> Event:
    """At an instant with its zone, by these rules: P1 where none is told."""
    made = Event(
        kind="read",
        action="R",
        outcome=trail.ALLOWED,
        purpose=vocabulary.CARE_MANAGEMENT,
        client="desk",
        person="Practitioner/q",
        agencies=("Organization/other",),
        asked="",
        rules=tuple(trail.policy(rule) for rule in rules or ("P1",)),
        at=int(datetime.fromisoformat(at).timestamp() * 1000),
        request="r",
        records=("Condition/c/_history/1",),
        patients=("Patient/1",),
    )
    return made._replace(**changed)


def happened(town: Town, *events: Event) -> None:
    """Put them on the trail, one after the other."""

    async def appended() -> None:
        for each in events:
            await town.store.trail.append(each)

    town.run(appended())


def archived(town: Town) -> None:
    """Move all that is on the trail into archive files, as `tsunagu audit archive` leaves it."""

    async def forgotten() -> None:
        for head in await town.store.trail.heads():
            await town.store.trail.forget(head.chain, head.number)

    town.run(forgotten())
