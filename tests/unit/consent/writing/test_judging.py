"""What one actor may do and see within one transaction: by the facts that bear on each record as it is met."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Actor
from consent.rule import Action
from consent.writing.change import UnitOfWork
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.conftest import CONV, MEMBER
from tests.unit.consent.town import Town, actor, concern, letter, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.unit.consent.writing.within import found, within

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
NARROW = replace(P, scopes=())
Json = dict[str, Any]


@pytest.fixture
def kept(town: Town) -> Town:
    """Three persons: of the first there is a consent for the other agency, of the third the place is protected."""
    town.write(P, patient("1"), patient("2"), patient("3"), *(concern(f"c{one}", one) for one in "123"))
    town.sign(P, consent("a"))
    town.protect(P, "Patient/3", "Organization/lead")
    return town


def allowed(town: Town, who: Actor, *names: str, action: Action = "read") -> list[bool]:
    """What is decided on each of these, one after the other, in one transaction."""

    async def judged(unit: UnitOfWork) -> list[bool]:
        return [(await unit.judge(action, await found(unit.tx, name))).allowed for name in names]

    return within(town, who, judged)


def seen(town: Town, who: Actor, *names: str) -> list[bool]:
    async def judged(unit: UnitOfWork) -> list[bool]:
        return [await unit.sees(await found(unit.tx, name)) for name in names]

    return within(town, who, judged)


def test_each_record_is_decided_on_by_the_consents_of_its_own_persons_in_whichever_order(kept: Town) -> None:
    assert allowed(kept, Q, "Condition/c1") == seen(kept, Q, "Condition/c1") == [True]
    for decided in (allowed, seen):
        assert decided(kept, Q, "Condition/c2", "Condition/c1", "Condition/c2", "Condition/c1") == [False, True] * 2
        assert decided(kept, Q, "Condition/c1", "Condition/c2", "Condition/c1") == [True, False, True]
    assert allowed(kept, Q, "Condition/c1", action="update") == [False]
    assert allowed(kept, P, "Condition/c1", "Condition/c2", action="update") == [True, True]


def test_who_asks_with_a_token_that_reaches_less_may_do_less_and_escapes_no_duty(kept: Town) -> None:
    assert allowed(kept, NARROW, "Condition/c1") == [False]
    assert seen(kept, NARROW, "Condition/c1") == [True]
    assert seen(kept, replace(Q, scopes=()), "Condition/c1", "Condition/c2") == [True, False]


def test_what_is_not_permitted_is_refused(kept: Town) -> None:
    async def update(unit: UnitOfWork) -> bool:
        return (await unit.permitted("update", await found(unit.tx, "Condition/c1"))).allowed

    assert within(kept, P, update)
    with pytest.raises(Problem) as refused:
        within(kept, Q, update)
    assert refused.value.kind == "forbidden"


@pytest.mark.parametrize("person", ["1", "3"])
def test_what_is_withheld_of_a_record_is_told_by_itself_whether_or_not_it_may_be_read(kept: Town, person: str) -> None:
    async def masked(unit: UnitOfWork) -> tuple[bool, set[str]]:
        it = await found(unit.tx, f"Condition/c{person}")
        decision = await unit.masked(it)
        return await unit.is_secret(it), {rule.id for rule in (*decision.rules, *decision.masks)}

    secret = person == "3"
    for who in (P, Q, NARROW):
        assert within(kept, who, masked) == (secret, {"D1"} if secret else set())
    assert within(kept, LEAD, masked) == (secret, set()), "whom the protection names"


@pytest.mark.parametrize("person", ["1", "3"])
def test_whether_a_record_is_about_a_protected_person_is_known_before_anything_else_is_asked(
    kept: Town, person: str
) -> None:
    async def secret(unit: UnitOfWork) -> bool:
        return await unit.is_secret(await found(unit.tx, f"Condition/c{person}"))

    assert within(kept, P, secret) == (person == "3")


def test_what_belongs_to_a_meeting_is_judged_by_it_whatever_for_one_asks_and_all_else_where_one_asks_for_it(
    open_: Town,
) -> None:
    """A member reads what the meeting opens for the purpose of the meeting, and its letters for any."""
    for_meeting, for_care = MEMBER, actor("q")
    assert allowed(open_, for_meeting, "Condition/c") == seen(open_, for_meeting, "Condition/c") == [True]
    assert allowed(open_, for_care, "Condition/c") == [False]
    assert allowed(open_, for_meeting, "CarePlan/k", "Condition/c", "Communication/o") == [True, True, True]
    assert allowed(open_, for_care, "Condition/c", "Communication/o", "Condition/c") == [False, True, False]
    sent = {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/p")]}
    open_.write(CONV, letter("other", "invitation", **sent))
    assert allowed(open_, for_care, "Communication/other") == [False]


def test_of_several_met_at_once_each_is_judged_by_all_that_bears_on_it(open_: Town) -> None:
    async def judged(unit: UnitOfWork) -> list[bool]:
        names = "Condition/c", "Communication/o"
        met = [await found(unit.tx, name) for name in names]
        await unit.know(met)
        return [await unit.sees(each) for each in met]

    assert within(open_, actor("q"), judged) == [False, True]
