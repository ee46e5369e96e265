"""Many records are settled in slices: which are, how many in one transaction, and what says that it is under way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent.acts import letting_go, slices
from consent.acts.slices import Settling, TakenToBeGoneError
from consent.relations.contributions import HIDDEN, PROTECTED
from consent.writing.apart import NOBODY, STEP, Whom
from profiles.spec import Spec
from resources.search.relation import Relation
from resources.store.port import Transaction
from tests.unit.consent.acts.slicing import Slicing
from tests.unit.consent.people import NOW
from tests.unit.consent.writing.lain import in_a_store

ONE, TWO, HOME = ".subject Patient/1", ".subject Patient/2", ".household Group/g"
FIRST, C = "Patient/1", "Condition/c"
LOCK = [Relation(PROTECTED[0], FIRST, HIDDEN, "x")]
HERS = Whom(persons=frozenset({FIRST}))
EVERY = Whom(
    frozenset({"Patient/1", "Patient/2"}),
    frozenset({"Group/g"}),
    frozenset({(C, ONE), (C, TWO)}),
    frozenset({(C, "Patient/2", "Patient/3")}),
    frozenset({("Condition/d", ".label x")}),
    frozenset({"Condition/e"}),
)


@pytest.fixture
def told(tmp_path: Path, spec: Spec) -> Iterator[Slicing]:
    """Much of one person, some of a household, and something of another person."""
    with in_a_store(tmp_path) as lain:
        made = Slicing(lain, spec)
        lain.put(FIRST)
        for number in range(STEP + 1):
            made.tell(f"Condition/c{number:02}", ONE)
        made.tell("Condition/twice", ONE, times=2)
        made.tell("Condition/home", HOME)
        made.tell("Condition/other", TWO)
        yield made


MANY = [f"Condition/c{number:02}" for number in range(STEP + 1)]


def test_what_is_to_be_hidden_is_hidden_a_step_at_a_time_and_all_else_stays(told: Slicing) -> None:
    told.through(HERS, hidden=True)
    assert told.store.many == 2
    assert {name: told.secret(name) for name in MANY} == {name: [True] for name in MANY}
    assert told.secret("Condition/twice") == [True, True]
    assert told.secret("Condition/home") == told.secret("Condition/other") == [False]
    told.through(HERS, hidden=True)
    assert told.store.many == 0, "there is nothing left to do"


def test_what_is_told_is_as_the_protections_that_stand_say(told: Slicing) -> None:
    told.through(HERS, hidden=True)
    told.lain.put(FIRST, rows=LOCK)
    told.through(HERS, hidden=False)
    assert told.secret("Condition/twice") == [True, True]
    told.lain.put(FIRST)
    told.through(HERS, hidden=False)
    assert told.store.many == 2
    assert {name: told.secret(name) for name in MANY} == {name: [False] for name in MANY}
    assert told.secret("Condition/twice") == [False, False]


def test_of_a_household_what_is_of_it(told: Slicing) -> None:
    told.through(Whom(groups=frozenset({"Group/g"})), hidden=True)
    assert told.secret("Condition/home") == [True]
    assert told.secret("Condition/twice") == [False, False]
    told.through(Whom(groups=frozenset({"Group/g"})), hidden=False)
    assert told.secret("Condition/home") == [False]


def test_of_a_record_its_own_versions_and_it_is_known_up_to_which(told: Slicing) -> None:
    told.tell("Condition/long", TWO, times=STEP + 2)
    of_it = Whom(records=frozenset({"Condition/long", "Condition/none"}))
    settling = told.through(of_it, hidden=True)
    assert told.secret("Condition/long") == [True] * (STEP + 2)
    assert (told.store.many, settling.upto) == (2, {"Condition/long": STEP + 2})
    assert told.secret("Condition/other") == [False]
    settling = told.through(of_it, hidden=False)
    assert told.secret("Condition/long") == [False] * (STEP + 2)
    assert settling.upto == {}


def test_whom_a_record_has_come_to_be_about_its_own_versions_and_all_that_is_of_it_are_about(told: Slicing) -> None:
    told.lain.put(C, ONE)
    for _ in range(2):
        told.lain.put("Task/t", ONE, f".of {C}")
    told.lain.put("Task/u", ONE, ".of Task/t")
    told.lain.put("Task/v", ONE, TWO, f".of {C}")
    told.lain.put("Task/far", ONE, ".of Task/v")
    told.lain.put(C, ONE, TWO)
    grown = Whom(grown=frozenset({(C, TWO), (C, ".subject Patient/9"), ("Condition/none", TWO)}))
    told.through(grown, hidden=True)
    assert all(TWO not in each for each in told.lain.terms("Task/t")), "nobody is told before it is written"
    told.through(grown, hidden=False)
    for name in (C, "Task/t", "Task/u", "Task/v", "Task/far"):
        assert all(TWO in each for each in told.lain.terms(name)), name
        assert not any(".subject Patient/9" in each for each in told.lain.terms(name)), "what it has not it gives not"
    told.through(grown, hidden=False)
    assert told.store.many == 0


def test_what_is_brought_along_is_found_as_those_it_is_about_leave_it(told: Slicing) -> None:
    told.lain.put("Patient/2", rows=[Relation(PROTECTED[0], "Patient/2", HIDDEN, "x")])
    told.tell(C, ONE)
    told.tell(C, ONE, TWO)
    told.tell("Communication/of", ONE, f".of {C}")
    told.through(Whom(grown=frozenset({(C, TWO)})), hidden=False)
    assert told.secret("Communication/of") == [True]
    assert told.secret(C) == [True, False], "the last is put by who writes it"


def test_what_belongs_to_a_record_is_closed_beforehand_and_as_closed_as_it_is_after(told: Slicing) -> None:
    label = ".label http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V"
    told.lain.put(C, ONE)
    told.lain.put("Provenance/p", ONE, f".of {C}")
    told.lain.put("Provenance/p", ONE, f".of {C}")
    told.lain.put("Provenance/q", ONE, ".of Provenance/p")
    told.lain.put("Provenance/other", ONE, ".of Condition/other")
    closed = Whom(closed=frozenset({(C, label)}))
    settling = told.through(closed, hidden=True)
    assert settling.upto == {}
    for name in ("Provenance/p", "Provenance/q"):
        assert all(label in each for each in told.lain.terms(name)), name
    assert not any(label in each for each in told.lain.terms(C) + told.lain.terms("Provenance/other"))
    told.through(closed, hidden=False)
    for name in ("Provenance/p", "Provenance/q"):
        assert not any(label in each for each in told.lain.terms(name)), name


def test_each_is_closed_by_what_closes_the_one_that_it_belongs_to_and_by_no_other(told: Slicing) -> None:
    first, second = ".label urn:x|V", ".label urn:x|R"
    for name, of in (("Provenance/p", C), ("Provenance/q", "Condition/d")):
        told.lain.put(of, ONE)
        told.lain.put(name, ONE, f".of {of}")
    told.through(Whom(closed=frozenset({(C, first), ("Condition/d", second)})), hidden=True)
    assert [{first, second} & set(told.lain.terms(each)[0]) for each in ("Provenance/p", "Provenance/q")] == [
        {first},
        {second},
    ]


def test_of_a_record_with_many_versions_that_is_to_be_a_mistake_its_own_are_closed_too(told: Slicing) -> None:
    marked = ".mistaken yes"
    told.tell(C, ONE, times=STEP + 2)
    told.tell("Condition/few", ONE, times=STEP)
    closed = Whom(closed=frozenset({(C, marked), ("Condition/few", marked)}))
    settling = told.through(closed, hidden=True)
    assert settling.upto == {(C, marked): STEP + 2}
    assert not any(marked in each for each in told.lain.terms("Condition/few")), "of few they are by who writes it"
    assert all(marked in each for each in told.lain.terms(C))
    told.through(closed, hidden=False)
    assert not any(marked in each for each in told.lain.terms(C))


def test_who_was_taken_to_be_gone_stops_after_the_slice_and_leaves_the_mark_of_who_came(told: Slicing) -> None:
    settling = told.begin(HERS)
    assert told.run(settling.goes_on())
    another = Settling(told.engine, HERS, NOW)
    told.run(told.lain.store.vault.replace(*slices.MARK, another.mark))
    assert not told.run(settling.goes_on())
    with pytest.raises(TakenToBeGoneError):
        told.run(settling.through(HERS, hidden=True))
    assert told.store.many == 1
    told.run(settling.over())
    assert told.mark() == another.mark
    with pytest.raises(TakenToBeGoneError):
        told.run(settling.each({"Condition/other": range(1, 0, -1)}, nothing))
    with pytest.raises(TakenToBeGoneError):
        told.run(settling.pieces("Condition/other", [1], of_pieces))


async def nothing(name: str, tx: Transaction, some: Any) -> None:
    """A change that changes nothing."""


async def of_pieces(tx: Transaction, some: Any) -> None:
    """The same of one record."""


def test_each_slice_says_anew_until_when_it_is_under_way(told: Slicing) -> None:
    settling = told.begin(HERS)
    first = told.mark()
    told.run(settling.through(HERS, hidden=True))
    assert told.mark() == settling.mark != first


def test_the_mark_says_of_whom_it_is_until_when_and_no_two_are_alike(told: Slicing) -> None:
    one, other = Settling(told.engine, EVERY, NOW), Settling(told.engine, EVERY, NOW)
    said = orjson.loads(one.mark)
    assert 0 <= said["until"] - NOW.timestamp() - slices.LASTS < 10
    assert slices.read(said) == slices.read(orjson.loads(other.mark)) == EVERY
    assert one.mark != other.mark
    assert slices.read({"persons": ["Patient/1"]}) == HERS, "that of an older release"
    assert slices.read({"persons": []}) == NOBODY


def test_when_it_is_goes_on_with_the_clock() -> None:
    began = time.monotonic()
    assert timedelta() <= slices.after(NOW, began) - NOW < timedelta(seconds=10)
    assert timedelta(seconds=60) <= slices.after(NOW, began - 60) - NOW < timedelta(seconds=70)


def test_those_that_have_few_versions_go_together_and_each_that_has_many_by_itself() -> None:
    def together(**numbers: int) -> list[list[str]]:
        return list(letting_go.together({name: range(many, 0, -1) for name, many in numbers.items()}))

    half = STEP // 2
    assert together() == []
    assert together(a=1, b=1, c=half - 2) == [["a", "b", "c"]]
    assert together(a=1, b=1, c=half - 1) == [["a", "b"], ["c"]]
    assert together(a=half, b=1, c=1) == [["a"], ["b", "c"]]
    assert together(a=half, b=1, c=half - 1) == [["a"], ["b", "c"]]
    assert together(a=STEP + 9) == [["a"]]
    assert together(a=1, b=STEP + 9, c=1) == [["a"], ["b"], ["c"]]
    assert not letting_go.is_long(range(STEP, 0, -1))
    assert letting_go.is_long(range(STEP + 1, 0, -1))
