"""R20: whether a case conference falls into a month; that there is one is told, and of other meetings nothing."""

from __future__ import annotations

from typing import Any

from consent import monthly
from resources.search import request
from tests.laws.worlds import concept, index
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import conference

Json = dict[str, Any]

NOVEMBER = (("date", "ge2026-11-01"), ("date", "lt2026-12-01"))
MEETING = conference("finished")


def held(lying: Lying, *asked: tuple[str, str], type: str = "Encounter") -> bool:
    wanted = request.parse(index(), type, asked or NOVEMBER)
    return lying.ask(lambda view: monthly.held(view, wanted))


def test_a_case_conference_of_the_month_is_told_of(lying: Lying) -> None:
    assert not held(lying)
    lying.put(MEETING | {"id": "adviser", "type": [concept("conference-kind", "adviser-conference")]})
    lying.put(MEETING | {"id": "october", "period": {"start": "2026-10-23", "end": "2026-10-23"}})
    assert not held(lying)
    lying.put(MEETING)
    assert held(lying)
    assert not held(lying, ("date", "ge2026-12-01"))


def test_what_else_has_such_a_code_is_no_meeting(lying: Lying) -> None:
    lying.put({**MEETING, "resourceType": "Appointment"}, {**MEETING, "resourceType": "Composition"})
    assert not held(lying, ("_id", "m"), type="Appointment")
    assert not held(lying, ("_id", "m"), type="Composition")
