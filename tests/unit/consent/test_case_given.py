"""P13 and R16: as a case is handed over, its roles open to who keeps it from then on, and to who gave it as its own."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import vocabulary
from resources.record.problem import Problem
from resources.search.relation import values
from tests.laws.worlds import ref
from tests.unit.consent.acts.test_transferring import answer, offer
from tests.unit.consent.maintenance.test_replaying import tamper
from tests.unit.consent.test_carrying_out import CO, CONV, LEAD, P, Q, activity, again, close, plan
from tests.unit.consent.test_named_for_a_role import Q2, decide, hire, reads, take_on, told
from tests.unit.consent.test_of_others import RESOLVED
from tests.unit.consent.test_settled import differences
from tests.unit.consent.town import WITHOUT_A_PLAN, Town, actor, case, conference, coordination, household, patient

Json = dict[str, Any]

TOLD = ("center", "desk", "other")


@pytest.fixture
def town(open_: Town) -> Town:
    """The center keeps the case, and nobody of it acknowledged secrecy; of the other agency Q did."""
    hire(open_)
    open_.write(P, plan(activity(status="in-progress")))
    return open_


def finish(town: Town) -> None:
    close(town)
    town.write(CO, again(coordination("completed") | WITHOUT_A_PLAN, 2))


def hand_over(town: Town) -> None:
    """To the other agency, with the lead section's word, so that it reads what was written before."""
    finish(town)
    give(town)


def give(town: Town, name: str = "CarePlan/k", giver: Any = P, taker: Any = Q, to: str = "Organization/other") -> None:
    done = answer(town, taker, offer(town, giver, name, to).task.reference, reason="これから支える")
    [asked] = [each for each in done.records if vocabulary.OPEN_TRANSFERRED in values(each.terms, ".code")]
    answer(town, LEAD, asked.reference, reason="引き継ぎに要る")


def roles(town: Town, who: Any) -> bool:
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    return town.reads(who, team.reference)


def put_to_the_center(town: Town) -> list[str]:
    return [name for name in told(town, P) if town.read(P, name)["owner"] == ref("Organization/center")]


def test_who_takes_it_over_reads_roles_and_plan_in_every_version_and_the_officers_of_who_gave_it_do_not(
    town: Town,
) -> None:
    decide(town, "desk")
    assert (roles(town, P), roles(town, Q2)) == (True, False)
    assert put_to_the_center(town) == []
    hand_over(town)
    assert (roles(town, P), roles(town, Q2)) == (False, True)
    assert differences(town) == []


def test_who_gave_it_is_told_of_its_role_and_reads_by_whom_it_names(town: Town) -> None:
    decide(town, "desk")
    hand_over(town)
    (task,) = put_to_the_center(town)
    assert town.read(P, task)["status"] == "requested"
    assert differences(town) == []
    take_on(town, P, task, owner=ref("PractitionerRole/p"))
    assert reads(town, P) >= {"CarePlan/k", "CareTeam/roles", "Group/g"}


def test_a_case_that_was_given_stays_of_the_household_for_whom_the_giver_carries_a_role_out(town: Town) -> None:
    decide(town, "desk")
    hand_over(town)
    town.write(Q, patient("9"), household("9") | {"id": "h"})
    (task,) = put_to_the_center(town)
    take_on(town, P, task, owner=ref("PractitionerRole/p"))
    with pytest.raises(Problem) as caught:
        town.write(Q, again(case() | {"subject": ref("Group/h")}, 2))
    assert caught.value.rules == ("R16",)


def test_another_case_of_the_household_takes_the_roles_nowhere(town: Town) -> None:
    """Its giver keeps the case for which they were decided: one that ended before, and one that was begun since."""
    decide(town, "desk")
    finish(town)
    town.write(P, case("ended") | {"status": "completed", "extension": RESOLVED})
    give(town, "CarePlan/ended")
    town.write(P, again(case() | {"status": "completed", "extension": RESOLVED}), case("new"))
    give(town, "CarePlan/new")
    assert (roles(town, P), roles(town, Q2)) == (True, False)
    give(town)
    assert (roles(town, P), roles(town, Q2)) == (False, True)
    assert differences(town) == []


