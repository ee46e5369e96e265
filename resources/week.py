"""The household's week as a sheet: services, and the blocks they are drawn as, side by side where they overlap.

Slide 17 of the seed; R37 of the domain
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from resources.timing import Schedule

DAWN = 4 * 60
"""A day of the sheet runs from 4:00 to 4:00; in minutes after midnight."""
DAY = 24 * 60
SHORTEST = 30
"""No block is drawn shorter than this, in minutes, so that it can be seen and read."""
UNSAID = 60
"""How long a service is drawn whose length the plan does not say, in minutes."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who provides a service, and the telephone numbers that the directory has of them."""

    name: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One activity of the plan: what it is, who of the household it is for, what is remarked on it, and when it is.

    `subjects` are the persons it is for, none for the whole household; `place` is where it stands among the activities,
    `contacts` are those who provide it.
    """

    label: str
    member: str
    note: str
    schedule: Schedule
    subjects: frozenset[str] = field(default=frozenset(), repr=False)
    place: int = 0
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A block of one day's column. Times are minutes after that day's 4:00, `0 <= start < end <= 1440`.

    `day` is 0 for Monday. `top` and `bottom` are where it is drawn: `start` and `end`, or a little more where it is
    very short. It takes the `lane`th of `lanes` equal parts of its column. `service` is its place in `Week.weekly`.
    """

    day: int
    start: int
    end: int
    top: int
    bottom: int
    lane: int
    lanes: int
    service: int
    label: str
    member: str
    note: str
    open_end: bool
    """The plan does not say when it ends."""


@dataclass(frozen=True, slots=True)
class ForWhom:
    """The services that are not weekly, of those for the same members."""

    member: str
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two services at one time for one person: every week on a `day` (Monday 0), or on the one day `on`, the first."""

    one: Service
    other: Service
    day: int
    start: int
    on: date | None = None

    @property
    def at(self) -> str:
        """The time of day at which both are."""
        return f"{self.start // 60 % 24}:{self.start % 60:02d}"


@dataclass(frozen=True, slots=True)
class Week:
    """A total care plan as its sheet shows it on a day. `members` are all whom services are for, the household's first.

    `draft` tells that the plan is none yet; `coming` are weekly services that begin after this week.
    """

    id: str
    title: str
    made: date | None
    stamp: str
    """When the plan was last written, as FHIR writes it; empty where it does not say."""
    household: str
    members: tuple[str, ...]
    weekly: tuple[Service, ...]
    entries: tuple[Entry, ...]
    other: tuple[ForWhom, ...]
    notes: tuple[Service, ...]
    """備考: the weekly services that have a remark, each once."""
    remarks: tuple[str, ...]
    """What is remarked on the plan as a whole."""
    day: date = date.min
    draft: bool = False
    coming: tuple[Service, ...] = ()
    services: tuple[Service, ...] = ()
    """All of the plan, whenever they are: weekly ones first."""
    clashes: tuple[Clash, ...] = ()
    contacts: tuple[Contact, ...] = ()
    recipient: str = ""
    """For whom it is printed; empty where it is for nobody but who asked."""


def entries(weekly: Sequence[Service], members: Sequence[str], on: date) -> tuple[Entry, ...]:
    """The blocks of the weekly services that run in the week of a day: split at 4:00, in lanes where they overlap."""
    order = {member: place for place, member in enumerate(members)}
    blocks = sorted(
        (block for place, each in enumerate(weekly) if each.schedule.runs(on) for block in _blocks(place, each)),
        key=lambda block: (block.day, block.top, -block.bottom, order.get(block.member, len(order)), block.service),
    )
    return tuple(entry for cluster in _clusters(blocks) for entry in _laid(cluster, order))


def _blocks(place: int, service: Service) -> Iterator[Entry]:
    schedule = service.schedule
    length = schedule.minutes or UNSAID
    for day in schedule.days:
        for at in schedule.times:
            begin = day * DAY + at.hour * 60 + at.minute - DAWN
            for column in range(begin // DAY, (begin + length - 1) // DAY + 1):
                start = max(begin - column * DAY, 0)
                end = min(begin + length - column * DAY, DAY)
                top = min(start, DAY - SHORTEST)
                yield Entry(
                    day=column % 7,
                    start=start,
                    end=end,
                    top=top,
                    bottom=max(end, top + SHORTEST),
                    lane=0,
                    lanes=1,
                    service=place,
                    label=service.label,
                    member=service.member,
                    note=service.note,
                    open_end=not schedule.minutes,
                )


def _clusters(blocks: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Blocks of one day that overlap one another, directly or through others."""
    cluster: list[Entry] = []
    bottom = 0
    for block in blocks:
        if cluster and (block.day != cluster[0].day or block.top >= bottom):
            yield cluster
            cluster, bottom = [], 0
        cluster.append(block)
        bottom = max(bottom, block.bottom)
    if cluster:
        yield cluster


def _laid(cluster: Sequence[Entry], order: Mapping[str, int]) -> list[Entry]:
    """Each block in the first lane that is free; lanes then stand in the order of the members in them."""
    lanes: list[list[Entry]] = []
    for block in cluster:
        free = next((lane for lane in lanes if lane[-1].bottom <= block.top), None)
        if free is None:
            lanes.append([block])
        else:
            free.append(block)
    lanes.sort(key=lambda lane: min(order.get(block.member, len(order)) for block in lane))
    laid = [replace(block, lane=at, lanes=len(lanes)) for at, lane in enumerate(lanes) for block in lane]
    return sorted(laid, key=lambda block: (block.top, block.lane))
