"""A further protection stands behind those that lie on the person by another name (D1)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.secrecy import protection
from consent.writing import earlier_locks
from consent.writing.change import UnitOfWork
from tests.laws.worlds import Record, own
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.relations.test_names import DONE, STANDS
from tests.unit.consent.town import Town, actor, patient
from tests.unit.consent.writing.within import found, within

Json = dict[str, Any]

LEAD = actor("lead")
CODE = own("secrecy-label", "address-secret")


def label(id: str, named: str = "Organization/lead") -> Json:
    return protection.label(CODE, id, [named], [])


A, B, C = label("a"), protection.confirming(label("b", "Organization/other")), label("c", "Organization/council")


@pytest.fixture
def one(town: Town) -> Town:
    """Two Patients who are one person; a lock lies on the first, another, that was confirmed, on the second."""
    records = [patient("1", meta={"security": [A]}), patient("2", meta={"security": [B]}), patient("9")]
    laid(town, *(Record(each, "Organization/center", "") for each in records))
    laid(town, Record(DONE, "Organization/center", "", STANDS))
    return town


def lying(town: Town, name: str) -> list[Json]:
    async def work(unit: UnitOfWork) -> list[Json]:
        return await earlier_locks.of(unit, name)

    return within(town, LEAD, work)


def before(town: Town, name: str, *new: Json) -> Json:
    async def work(unit: UnitOfWork) -> Json:
        return await earlier_locks.before(unit, await found(unit.tx, name), new)

    return within(town, LEAD, work)


def test_those_of_a_person_are_those_on_each_of_their_names(one: Town) -> None:
    assert lying(one, "Patient/1") == lying(one, "Patient/2") == [A, B]
    assert lying(one, "Patient/9") == []


def test_a_further_one_comes_after_all_that_lie_on_them_already_of_which_nothing_is_confirmed_here(one: Town) -> None:
    assert before(one, "Patient/1", C)["meta"]["security"] == [A, protection.unconfirmed(B), C]
    assert before(one, "Patient/2", C)["meta"]["security"] == [B, A, C]
    assert before(one, "Patient/9", C)["meta"]["security"] == [C]
    assert before(one, "Patient/1", B)["meta"]["security"] == [A, B], "the one that is given is not given twice"
    assert before(one, "Patient/1")["meta"]["security"] == [A, protection.unconfirmed(B)]


def test_one_of_an_older_release_that_has_no_id_is_not_carried_over(town: Town) -> None:
    laid(town, Record(patient("1"), "Organization/center", ""))
    laid(town, Record(patient("2", meta={"security": [CODE]}), "Organization/center", ""))
    laid(town, Record(DONE, "Organization/center", "", STANDS))
    assert lying(town, "Patient/1") == [CODE]
    assert before(town, "Patient/1", C)["meta"]["security"] == [C]


def test_a_name_that_is_gone_has_none(one: Town) -> None:
    gone(one, "Patient/2")
    assert lying(one, "Patient/1") == [A]
