"""$timetable of plans with odd dates: drawn, or refused where the date stands, and never a fault of the server."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest

from resources import care_plan, timing
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import actor, case, household, patient
from tests.world.odd_dates import READABLE, fits

P = actor("p")
Json = dict[str, Any]
FORMS = ("html", "svg", "json", "ics")
EVERY_MONDAY = {"repeat": {"dayOfWeek": ["mon"], "periodUnit": "wk", "period": 1, "frequency": 1, "duration": 60}}
EVERY_MONDAY["repeat"] |= {"durationUnit": "min", "timeOfDay": ["10:00:00"]}


def plan(**elements: Any) -> Json:
    made: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    made |= {"category": [concept("record-category", "total-care-plan")], "created": "2019-04-05"}
    made["activity"] = [{"detail": {"status": "scheduled", "code": {"text": "訪問"}, "scheduledTiming": EVERY_MONDAY}}]
    return made | elements


def doing(**scheduled: Any) -> list[Json]:
    return [{"detail": {"status": "scheduled", "code": {"text": "訪問"}} | scheduled}]


def bound(**bounds: Any) -> Json:
    return EVERY_MONDAY | {"repeat": EVERY_MONDAY["repeat"] | {"boundsPeriod": bounds}}


PLACES: dict[str, Any] = {
    "CarePlan.period.start": lambda text: plan(period={"start": text}),
    "CarePlan.period.end": lambda text: plan(period={"end": text}, created="0001-01-01"),
    "CarePlan.created": lambda text: plan(created=text),
    "scheduledPeriod.start": lambda text: plan(activity=doing(scheduledPeriod={"start": text})),
    "scheduledPeriod.end": lambda text: plan(activity=doing(scheduledPeriod={"start": "0001", "end": text})),
    "boundsPeriod.start": lambda text: plan(activity=doing(scheduledTiming=bound(start=text))),
    "boundsPeriod.end": lambda text: plan(activity=doing(scheduledTiming=bound(start="0001", end=text))),
    "daily": lambda text: plan(
        activity=doing(scheduledTiming={"repeat": {"boundsPeriod": {"start": text}, "period": 1, "periodUnit": "d"}})
    ),
    "twice a day": lambda text: plan(
        activity=doing(
            scheduledTiming={"repeat": {"boundsPeriod": {"end": text}, "frequency": 2, "period": 1, "periodUnit": "d"}}
        )
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_plan_with_an_odd_date_is_drawn_or_refused_where_it_stands(place: str, calling: Calling) -> None:
    calling.town.write(P, patient("1"), household("1"), case())
    drawn = 0
    for text in (each for each in READABLE if place != "CarePlan.created" or fits(each, "dateTime")):
        for changes in ({}, {"category": [concept("record-category", "case")]})[: 1 + drawn % 2]:
            sent = calling.ask(P, "POST", "CarePlan", PLACES[place](text) | changes)
            assert sent.status in (201, 422), (text, sent.body)
            if sent.status == 422:
                assert any(
                    at.startswith("CarePlan.") for each in orjson.loads(sent.body)["issue"] for at in each["expression"]
                )
                continue
            id = orjson.loads(sent.body)["id"]
            for form in FORMS[drawn % 2 :: 3] if changes else FORMS[len(text) % 2 :: 2]:
                answer = calling.ask(P, "GET", f"CarePlan/{id}/$timetable?_format={form}")
                assert answer.status in (200, 422), (text, form, answer.body)
                drawn += answer.status == 200
            # A household has one active plan (R37).
            assert calling.ask(P, "DELETE", f"CarePlan/{id}").status == 204
    assert drawn > len(READABLE)


def test_what_runs_to_the_end_of_time_has_no_last_day(calling: Calling) -> None:
    calling.town.write(P, patient("1"), household("1"), case())
    for end in ("9999", "9999-12-31", "9999-12-31T23:59:60Z"):
        made = plan(period={"start": "2019-04-05", "end": end}, activity=doing(scheduledTiming=bound(end=end)))
        id = orjson.loads(calling.ask(P, "POST", "CarePlan", made).body)["id"]
        told = orjson.loads(calling.ask(P, "GET", f"CarePlan/{id}/$timetable?_format=json").body)
        assert "9999" not in orjson.dumps(told["weekly"] if "weekly" in told else told["entries"]).decode()
        drawn = calling.ask(P, "GET", f"CarePlan/{id}/$timetable?_format=ics").body.decode()
        assert "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n" in drawn
        assert "UNTIL" not in drawn
        assert calling.ask(P, "DELETE", f"CarePlan/{id}").status == 204


@pytest.mark.parametrize(
    ("bounds", "last"),
    [
        ({"boundsDuration": {"value": 2, "code": "wk"}}, "2019-04-18"),
        ({"boundsDuration": {"value": 1, "unit": "d"}}, "2019-04-05"),
        ({"boundsDuration": {"value": 36, "code": "h"}}, "2019-04-06"),
        ({"boundsDuration": {"value": 1, "code": "mo"}}, "2019-05-04"),
        ({"boundsDuration": {"value": 1, "code": "a"}}, "2020-04-04"),
        ({"boundsRange": {"low": {"value": 1, "code": "wk"}, "high": {"value": 2, "code": "wk"}}}, "2019-04-18"),
        ({"boundsDuration": {"value": 9000, "code": "a"}}, None),
        ({"boundsDuration": {"value": 1e300, "code": "d"}}, None),
        ({"boundsDuration": {"value": 1e300, "code": "mo"}}, None),
        ({"boundsDuration": {"value": 1.5, "code": "mo"}}, ""),
        ({"boundsDuration": {"value": -1, "code": "d"}}, ""),
        ({"boundsDuration": {"value": 2, "code": "fortnight"}}, ""),
        ({"boundsRange": {"low": {"value": 1, "code": "wk"}}}, ""),
    ],
)
def test_what_lasts_so_long_has_a_last_day(bounds: Json, last: str | None) -> None:
    written = {"scheduledTiming": EVERY_MONDAY | {"repeat": EVERY_MONDAY["repeat"] | bounds}}
    if last == "":
        with pytest.raises(Problem) as caught:
            timing.read(written, date(2019, 4, 5), None, "at")
        assert caught.value.issues[0].at == "at.scheduled.repeat.bounds"
    else:
        assert timing.read(written, date(2019, 4, 5), None, "at").ends == (last and date.fromisoformat(last))


@pytest.mark.parametrize(
    ("bounds", "planned", "today", "drawn", "coming"),
    [
        ({"start": "2019-04-01", "end": "2019-04-30"}, {}, "2026-11-26", 0, ()),
        ({"start": "2019-04-01", "end": "2026-11-23"}, {}, "2026-11-26", 1, ()),
        ({"start": "2019-04-01", "end": "2026-11-22"}, {}, "2026-11-26", 0, ()),
        ({"start": "2026-11-29"}, {}, "2026-11-26", 1, ()),
        ({"start": "2030-01-07"}, {}, "2026-11-26", 0, ("2030-01-07",)),
        ({}, {"start": "2030-01-07"}, "2026-11-26", 1, ()),
        ({}, {"start": "2019-04-05", "end": "2019-12-31"}, "2026-11-26", 1, ()),
        ({"end": "9999-12-31"}, {}, "9999-12-31", 1, ()),
        ({"start": "0001-01-01T00:00:00+14:00"}, {"start": "0001-01-01"}, "0001-01-01", 1, ()),
    ],
)
def test_drawn_is_what_runs_in_the_week(bounds: Json, planned: Json, today: str, drawn: int, coming: Any) -> None:
    written = plan(period=planned, activity=doing(scheduledTiming=bound(**bounds)))
    week = care_plan.week(written, {}, date.fromisoformat(today))
    assert len(week.entries) == drawn
    assert tuple(each.schedule.begins.isoformat() for each in week.coming) == coming


def test_a_schedule_that_ends_before_it_begins_is_refused(calling: Calling) -> None:
    calling.town.write(P, patient("1"), household("1"), case())
    backwards = plan(activity=doing(scheduledTiming=bound(start="2019-05", end="2019-04-30")))
    answer = calling.ask(P, "POST", "CarePlan", backwards)
    assert answer.status == 422
    assert orjson.loads(answer.body)["issue"][0]["expression"] == [
        "CarePlan.activity[0].detail.scheduledTiming.repeat.boundsPeriod"
    ]
