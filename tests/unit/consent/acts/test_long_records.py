"""What a write costs while others wait does not grow with how often its record was written before.

docs/operations.md, "work beside the requests"
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.acts import secluding, slices
from consent.gate import Gate
from consent.relations import hidden_place
from consent.writing import apart
from consent.writing.prepared import Change
from resources.record.envelope import SECLUDED
from resources.record.mistake import MISTAKEN
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import has
from resources.search.relation import values
from resources.store.port import Query, Transaction
from tests.laws.worlds import ref
from tests.unit.consent.acts.counted import Counted, Counting
from tests.unit.consent.acts.test_handed_on_apart import Cut, is_over
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.people import NOW
from tests.unit.consent.test_belonging import told
from tests.unit.consent.test_whom import again, word
from tests.unit.consent.town import Json, Town, actor, concern, patient

P, Q = actor("p"), actor("q")
MANY = 2 * apart.STEP + 6
STATUS = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ERROR = {"verificationStatus": {"coding": [{"system": STATUS, "code": "entered-in-error"}]}}
NOTE = [{"text": "山陽町の家"}]

BOTH_STORES = pytest.mark.parametrize("long", ["town", "town_on_mongodb"], indirect=True)


def written_often(town: Town) -> None:
    """A concern and a person written often, the last time deleted and written again; another whose place is secret."""
    town.write(P, patient("1"), patient("2"), patient("3"), concern("c", "1"))
    notes = [[{"text": f"山陽町の家 {number}"}] for number in range(MANY)]
    town.write(P, *(concern("c", "1", note=notes[number]) | again(number) for number in range(1, MANY)))
    town.write(P, *(patient("1") | again(number) for number in range(1, MANY)))
    town.protect(P, "Patient/3", "Organization/center")


@pytest.fixture
def long(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(written_often, getattr(request, "param", "town"))


def protected(town: Town) -> None:
    town.protect(P, "Patient/1", "Organization/center")


def lifted(town: Town) -> None:
    town.lift(P, "Patient/1")


def grown(town: Town) -> None:
    town.write(P, concern("c", "2") | again(MANY))


def secret(town: Town) -> None:
    town.write(P, concern("c", "3") | again(MANY))


def mistaken(town: Town) -> None:
    town.write(P, concern("c", "1") | again(MANY) | ERROR)


def righted(town: Town) -> None:
    town.write(P, concern("c", "1") | again(MANY + 1))


def deleted(town: Town) -> None:
    town.delete(P, "Condition/c")


Act = Callable[[Town], None]
ACTS: Mapping[Act, Act | None] = {
    protected: None, lifted: protected, grown: None, secret: None, mistaken: None, righted: mistaken, deleted: None,
}  # fmt: skip
"""Each with what was done before it."""
SLICED = [pytest.param(act, before, id=act.__name__) for act, before in ACTS.items() if act is not deleted]


class Held(Counted):
    """Looks after each whether too much is found, or is open."""

    counting = Counting

    async def looked(self) -> None:
        async with self.town.store.snapshot() as view:
            every = (await view.find(Query(has(".type", "Condition"), history=True), within=slices.FOUND)).versions
            current = max(every, key=lambda each: each.number)
            is_secret = await hidden_place.is_secret(view, current.stored)
            for each in every:
                assert not is_secret or f"{SECLUDED} yes" in each.terms, "found by more than is harmless"
                assert MISTAKEN not in current.terms or MISTAKEN in each.terms, "less closed than what is a mistake"


def versions(town: Town) -> list[Version]:
    async def look() -> list[Version]:
        async with town.store.snapshot() as view:
            wanted = Query(has(".type", "Condition"), history=True)
            return list((await view.find(wanted, within=slices.FOUND)).versions)

    return town.run(look())


@pytest.mark.parametrize(("act", "before"), [*SLICED, (deleted, None)])
def test_no_transaction_reads_or_changes_more_than_a_step_of_its_versions(
    long: Town, act: Act, before: Act | None
) -> None:
    if before:
        before(long)
    store = Held(long)
    act(replace(long, gate=Gate(replace(long.gate.engine, store=store))))
    assert store.most <= 3 * apart.STEP + 4, "each of a step read, changed, and looked at whether it is secret"
    assert wrong(long) == []
    assert is_over(long)


@BOTH_STORES
def test_all_its_versions_are_what_they_would_be_had_they_been_few(long: Town) -> None:
    grown(long)
    assert {tuple(values(each.terms, ".subject")) for each in versions(long)} == {("Patient/1", "Patient/2")}
    protected(long)
    assert all(f"{SECLUDED} yes" in each.terms for each in versions(long))
    lifted(long)
    assert not any(f"{SECLUDED} yes" in each.terms for each in versions(long))
    long.write(P, concern("c", "1") | again(MANY + 1) | ERROR)
    assert all(MISTAKEN in each.terms for each in versions(long))
    assert wrong(long) == []


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize(("act", "before"), SLICED)
def test_what_was_broken_off_is_seen_to(long: Town, act: Act, before: Act | None, after: int) -> None:
    if before:
        before(long)
    with pytest.raises(KeyboardInterrupt):
        act(replace(long, gate=Gate(replace(long.gate.engine, store=Cut(long, after)))))
    long.run(secluding.resumed(long.gate.engine, NOW))
    assert wrong(long) == []
    assert is_over(long)


@pytest.mark.parametrize("resource", [concern("c", "3"), concern("c", "1") | ERROR])
def test_of_a_write_that_is_refused_no_version_is_hidden_or_closed(long: Town, resource: Json) -> None:
    with pytest.raises(Problem):
        long.write(Q, resource | again(MANY))
    assert not any(f"{SECLUDED} yes" in each.terms or MISTAKEN in each.terms for each in versions(long))
    assert is_over(long)


def test_what_others_write_of_it_meanwhile_is_settled_too(long: Town) -> None:
    class Meanwhile(Held):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            self.most += 1
            if self.most == 3:
                other = concern("c", "1", note=[{"text": "山陽町の別の家"}])
                await long.gate.commit(P, [Change("update", "Condition", "c", orjson.dumps(other))])
            return await self.town.store.transact(work, **named)

    store = Meanwhile(long)
    town = replace(long, gate=Gate(replace(long.gate.engine, store=store)))
    town.commit(P, Change("update", "Condition", "c", orjson.dumps(concern("c", "3"))))
    assert len(versions(long)) == MANY + 2
    assert all(f"{SECLUDED} yes" in each.terms for each in versions(long))
    assert wrong(long) == []


def told_often(town: Town) -> None:
    """A word of the concern, and a Provenance of it, that were written as often."""
    town.write(P, word("w", about=[ref("Condition/c")], note=NOTE), told("Condition/c", id="v"))
    for number in range(1, MANY):
        town.write(P, word("w", about=[ref("Condition/c")], note=NOTE) | again(number))
        town.write(P, told("Condition/c", id="v") | again(number))


@pytest.mark.parametrize("act", [grown, secret, mistaken])
def test_so_it_is_of_what_is_of_it_and_was_written_as_often(long: Town, act: Act) -> None:
    told_often(long)
    store = Held(long)
    act(replace(long, gate=Gate(replace(long.gate.engine, store=store))))
    assert store.most <= 4 * apart.STEP + 4
    assert wrong(long) == []
    assert is_over(long)


@pytest.mark.parametrize("after", [3, 5, 7])
@pytest.mark.parametrize("act", [grown, secret, mistaken])
def test_what_of_that_was_broken_off_is_seen_to(long: Town, act: Act, after: int) -> None:
    told_often(long)
    with pytest.raises(KeyboardInterrupt):
        act(replace(long, gate=Gate(replace(long.gate.engine, store=Cut(long, after)))))
    long.run(secluding.resumed(long.gate.engine, NOW))
    assert wrong(long) == []
    assert is_over(long)
