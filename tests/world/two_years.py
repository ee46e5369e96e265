"""Two fiscal years of coordinators' work, written through the gate day by day with a driven clock.

okayama-2019.txt s25: H30, and R1 up to 2019-06-30. Three matters are received in March 2019 and classified in April.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles.spec import Spec
from resources.record.period import TOKYO
from resources.store.open import opened
from tests.laws.worlds import concept, extension, index, own, ref
from tests.unit.consent.town import INSTALLER, STAFF, Town, actor, conference, coordination, patient, roster

Json = dict[str, Any]
Day = tuple[date, Callable[[], None]]

H30, R1 = (date(2018, 4, 1), date(2019, 3, 31)), (date(2019, 4, 1), date(2019, 6, 30))
ASKED_ON = date(2019, 7, 16)
"""The day on which the numbers are asked for: June is closed."""

SHEETS = {"H30": (13, 7), "R1": (4, 4)}
INQUIRIES = {"H30": 24, "R1": 5}
MEETINGS = {
    "H30": {"case-conference": 22, "information-sharing": 5, "pre-meeting": 10, "adviser-conference": 2},
    "R1": {"case-conference": 4, "information-sharing": 1, "pre-meeting": 3, "adviser-conference": 1},
}
SLIDE_25 = {
    "receptions": (47, 11, 58),
    "receptions.cases": (20, 8, 28),
    "receptions.cases.sheet-used": (13, 4, 17),
    "receptions.cases.sheet-not-used": (7, 4, 11),
    "meetings": (39, 9, 48),
    "meetings.case-conference": (22, 4, 26),
    "meetings.information-sharing": (5, 1, 6),
    "meetings.pre-meeting": (10, 3, 13),
    "meetings.adviser-conference": (2, 1, 3),
    "receptions.inquiries": (24, 6, 30),
}
"""What the city published: H30, R1 to 2019-06-30, and in all."""


class Clock:
    """The time of the simulated city, which goes on as it is told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def turn(self, day: date) -> None:
        self.now = datetime.combine(day, time(10), TOKYO)


class Years:
    """The town and its clock; `who` is somebody at the time it is."""

    def __init__(self, town: Town, clock: Clock) -> None:
        self.town, self.clock = town, clock

    def who(self, person: str, purpose: str = "CAREMGT") -> Actor:
        return replace(actor(person, purpose), now=self.clock.now)

    def write(self, person: str, *resources: Json, purpose: str = "CAREMGT") -> None:
        self.town.write(self.who(person, purpose), *resources)


@contextmanager
def again(lived: Path, folder: Path, spec: Spec) -> Iterator[Years]:
    """A copy of the two years, to be gone on with."""
    shutil.copytree(lived, folder, dirs_exist_ok=True)
    clock = Clock(datetime.combine(ASKED_ON, time(11), TOKYO))
    store = opened(str(folder), clock)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            yield Years(Town(runner, store, Gate(PolicyEngine.of(store, spec, index())), folder), clock)
        finally:
            runner.run(store.close())


def live(folder: Path, spec: Spec) -> None:
    """Write the two years, in an empty folder."""
    clock = Clock(datetime(2018, 3, 1, 10, tzinfo=TOKYO))
    store = opened(str(folder), clock)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = Town.founded(runner, store, spec)
            # The meetings of slide 25 are counted, whatever came of them.
            engine = town.gate.engine
            town.gate = Gate(replace(engine, ordinance=replace(engine.ordinance, advisers_first=True)))
            years = Years(town, clock)
            _found(years)
            for day, happen in sorted(_days(years), key=lambda each: each[0]):
                clock.turn(day)
                happen()
        finally:
            runner.run(store.close())


def _found(years: Years) -> None:
    """The posts that the first years need besides, and the roster of the conference."""
    for id, function in (("stat", "statistician"), ("adv", "adviser")):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
        post |= {"organization": ref("Organization/lead"), "code": [concept("role", function)]}
        years.town.write(replace(INSTALLER, now=years.clock.now), {"resourceType": "Practitioner", "id": id}, post)
    years.write("conv", roster(*STAFF, "adv"), purpose="support-conference")


def _days(years: Years) -> Iterator[Day]:
    for year, (first, last) in (("H30", H30), ("R1", R1)):
        used, unused = SHEETS[year]
        shifted = (True, False) if year == "R1" else ()  # of R1's cases two came in March: one with a sheet
        sheets = [True] * used + [False] * unused
        for sheet in shifted:
            sheets.remove(sheet)
        yield from _cases(years, year, _spread(first, last, len(sheets)), sheets)
        for number, day in enumerate(_spread(first, last, INQUIRIES[year])):
            yield day, _inquiry(years, f"{year}-{number}")
            yield day, _answer(years, f"{year}-{number}")
        yield from _meetings(years, year, first, last)
    for number, sheet in enumerate((True, False)):
        yield date(2019, 3, 27), _brought(years, f"shifted-{number}", sheet=sheet)
        yield date(2019, 4, 3), _taken(years, f"shifted-{number}", sheet=sheet)
    yield date(2019, 3, 28), _inquiry(years, "shifted")
    yield date(2019, 4, 4), _answer(years, "shifted")