def test_who_gives_it_again_is_told_of_its_role_once(town: Town) -> None:
    decide(town, "desk", "other")
    hand_over(town)
    give(town, giver=Q, taker=P, to="Organization/center")
    assert (roles(town, P), roles(town, Q2)) == (True, False)
    give(town)
    assert (roles(town, P), roles(town, Q2)) == (False, True)
    tasks = [
        orjson.loads(each.body) for each in town.stored("Task") if vocabulary.CARRY_OUT in values(each.terms, ".code")
    ]
    assert sorted(each["owner"]["reference"] for each in tasks) == [f"Organization/{one}" for one in TOLD]
    assert differences(town) == []


def test_roles_that_come_into_force_again_open_to_who_keeps_the_case_then(town: Town) -> None:
    decide(town, "desk", "other", "center")
    [team] = [each for each in town.stored("CareTeam") if each.id != "standing"]
    town.write(LEAD, orjson.loads(team.body) | {"status": "inactive"})
    hand_over(town)
    town.write(CONV, meeting := conference("planned", "q", "p") | {"id": "again"})
    town.write(CONV, again(meeting | {"status": "in-progress"}))
    town.write(LEAD, town.read(LEAD, team.reference) | {"status": "active"})
    assert (roles(town, P), roles(town, Q2)) == (False, True)
    assert differences(town) == []


def test_roles_that_ended_before_are_not_written_anew(town: Town) -> None:
    decide(town, "desk")
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    town.write(LEAD, orjson.loads(team.body) | {"status": "inactive"})
    ended = [each.number for each in town.stored("CareTeam")]
    hand_over(town)
    assert [each.number for each in town.stored("CareTeam")] == ended
    assert not roles(town, Q2)


@pytest.mark.parametrize("more", ["PractitionerRole/q2", "Organization/desk", "Organization/center"])
def test_a_carrier_whom_the_handing_over_did_not_make_one_is_found_by_a_check(town: Town, more: str) -> None:
    decide(town, "desk")
    hand_over(town)
    (team,) = [each for each in town.stored("CareTeam") if each.id != "standing"]
    tamper(town, team.reference, 2, {f".carrier {more}"}, set())
    assert [one.split("/_history")[0] for one in differences(town)] == [team.reference]


def test_who_has_a_role_takes_a_case_over_by_its_own_first_version(town: Town) -> None:
    """It reads the case as one who carries a role out: nobody has to open it. Until then all is as it was."""
    decide(town, "other")
    finish(town)
    answer(town, Q, offer(town, record="CarePlan/k").task.reference)
    assert (roles(town, P), roles(town, Q2)) == (True, False)
    town.write(Q, again(case() | {"title": "引き継いで支える"}))
    assert (roles(town, P), roles(town, Q2)) == (False, True)
    assert differences(town) == []
    town.write(Q, again(case() | {"title": "支える"}, 2))
    assert [each.number for each in town.stored("CareTeam") if each.id != "standing"] == [2]


def test_who_has_joined_the_household_meanwhile_is_in_nothing_that_the_server_only_wrote_anew(town: Town) -> None:
    """The roles, and the case as the lead section opens it, say what they said: of the one who came, nothing."""
    decide(town, "other", "desk")
    town.write(P, patient("3"), again(household("1", "2", "3")))
    hand_over(town)
    assert reads(town, Q) >= {"CarePlan/k", "CareTeam/roles"}
    assert differences(town) == []
    town.write(Q, again(case() | {"title": "引き継いで支える"}, 2))
    assert "CarePlan/k" not in reads(town, actor("d")) | reads(town, P), "words of its own are about all who are in it"
