"""A store as one of its transactions saw it: what was there before, what it had written by then, and nothing later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from consent.maintenance.as_it_was import AsItWas, Past, answered
from resources.record import stamp
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has, has_any, has_one_of
from resources.search.relation import FOREVER
from resources.store.open import ledger
from resources.store.port import Query, Transaction
from tests.laws import worlds
from tests.laws.worlds import Record
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.test_carrying_out import again
from tests.unit.consent.town import Town, concern, household, patient

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER = "Organization/center"


def lived(town: Town) -> None:
    """Somebody joins a household and leaves it, one concern is written on and deleted; at one moment two are written
    at once, the first of them twice."""
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"), concern("early", "1"))
    town.write(P, again(household("1", "2", "3")))
    town.write(P, again(concern("early", "1")) | {"note": [{"text": "続き"}]})
    town.run(town.store.transact(at_once))
    town.write(P, again(household("1", "3"), 2))
    town.write(P, concern("late", "1"))
    town.write(P, again(concern("a", "1"), 2) | {"note": [{"text": "後で"}]})
    town.delete(P, "Condition/early")


async def at_once(tx: Transaction) -> None:
    """The first one, another, the first one again, which nobody had shown whole, and a third."""
    records = [Record(concern(id, "1"), CENTER, "Practitioner/p") for id in "abc"]
    a, b, c = worlds.versions(records)
    then = stamp.after(tx.instant)
    a2 = replace(a, number=2, since=then, terms=tuple(sorted({*a.terms, ".masked yes"})))
    now = tx.instant
    made = [replace(each, since=now, first=now) for each in (a, b)] + [replace(a2, first=now)]
    await worlds.stand(tx, [_stamped(each, records) for each in [*made, replace(c, since=now, first=now)]])


def _stamped(version: Version, records: list[Record]) -> Version:
    [body] = [each.body for each in records if each.reference == version.reference]
    return replace(version, body=stamp.stamped(body, version.id, version.number, version.since))


@contextmanager
def laid_open(town: Town, *, thorough: bool = False) -> Iterator[Past]:
    with closing(ledger(str(town.folder))) as opened, opened.reading():
        yield Past(opened, thorough=thorough)


@pytest.fixture
def past(after: After) -> Iterator[Past]:
    with laid_open(after(lived), thorough=True) as opened:
        yield opened


def version(past: Past, id: str, number: int, type: str = "Condition") -> Version:
    return past.history(f"{type}/{id}")[number - 1]


def view(past: Past, id: str, number: int, type: str = "Condition") -> AsItWas:
    return AsItWas.of(past, version(past, id, number, type))


def cited(versions: Any) -> list[str]:
    return [each.cited.replace("/_history/", " ") for each in versions]


def test_what_one_transaction_wrote_stands_together_in_its_order(past: Past) -> None:
    base = past.base(version(past, "a", 2))
    assert base == version(past, "a", 1).since == version(past, "b", 1).since
    assert version(past, "a", 2).since == stamp.after(base)
    assert cited(past.together(base)) == ["Condition/a 1", "Condition/b 1", "Condition/a 2", "Condition/c 1"]


def test_a_version_of_a_later_moment_is_of_a_transaction_of_its_own(past: Past) -> None:
    third = version(past, "a", 3)
    assert past.base(third) == third.since
    assert cited(past.together(third.since)) == ["Condition/a 3"]
    assert past.base(version(past, "early", 1)) == version(past, "g", 1, "Group").since


def test_what_was_written_before_stood_and_of_its_own_what_it_had_written_by_then(past: Past) -> None:
    second = view(past, "a", 2)
    stood = {name: second.stood(f"Condition/{name}") for name in ("a", "b", "c", "early", "late", "none")}
    assert {name: each.number if each else 0 for name, each in stood.items()} == {
        "a": 1,
        "b": 1,
        "c": 0,
        "early": 2,
        "late": 0,
        "none": 0,
    }
    assert second.began.stood("Condition/b") is None
    assert second.began.stood("Condition/a") == version(past, "a", 1), "of itself the version before"
    assert second.began.stood("Condition/early") == version(past, "early", 2)
    assert second.stood("") is None
    assert (second.base, second.at, second.now) == (past.base(second.own), second.own.since, second.own.since)


def test_what_is_deleted_stood_until_then_and_stands_as_deleted_after(past: Past) -> None:
    deleted = version(past, "early", 3)
    assert deleted.deleted
    assert view(past, "a", 3).stood("Condition/early") == version(past, "early", 2)
    assert AsItWas(past, "~", Version("", "", 0, "~", False, b"", ())).stood("Condition/early") == deleted


def test_what_a_transaction_writes_of_itself_comes_after_what_it_was_asked_for(past: Past) -> None:
    first, second = view(past, "a", 1), view(past, "a", 2)
    asked = {name: version(past, *name) for name in (("a", 1), ("b", 1), ("c", 1), ("a", 2))}
    assert [first.awaits(each) for each in asked.values()] == [True, True, True, False]
    assert [second.awaits(each) for each in asked.values()] == [True, True, True, False]
    third = view(past, "c", 1)
    assert third.awaits(asked["a", 2]), "which is there by then"
    assert first.awaits(version(past, "early", 2)), "a client wrote it"


def get(view: AsItWas, id: str, number: int | None = None, within: Predicate = EVERYTHING) -> str:
    found = answered(view.get("Condition", id, within=within, number=number))
    return found.cited.partition("/")[2] if found else ""


def test_one_is_got_as_it_stood_or_by_its_number_and_within_what_is_asked(past: Past) -> None:
    third = view(past, "a", 3)
    assert (get(third, "a"), get(third, "a", 1), get(third, "a", 3), get(third, "a", 4)) == (
        *("a/_history/2", "a/_history/1"),
        *("", ""),
    )
    assert get(third, "none") == ""
    assert get(third, "a", within=has(".masked", "yes")) == "a/_history/2"
    assert get(third, "a", 1, within=has(".masked", "yes")) == ""


def found(view: AsItWas, what: Predicate, *, history: bool = False, within: Predicate = EVERYTHING) -> list[str]:
    return cited(answered(view.find(Query(what, history=history), within=within)).versions)


OF_ONE = all_of([has(".type", "Condition"), has(".subject", "Patient/1")])


def test_what_is_found_is_what_was_there_undeleted(past: Past) -> None:
    assert found(view(past, "early", 1), OF_ONE) == []
    assert found(view(past, "a", 1), OF_ONE) == ["Condition/early 2"]
    assert found(view(past, "a", 2), OF_ONE) == ["Condition/a 1", "Condition/b 1", "Condition/early 2"]
    assert found(view(past, "a", 3), OF_ONE) == [
        *("Condition/a 2", "Condition/b 1", "Condition/c 1"),
        *("Condition/early 2", "Condition/late 1"),
    ]
    after_all = AsItWas(past, "~", Version("", "", 0, "~", False, b"", ()))
    assert "Condition/early 2" not in found(after_all, OF_ONE)
    assert "Condition/early 3" not in found(after_all, OF_ONE)


def test_at_once_is_found_what_is_there_today(after: After) -> None:
    with laid_open(after(lived)) as past:
        assert found(view(past, "a", 2), OF_ONE) == ["Condition/a 1", "Condition/b 1"], "what is deleted since is not"
        masked = all_of([has(".type", "Condition"), has(".id", "Condition/a"), has(".masked", "yes")])
        assert found(view(past, "a", 3), masked) == ["Condition/a 2"]
        put_together = all_of([has(".type", "Condition"), has(".masked", "yes")])
        assert found(view(past, "a", 3), put_together) == []
        assert found(view(past, "c", 1), put_together) == ["Condition/a 2"], "and what it has written itself"


def test_with_their_history_every_version_is_found_that_was_so(past: Past) -> None:
    third = view(past, "a", 3)
    masked = all_of([has(".type", "Condition"), has(".id", "Condition/a"), has(".masked", "yes")])
    assert found(third, masked, history=True) == ["Condition/a 2"]
    assert found(third, OF_ONE, history=True)[:2] == ["Condition/a 1", "Condition/a 2"]
    assert found(third, OF_ONE, within=has(".masked", "yes")) == ["Condition/a 2"]


def test_several_types_and_several_names_are_asked_for_at_once(past: Past) -> None:
    wanted = all_of([has_one_of(".type", ("Condition", "Group")), has_one_of(".id", ("Condition/b", "Group/g"))])
    assert found(view(past, "a", 3), wanted) == ["Condition/b 1", "Group/g 3"]
    assert found(view(past, "a", 2), wanted) == ["Condition/b 1", "Group/g 2"]


@pytest.mark.parametrize(
    "what",
    [
        has(".type", "Condition"),
        has(".subject", "Patient/1"),
        all_of([has(".type", "Condition"), has(".open", "yes")]),
        all_of([has(".type", "Condition"), has(".code", "x"), has(".counts", "yes")]),
        all_of([has(".type", "Condition"), has_any(".subject")]),
        all_of([has(".type", "Condition"), any_of([has(".subject", "Patient/1"), has_any(".label")])]),
        all_of([any_of([has(".type", "Condition"), has(".open", "yes")]), has(".subject", "Patient/1")]),
        all_of([has(".type", "Condition"), any_of([has(".open", "yes"), has(".subject", "Patient/1")])]),
        EVERYTHING,
    ],
    ids=[
        *("a type", "no type", "what is open", "what counts", "whoever", "one or whoever"),
        *("a type or what is open", "one or what is open", "everything"),
    ],
)
def test_a_question_that_only_the_store_can_answer_is_none_of_the_past(past: Past, what: Predicate) -> None:
    with pytest.raises(LookupError):
        found(view(past, "a", 3), what)


def members(view: AsItWas) -> dict[str, bool]:
    """Who was in the household by then, and whether they were still."""
    rows = answered(view.rows([("member", "Group/g")]))
    return {row.relation.to: row.ended == FOREVER for row in rows}


def test_who_joined_later_is_not_there_and_who_left_later_is(past: Past) -> None:
    assert members(view(past, "g", 1, "Group")) == {}
    assert members(view(past, "g", 2, "Group")) == {"Patient/1": True, "Patient/2": True}
    assert members(view(past, "early", 2)) == {f"Patient/{one}": True for one in "123"}
    assert members(view(past, "g", 3, "Group")) == {f"Patient/{one}": True for one in "123"}
    assert members(view(past, "late", 1)) == {"Patient/1": True, "Patient/2": False, "Patient/3": True}
    since = {row.relation.to: row.since for row in answered(view(past, "late", 1).rows([("member", "Group/g")]))}
    assert since["Patient/3"] == version(past, "g", 2, "Group").since


def moved(town: Town) -> None:
    """In one transaction somebody leaves a household and another joins, between two concerns."""
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(P, concern("before", "1"), again(household("1", "3")), concern("then", "1"))


def test_who_joins_and_leaves_in_a_transaction_is_there_until_then_and_after(after: After) -> None:
    with laid_open(after(moved)) as past:
        assert cited(past.together(version(past, "then", 1).since)) == [
            "Condition/before 1",
            "Group/g 2",
            "Condition/then 1",
        ]
        assert members(view(past, "before", 1)) == {"Patient/1": True, "Patient/2": True}
        assert members(view(past, "g", 2, "Group")) == {"Patient/1": True, "Patient/2": True}
        assert members(view(past, "then", 1)) == {"Patient/1": True, "Patient/2": False, "Patient/3": True}
        assert members(view(past, "then", 1).began) == {"Patient/1": True, "Patient/2": True}


def test_of_neighbouring_moments_each_transaction_is_its_own(town: Town) -> None:
    """A clock that stands still gives each the next millisecond."""
    town.write(P, patient("1"), concern("a", "1"))
    town.write(P, concern("b", "1"))
    town.write(P, concern("c", "1"), again(concern("a", "1")) | {"note": [{"text": "続き"}]})
    with laid_open(town) as past:
        first, second, third = (version(past, one, 1).since for one in "abc")
        assert stamp.after(first, 2) == stamp.after(second) == third
        assert cited(past.together(first)) == ["Patient/1 1", "Condition/a 1"]
        assert cited(past.together(second)) == ["Condition/b 1"]
        assert cited(past.together(third)) == ["Condition/c 1", "Condition/a 2"]


def test_the_past_waits_for_nothing() -> None:
    async def known() -> int:
        return 3

    async def waiting() -> None:
        await asyncio.sleep(0)

    assert answered(known()) == 3
    with pytest.raises(RuntimeError):
        answered(waiting())