def _spread(first: date, last: date, many: int) -> list[date]:
    """As many days over a period, so that what is begun on one ends within it."""
    step = ((last - first).days - 10) / max(many, 1)
    return [first + timedelta(days=int(at * step)) for at in range(many)]


def _cases(years: Years, year: str, days: list[date], sheets: list[bool]) -> Iterator[Day]:
    for number, (day, sheet) in enumerate(zip(days, sheets, strict=True)):
        yield day, _brought(years, f"{year}-{number}", sheet=sheet)
        yield day + timedelta(days=2), _taken(years, f"{year}-{number}", sheet=sheet)


def _call(id: str, status: str, *, sheet: bool) -> Json:
    task = coordination(status) | {"id": f"t-{id}", "for": ref(f"Group/g-{id}"), "focus": ref(f"CarePlan/k-{id}")}
    return task | {"extension": [extension("sheet-used", valueBoolean=sheet)]}


def _brought(years: Years, id: str, *, sheet: bool) -> Callable[[], None]:
    def happen() -> None:
        group: Json = {"resourceType": "Group", "id": f"g-{id}", "type": "person", "actual": True}
        group |= {"member": [{"entity": ref(f"Patient/p-{id}")}]}
        plan: Json = {"resourceType": "CarePlan", "id": f"k-{id}", "status": "active", "intent": "plan"}
        plan |= {"category": [concept("record-category", "case")], "subject": ref(f"Group/g-{id}")}
        years.write("p", patient(f"p-{id}"), group)
        years.write("p", plan, _call(id, "requested", sheet=sheet))

    return happen


def _taken(years: Years, id: str, *, sheet: bool) -> Callable[[], None]:
    return lambda: years.write("co", _call(id, "accepted", sheet=sheet) | {"meta": {"versionId": "1"}})


def _question(id: str, status: str) -> Json:
    task: Json = {"resourceType": "Task", "id": f"q-{id}", "status": status, "intent": "order"}
    task |= {"code": concept("task-code", "inquiry"), "description": "連携先についての問い合わせ"}
    return task | {"requester": ref("Organization/other"), "owner": ref("PractitionerRole/co")}


def _inquiry(years: Years, id: str) -> Callable[[], None]:
    return lambda: years.write("q", _question(id, "requested"))


def _answer(years: Years, id: str) -> Callable[[], None]:
    def happen() -> None:
        advice = [{"type": {"text": "助言"}, "valueString": "担当の窓口を伝えた"}]
        years.write("co", _question(id, "accepted") | {"meta": {"versionId": "1"}})
        years.write("co", _question(id, "completed") | {"output": advice, "meta": {"versionId": "2"}})

    return happen


def _meetings(years: Years, year: str, first: date, last: date) -> Iterator[Day]:
    for kind, many in MEETINGS[year].items():
        for number, day in enumerate(_spread(first + timedelta(days=5), last, many)):
            yield day, _meeting(years, f"{year}-{kind}-{number}", kind, f"{year}-0", day)


def _meeting(years: Years, id: str, kind: str, case: str, day: date) -> Callable[[], None]:
    statutory = kind in ("case-conference", "adviser-conference")

    def held(status: str) -> Json:
        advisers = ["adv"] if kind == "adviser-conference" else []
        meeting = conference(status, "p", "lead", "co", *advisers) | {
            "id": f"m-{id}",
            "subject": ref(f"Group/g-{case}"),
        }
        meeting |= {"type": [concept("conference-kind", kind)]}
        meeting |= {"period": {"start": day.isoformat(), "end": day.isoformat()}}
        agenda = extension("agenda", valueReference=ref(f"CarePlan/k-{case}"))
        basis = extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9"))
        if statutory:
            return meeting | {"extension": [basis, agenda]}
        del meeting["extension"]
        return meeting | {"class": own("encounter-class", "meeting")}

    def happen() -> None:
        who, purpose = ("conv", "support-conference") if statutory else ("co", "CAREMGT")
        for number, status in enumerate(("planned", "in-progress", "finished")):
            version = {"meta": {"versionId": str(number)}} if number else {}
            years.write(who, held(status) | version, purpose=purpose)

    return happen
