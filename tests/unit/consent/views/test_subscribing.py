"""A subscriber is told of records of a topic that it may find at that moment, by its filters, and of no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Actor, Scope
from consent.views import subscribing
from consent.views.subscribing import Interest
from profiles import topics
from resources.record.problem import Problem
from tests.laws.worlds import index, ref
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, concern, patient

Json = dict[str, Any]

P = actor("p")
TASKS, CONSENTS, MEETINGS = (f"{topics.BASE}/{code}" for code in ("task", "consent", "conference"))


def task(id: str, **changes: Any) -> Json:
    made: Json = {"resourceType": "Task", "id": id, "status": "requested", "intent": "order", "for": ref("Patient/1")}
    return made | {"requester": ref("Organization/center"), "owner": ref("Organization/other")} | changes


@pytest.fixture
def asking(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1"))
    town.write(P, task("a"), task("b", priority="urgent"), task("c", owner=ref("Organization/council")))
    return town


def seen(town: Town, interest: Interest, *names: str, who: Actor = SYSTEM, quietly: bool = False) -> frozenset[str]:
    async def asked() -> frozenset[str]:
        async with subscribing.told(town.gate, who, "Subscription/s") as reading:
            if quietly:
                return await subscribing.seen(reading, interest, names, quietly=True)
            return await subscribing.seen(reading, interest, names)

    return town.run(asked())


def test_of_what_changed_that_is_seen_which_is_of_the_topic_and_theirs_to_find(asking: Town) -> None:
    names = ("Task/a", "Task/b", "Task/c", "Task/none", "Condition/c", "Patient/1", "Task/a")
    assert seen(asking, Interest(TASKS), *names) == {"Task/a", "Task/b", "Task/c"}
    other = replace(SYSTEM, organization="Organization/other")
    assert seen(asking, Interest(TASKS), *names, who=other) == {"Task/a", "Task/b"}
    assert seen(asking, Interest(TASKS), "Task/b") == {"Task/b"}
    assert seen(asking, Interest(CONSENTS), *names) == frozenset()
    assert seen(asking, Interest(TASKS)) == frozenset()


def test_every_filter_must_hold(asking: Town) -> None:
    names = ("Task/a", "Task/b", "Task/c")
    assert seen(asking, Interest(TASKS, ("Task?priority=urgent",)), *names) == {"Task/b"}
    assert seen(asking, Interest(TASKS, ("owner=Organization/other",)), *names) == {"Task/a", "Task/b"}
    both = ("owner=Organization/other", "Task?priority=urgent")
    assert seen(asking, Interest(TASKS, both), *names) == {"Task/b"}
    assert seen(asking, Interest(TASKS, ("priority=urgent&owner=Organization/council",)), *names) == frozenset()


def test_more_than_a_page_of_a_search_holds_are_seen_at_once(asking: Town) -> None:
    many = [task(f"t{n}") for n in range(60)]
    asking.write(P, *many[:30])
    asking.write(P, *many[30:])
    names = [f"Task/{each['id']}" for each in many]
    assert seen(asking, Interest(TASKS), *names) == set(names)


def test_a_conference_is_a_topic_and_its_papers_are_none(open_: Town) -> None:
    conv, names = actor("conv", "support-conference"), ("Encounter/m", "Communication/i", "Communication/o")
    assert all(open_.reads(conv, name) for name in names)
    assert seen(open_, Interest(MEETINGS), *names, who=conv) == {"Encounter/m"}


def test_a_conference_is_a_topic_and_another_encounter_is_none(called: Town) -> None:
    visit: Json = {"resourceType": "Encounter", "id": "v", "status": "finished", "subject": ref("Patient/1")}
    called.write(P, visit | {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}})
    for who in (actor("conv", "support-conference"), P):
        assert seen(called, Interest(MEETINGS), "Encounter/m", "Encounter/v", who=who) == {"Encounter/m"}
    assert seen(called, Interest(MEETINGS), "Encounter/m", "Encounter/v", who=actor("em")) == frozenset()


def test_what_is_told_is_on_the_trail_and_what_is_looked_at_quietly_is_not(asking: Town) -> None:
    before = len(asking.trail())
    assert seen(asking, Interest(TASKS), "Task/a", "Task/c", quietly=True) == {"Task/a", "Task/c"}
    quiet = asking.trail()[before:]
    assert "Task/a" not in str(quiet)
    assert not any("policy" in agent for each in quiet for agent in each["agent"])
    assert seen(asking, Interest(TASKS), "Task/a", "Task/c") == {"Task/a", "Task/c"}
    event = asking.trail()[-1]
    told = {each["what"]["reference"] for each in event["entity"] if "what" in each}
    assert told >= {"Task/a/_history/1", "Task/c/_history/1", "Patient/1"}
    assert (event["action"], event["subtype"][0]["code"]) == ("E", "operation")
    assert event["entity"][-1]["name"] == "Subscription/s"


@pytest.mark.parametrize(
    "filter",
    ["Condition?code=debts", "Task?", "", "Task?_count=3", "Task?_sort=owner", "Task?_include=Task:owner"],
)
def test_a_filter_that_is_no_plain_search_of_the_topic_s_type_is_refused(filter: str) -> None:
    with pytest.raises(Problem) as refused:
        subscribing.condition(index(), Interest(TASKS, ("priority=urgent", filter)))
    [issue] = refused.value.issues
    assert (refused.value.kind, issue.at) == ("invalid", "Subscription.criteria.extension")
    assert "`Task?query`" in issue.text


def test_a_filter_that_asks_for_an_empty_value_is_refused_and_not_passed_over() -> None:
    with pytest.raises(Problem):
        subscribing.condition(index(), Interest(TASKS, ("Task?status=requested&priority=",)))


def ahead(town: Town, who: Actor, interest: Interest, after: str) -> tuple[list[str], str]:
    found = town.run(subscribing.ahead(town.gate, who, interest, after))
    return [each.cited for each in found.versions], found.next


def test_what_is_written_from_now_on_is_ahead_in_its_order_whoever_may_see_it(asking: Town) -> None:
    here = asking.run(subscribing.end(asking.gate, SYSTEM))
    assert ahead(asking, SYSTEM, Interest(TASKS), here)[0] == []
    asking.write(P, task("a") | {"priority": "urgent"} | again())
    asking.write(P, concern("d", "1"), task("d"))
    before = len(asking.trail())
    foreign = replace(SYSTEM, organization="Organization/lead")
    for who in (SYSTEM, foreign):
        names, next = ahead(asking, who, Interest(TASKS), here)
        assert names == ["Task/a/_history/2", "Task/d/_history/1"]
        assert ahead(asking, who, Interest(TASKS), next)[0] == []
    assert len(asking.trail()) == before, "nobody is told by this"


def test_so_many_are_ahead_at_once_and_the_rest_after_them(asking: Town) -> None:
    here = asking.run(subscribing.end(asking.gate, SYSTEM))
    for first in range(0, 120, 40):
        asking.write(P, *(task(f"t{n}") for n in range(first, first + 40)))
    names, next = ahead(asking, SYSTEM, Interest(TASKS), here)
    assert len(names) == subscribing.STEP == 100
    rest, _ = ahead(asking, SYSTEM, Interest(TASKS), next)
    assert len({*names, *rest}) == 120


def test_a_token_that_does_not_reach_the_topic_is_refused(asking: Town) -> None:
    narrow = replace(SYSTEM, scopes=(Scope("system", "Condition", frozenset("rs")),))
    with pytest.raises(Problem) as refused:
        seen(asking, Interest(TASKS), "Task/a", who=narrow)
    assert refused.value.kind == "forbidden"
