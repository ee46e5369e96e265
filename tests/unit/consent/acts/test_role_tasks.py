"""As a case is handed over, the roles decided for it go along: who keeps it carries them, who gave it keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from consent import verdict
from consent.verdict import Verdict
from resources.record.version import Version
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.acts.test_transferring import answer, offer
from tests.unit.consent.conftest import call, open_meeting
from tests.unit.consent.test_carrying_out import LEAD, P, activity, close, plan
from tests.unit.consent.test_named_for_a_role import decide, hire
from tests.unit.consent.town import INSTALLER, Town, actor, case, household

Json = dict[str, Any]

EM = actor("em")
CENTER, OTHER, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "council"))
NOW = "2026-11-23T04:00:00.000Z"


def _decided(town: Town, *agencies: str) -> None:
    call(town)
    open_meeting(town)
    hire(town)
    town.write(P, plan(activity()))
    decide(town, *agencies)
    close(town)


def _alone(town: Town) -> None:
    _decided(town, "other")


def _with_a_role(town: Town) -> None:
    _decided(town, "other", "center")


def handed(town: Town, record: str = "CarePlan/k") -> None:
    """To the council, and opened to it by the lead section."""
    done = answer(town, EM, offer(town, record=record, to=COUNCIL).task.reference, reason="引き継ぐ")
    answer(town, LEAD, done.records[-1].reference, reason="認める")


def team(town: Town) -> Version:
    (found,) = [each for each in town.stored("CareTeam") if each.id not in ("standing", "beside")]
    return found


def carriers(town: Town) -> Verdict:
    return verdict.read(team(town).terms)


def put(town: Town, agency: str) -> list[Json]:
    found = [orjson.loads(each.body) for each in town.stored("Task") if b'"carry-out"' in each.body]
    return [
        {name: said for name, said in each.items() if name not in ("id", "meta")}
        for each in found
        if each["owner"] == ref(agency)
    ]


def noted(**said: tuple[str, ...]) -> frozenset[str]:
    return frozenset(f".{name} {each}" for name, every in said.items() for each in every)


SEATED = ("PractitionerRole/q Organization/other",)


def test_who_takes_the_case_carries_the_roles_and_who_gave_it_has_none_of_it_any_more(
    town_with: Callable[..., Town],
) -> None:
    town = town_with(_alone)
    before, had = carriers(town), team(town)
    assert before.noted == noted(carrier=("PractitionerRole/q", CENTER), seated=SEATED, brought=(CENTER,))
    handed(town)
    brought = noted(carrier=("PractitionerRole/q", COUNCIL), seated=SEATED, brought=(CENTER, COUNCIL))
    assert carriers(town) == Verdict(True, noted=brought, fixed=before.fixed)
    assert team(town).number == had.number + 1
    assert (put(town, CENTER), put(town, COUNCIL)) == ([_center(town)], [])


def _center(town: Town) -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "for": ref("Group/g")}
    task |= {"code": concept("task-code", "carry-out"), "focus": ref(team(town).reference), "authoredOn": NOW}
    return task | {"requester": ref("PractitionerRole/lead"), "owner": ref(CENTER)}


def test_who_gave_it_and_has_a_role_is_told_of_that_once(town_with: Callable[..., Town]) -> None:
    town = town_with(_with_a_role)
    assert put(town, CENTER) == [], "as who keeps the case it was not told"
    handed(town)
    (task,) = put(town, CENTER)
    assert task == _center(town) | {"status": task["status"]}
    found = [each for each in town.stored("Task") if b'"carry-out"' in each.body and CENTER.encode() in each.body]
    stands = verdict.read(found[0].terms)
    assert stands.noted == noted(between=(CENTER, "PractitionerRole/lead"))
    assert stands.fixed == {"Group/g", "Patient/1", "Patient/2"}


def test_where_nobody_leads_it_is_told_to_nobody(town_with: Callable[..., Town]) -> None:
    town = town_with(_with_a_role)
    done = answer(town, EM, offer(town, record="CarePlan/k", to=COUNCIL).task.reference, reason="引き継ぐ")
    assert done.records
    town.write(INSTALLER, town.read(INSTALLER, "PractitionerRole/lead") | {"active": False})
    assert put(town, CENTER) == []


def test_with_another_record_or_another_case_the_roles_stay_as_they_were(town_with: Callable[..., Town]) -> None:
    town = town_with(_alone)
    before = team(town)
    laid(town, Record(case("second"), CENTER, "Practitioner/p"))
    for record in ("CarePlan/plan", "Condition/c"):
        handed(town, record)
    assert team(town) == before


def test_roles_of_another_household_that_only_name_this_one_stay_as_they_were(
    town_with: Callable[..., Town],
) -> None:
    town = town_with(_alone)
    body = orjson.loads(team(town).body)
    judged = carriers(town)
    beside = household("1") | {"id": "h"}
    other = body | {"meta": {}, "id": "beside", "subject": ref("Group/h"), "extension": [_names("Group/g")]}
    laid(town, Record(beside, CENTER, "Practitioner/p"))
    laid(town, Record(other, "Organization/lead", "Practitioner/lead", judged))
    handed(town)
    stood = {each.id: verdict.read(each.terms) for each in town.stored("CareTeam")}
    assert stood["beside"] == judged
    assert COUNCIL in str(carriers(town).noted)


def _names(group: str) -> Json:
    return {"url": "http://example.org/beside", "valueReference": ref(group)}


@pytest.mark.parametrize("agency", [CENTER, OTHER])
def test_as_long_as_it_is_only_offered_nothing_of_the_roles_changes(
    town_with: Callable[..., Town], agency: str
) -> None:
    town = town_with(_alone)
    before = team(town)
    offer(town, record="CarePlan/k", to=COUNCIL)
    assert team(town) == before
    assert len(put(town, agency)) == (1 if agency == OTHER else 0)
