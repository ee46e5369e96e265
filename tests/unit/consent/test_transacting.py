"""A unit of work that is overtaken by somebody else's is asked anew, and what is refused is on the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import orjson
import pytest

from consent.gate import Gate
from consent.transacting import bounded
from consent.writing import beforehand
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change
from resources.record.problem import Problem
from resources.store.port import Conflict, Store, TooCostly
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, concern, patient

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
MANY = beforehand.FEW + 1
"""So many conditions are asked before the transaction."""


def numbered(id: str, number: int, **elements: Any) -> Json:
    return patient(id, identifier=[{"system": "urn:n", "value": str(number)}], **elements)


def unless_there(number: int) -> Change:
    """Create who has this number, unless somebody has it."""
    body = orjson.dumps(numbered(f"new{number}", number))
    return Change("create", "Patient", f"new{number}", body, condition=(("identifier", f"urn:n|{number}"),))


class Overtaken:
    """The store, in which something happens just before each of the next transactions begins; the first `slow` of them
    take too long."""

    def __init__(self, store: Store, before: tuple[Callable[[], Any], ...], slow: int) -> None:
        self._store, self._before, self._slow, self.begun = store, list(before), slow, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, work: Any, **how: Any) -> Any:
        if self._before:
            await self._before.pop(0)()
        self.begun += 1
        return await self._store.transact(self._slowly(work) if self.begun <= self._slow else work, **how)

    def _slowly(self, work: Any) -> Any:
        async def slow(tx: Any) -> None:
            await work(tx)
            raise TooCostly("it takes too long")

        return slow


def overtaken(town: Town, *before: Callable[[], Any], slow: int = 0, begun: int = 1) -> list[str]:
    """What becomes of five conditional creates, where this happens after their conditions were looked up, and so many
    transactions are begun for it."""
    store = Overtaken(town.store, before, slow)
    gate = Gate(replace(town.gate.engine, store=cast(Store, store)))
    try:
        done = town.run(gate.commit(P, [unless_there(number) for number in range(MANY)]))
    finally:
        assert store.begun == begun
    return [f"{each.action} {each.version.reference}" for each in done]


def another(town: Town, number: int) -> Callable[[], Any]:
    made = Change("create", "Patient", f"other{number}", orjson.dumps(numbered(f"other{number}", number)))
    return lambda: town.gate.commit(P, [made])


CREATED = [f"create Patient/new{number}" for number in range(MANY)]


def test_what_nobody_overtakes_is_done_as_it_was_foreseen(town: Town) -> None:
    town.write(P, numbered("0", 0))
    assert overtaken(town) == ["search Patient/0", *CREATED[1:]]


def test_who_was_created_in_between_is_not_created_again(town: Town) -> None:
    assert overtaken(town, another(town, 2)) == [*CREATED[:2], "search Patient/other2", *CREATED[3:]]
    assert len(town.stored("Patient")) == MANY


def test_what_takes_too_long_because_it_was_overtaken_is_asked_from_the_beginning(town: Town) -> None:
    done = overtaken(town, another(town, 2), another(town, 3), slow=2, begun=3)
    assert done == [*CREATED[:2], "search Patient/other2", "search Patient/other3", *CREATED[4:]]


def test_what_is_overtaken_each_time_is_given_up_and_what_is_slow_of_itself_at_once(town: Town) -> None:
    with pytest.raises(TooCostly):
        overtaken(town, *(another(town, number) for number in (2, 3, 4)), slow=3, begun=3)
    with pytest.raises(TooCostly):
        overtaken(town, slow=1)
    assert len(town.stored("Patient")) == 3


def test_somebody_else_s_change_is_a_conflict(town: Town) -> None:
    async def conflict() -> None:
        raise Conflict("it was changed")

    with pytest.raises(Problem) as caught:
        overtaken(town, conflict, begun=0)
    assert caught.value.kind == "conflict"
    assert caught.value.issues[0].text == "somebody else changed it first"


def events(town: Town) -> list[tuple[str, str, list[str]]]:
    """Each on the trail: what was done, how it came out, and of what."""
    return [
        (each["action"], each["outcome"], [one["what"]["reference"] for one in each["entity"] if "what" in one])
        for each in town.trail()
    ]


def test_a_write_that_is_refused_is_on_the_trail_by_all_that_was_to_be_written(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    unseen: Json = concern("x", "1") | {"meta": {"versionId": "1"}}
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    task |= {"requester": ref("Organization/other"), "owner": ref("Organization/center"), "description": "相談"}
    town.write(Q, task)
    before = len(town.trail())
    rejected = task | {"status": "rejected", "meta": {"versionId": "1"}}
    refusals = [
        (Q, concern("c", "1") | {"meta": {"versionId": "1"}}, "not-found"),
        (P, unseen, "not-found"),
        (P, rejected, "business-rule"),
    ]
    for who, record, kind in refusals:
        with pytest.raises(Problem) as caught:
            town.write(who, record)
        assert caught.value.kind == kind
    told = events(town)[before:]
    assert [outcome for _, outcome, _ in told] == ["4"] * len(told)
    named = [name for _, _, names in told for name in names]
    assert {"Condition/c", "Condition/x", "Task/t"} <= set(named)


def test_a_version_that_is_not_the_one_that_stands_is_no_refusal(town: Town) -> None:
    town.write(P, patient("1"))
    before = len(town.trail())
    body = orjson.dumps(patient("1"))
    with pytest.raises(Problem) as caught:
        town.commit(P, Change("update", "Patient", "1", body, only_if=Precondition(among=frozenset({7}))))
    assert caught.value.kind not in ("forbidden", "not-found", "business-rule")
    assert len(town.trail()) == before


def test_what_was_not_there_to_be_deleted_comes_back_as_nothing(town: Town) -> None:
    condition = (("identifier", "urn:n|9"),)
    (done,) = town.commit(P, Change("delete", "Patient", "x", condition=condition))
    assert done.was_nothing
    assert done.version.body == b""


def test_no_more_is_written_at_once_than_others_wait_for() -> None:
    bounded(2, 2)
    with pytest.raises(Problem) as caught:
        bounded(3, 2)
    assert caught.value.kind == "too-costly"
    assert caught.value.issues[0].text == (
        "3 records would be written at once, and 2 is the most (`TSUNAGU_TRANSACTION_LIMIT`): ask in parts"
    )
