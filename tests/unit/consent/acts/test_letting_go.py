"""Whom a record named by mistake is let go in slices: first its wrong versions are shut, then marked, then all else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.relations.contributions import HIDDEN, PROTECTED
from consent.verdict import Verdict
from consent.writing.apart import STEP, Whom
from profiles.spec import Spec
from resources.record.mistake import MISNAMED, MISTAKEN
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import Relation
from resources.store.port import Transaction
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.slicing import Slicing
from tests.unit.consent.writing.lain import in_a_store

C, RIGHT, WRONG = "Condition/c", "Patient/1", "Patient/2"
ONE, TWO, OF_C = ".subject Patient/1", ".subject Patient/2", ".of Condition/c"
ABOUT: Any = {"subject": ref(WRONG)}
FOR: Any = {"for": ref(WRONG)}
GONE = Whom(gone=frozenset({(C, WRONG, WRONG)}))
MARK = f"{MISNAMED} {WRONG}"


@pytest.fixture
def named(tmp_path: Path, spec: Spec) -> Iterator[Slicing]:
    """A concern whose first and third versions named somebody by mistake, and what is of it."""
    with in_a_store(tmp_path) as lain:
        lain.put(C, ONE, TWO, **ABOUT)
        lain.put(C, ONE, TWO, subject=ref(RIGHT))
        lain.put(C, ONE, TWO, **ABOUT)
        lain.put(C, ONE, TWO, subject=ref(RIGHT))
        lain.put("Task/t", ONE, TWO, OF_C, focus=ref(C))
        lain.put("Task/u", ONE, TWO, ".of Task/t", focus=ref("Task/t"))
        lain.put("Task/own", ONE, TWO, OF_C, focus=ref(C), **FOR)
        yield Slicing(lain, spec)


def confirmed(on: Slicing, record: str = C) -> None:
    """It is confirmed now that the concern, or this record, named them by mistake."""
    task: dict[str, Any] = {
        "status": "completed",
        "code": concept("task-code", "confirm-mistake"),
        "focus": ref(record),
    }
    task |= {"input": [{"type": {"text": "x"}, "valueReference": ref(WRONG)}]}
    code = f".code {vocabulary.CONFIRM_MISTAKE}"
    on.lain.put("Task/confirmed", *Verdict(True).terms(), code, ".masked yes", f".of {record}", **task)


def closed(on: Slicing, name: str = C) -> list[bool]:
    return [MISTAKEN in each for each in on.lain.terms(name)]


def marked(on: Slicing, name: str = C) -> list[bool]:
    return [MARK in each for each in on.lain.terms(name)]


def about(on: Slicing, *names: str) -> list[str]:
    """Which of these are about them."""
    return [name for name in names if any(TWO in each for each in on.lain.terms(name))]


def shut(on: Slicing) -> Mapping[Any, int]:
    return on.through(GONE, hidden=True).upto


def test_the_versions_that_name_them_are_shut_before_it_is_confirmed_but_the_last(named: Slicing) -> None:
    assert shut(named) == {(C, WRONG): 4}
    assert closed(named) == [True, False, True, False]
    assert marked(named) == [False] * 4
    assert about(named, "Task/t", "Task/u", "Task/own") == ["Task/t", "Task/u", "Task/own"], "nobody is let go yet"
    assert named.store.many == 1


def test_where_none_of_them_names_them_nothing_is_shut(named: Slicing) -> None:
    nobody = Whom(gone=frozenset({(C, "Patient/9", "Patient/9"), ("Condition/none", WRONG, WRONG)}))
    settling = named.through(nobody, hidden=True)
    assert settling.upto == {(C, "Patient/9"): 0, ("Condition/none", WRONG): 0}
    assert (named.store.many, closed(named)) == (0, [False] * 4)


def test_when_it_is_confirmed_they_are_marked_and_all_that_was_about_them_by_it_lets_them_go(named: Slicing) -> None:
    shut(named)
    confirmed(named)
    named.through(GONE, hidden=False)
    assert closed(named) == marked(named) == [True, False, True, False]
    assert about(named, "Task/t", "Task/u", "Task/own") == ["Task/own"], "what names them itself is about them"
    assert [TWO in each for each in named.lain.terms(C)] == [True, False, True, False]


def test_when_it_is_not_they_are_opened_again_and_nobody_is_let_go(named: Slicing) -> None:
    shut(named)
    named.through(GONE, hidden=False)
    assert closed(named) == marked(named) == [False] * 4
    assert about(named, "Task/t", "Task/u") == ["Task/t", "Task/u"]


def test_what_came_to_name_them_after_it_was_confirmed_is_no_mistake(named: Slicing) -> None:
    shut(named)
    confirmed(named)
    named.lain.put(C, ONE, TWO, **ABOUT)
    named.lain.put(C, ONE, TWO, subject=ref(RIGHT))
    named.through(GONE, hidden=False)
    assert marked(named) == [True, False, True, False, False, False]


def test_one_that_was_not_shut_is_marked_where_it_names_them_itself_and_not_by_what_it_is_of(named: Slicing) -> None:
    """What it is of may have come to name them since."""
    lain = named.lain
    lain.put("Condition/about", **ABOUT)
    lain.put(C, ONE, TWO, evidence=[{"detail": [ref("Condition/about")]}], focus=ref("Condition/about"))
    lain.put(C, ONE, TWO, subject=ref(RIGHT))
    confirmed(named)
    named.through(GONE, hidden=False)
    assert marked(named) == [True, False, True, False, False, False]


def test_what_is_taken_back_of_a_mark_that_stands_stays(named: Slicing) -> None:
    shut(named)
    confirmed(named)
    named.through(GONE, hidden=False)
    named.through(GONE, hidden=False)
    assert closed(named) == marked(named) == [True, False, True, False]


def writing(on: Slicing, name: str, *terms: str, **said: Any) -> Callable[[], Awaitable[Any]]:
    """Somebody writes the next version of a record."""
    type, _, id = name.partition("/")

    async def write(tx: Transaction) -> None:
        body = orjson.dumps({"resourceType": type, "id": id, **said})
        number = len(on.lain.versions[name]) + 1
        told = tuple(sorted({f".type {type}", *terms}))
        await tx.put(Version(type, id, number, tx.instant, False, body, told, on.lain.versions[name][0].since))

    return lambda: on.lain.store.transact(write)


def test_who_is_written_about_for_another_reason_meanwhile_is_not_let_go_there_nor_by_what_is_of_that(
    named: Slicing,
) -> None:
    shut(named)
    confirmed(named)
    settling = named.begin(GONE)
    named.store.before[2] = writing(named, "Task/t", ONE, TWO, OF_C, focus=ref(C), **FOR)
    named.run(settling.through(GONE, hidden=False))
    assert named.store.before == {}, "after they were marked, and before the first was let go"
    assert TWO in named.run(_last(named, "Task/t")).terms
    assert about(named, "Task/u", "Task/own") == ["Task/u", "Task/own"]


def test_what_else_is_written_meanwhile_holds_nobody(named: Slicing) -> None:
    shut(named)
    confirmed(named)
    settling = named.begin(GONE)
    named.store.before[2] = writing(named, "Task/u", ONE, ".of Task/t", focus=ref("Task/t"))
    named.run(settling.through(GONE, hidden=False))
    assert about(named, "Task/t", "Task/u", "Task/own") == ["Task/own"]


async def _last(on: Slicing, name: str) -> Version:
    async with on.lain.store.snapshot() as view:
        found = await view.get(*name.split("/"), within=EVERYTHING)
        assert found is not None
        return found


def test_what_has_many_versions_is_let_go_in_pieces_and_found_as_it_is_to_be(named: Slicing) -> None:
    for _ in range(STEP + 1):
        named.lain.put("Task/long", ONE, TWO, OF_C, focus=ref(C))
    shut(named)
    confirmed(named)
    named.through(GONE, hidden=False)
    assert about(named, "Task/long", "Task/t") == []
    assert named.store.many > 2


def test_what_has_many_versions_and_lets_a_protected_person_go_is_found_again_in_all_of_them(named: Slicing) -> None:
    named.lain.put(WRONG, rows=[Relation(PROTECTED[0], WRONG, HIDDEN, "x")])
    named.tell("Communication/long", ONE, TWO, OF_C, times=STEP + 2, secret=True)
    shut(named)
    confirmed(named)
    named.through(GONE, hidden=False)
    assert about(named, "Communication/long") == []
    assert named.secret("Communication/long") == [False] * (STEP + 2)


def test_a_version_that_named_them_by_what_it_was_of_is_marked_where_it_was_shut(named: Slicing) -> None:
    named.lain.put("Condition/about", **ABOUT)
    named.lain.put("Task/x", ONE, TWO, focus=ref("Condition/about"))
    named.lain.put("Task/x", ONE, TWO, focus=ref("Condition/other"))
    gone = Whom(gone=frozenset({("Task/x", WRONG, WRONG)}))
    assert named.through(gone, hidden=True).upto == {("Task/x", WRONG): 2}
    assert closed(named, "Task/x") == [True, False]
    confirmed(named, "Task/x")
    named.through(gone, hidden=False)
    assert marked(named, "Task/x") == [True, False]
