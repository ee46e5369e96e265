"""Who waits for an answer of an agency that has ended is told, once, who answers from now on, and nobody else is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import verdict
from consent.verdict import Verdict
from consent.writing import successor_notices
from consent.writing.change import UnitOfWork
from resources.record import envelope
from resources.record.version import Version
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.acts.test_naming_successor import end, name
from tests.unit.consent.town import Town, actor
from tests.unit.consent.writing.within import within

Json = dict[str, Any]

LEAD = actor("lead")
CENTER, OTHER, COUNCIL, LEADING = (f"Organization/{one}" for one in ("center", "other", "council", "lead"))
POST = "PractitionerRole/co"
NAMED = (
    "貴機関とのやり取りが続いている機関が終わり、後を継ぐ機関が指定されました。続いている依頼には、後を継いだ機関が"
    "答えます。新しい依頼は、後を継いだ機関にしてください / an agency with which you have an open request has ended, "
    "and its successor is named: that one answers what is open; ask that one from now on"
)
UNDONE = (
    "後を継ぐ機関の指定が取り消されました。改めて指定されるまで、続いている依頼には答えがありません。必要なら別の機関に"
    "依頼してください / the naming of a successor was undone: until one is named anew nobody answers what is open; ask "
    "another agency where it cannot wait"
)


def request(id: str, *between: str, counts: bool = True, status: str = "requested") -> Record:
    task: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order"}
    return Record(task, CENTER, "", Verdict(counts, noted=frozenset(f"{verdict.BETWEEN} {one}" for one in between)))


def told(town: Town, former: str = CENTER, to: str = OTHER, *, undone: bool = False) -> list[tuple[Json, str]]:
    """Each letter, without what every record has, and who keeps it."""

    async def work(unit: UnitOfWork) -> tuple[Version, ...]:
        if not undone:
            return await successor_notices.told(unit, former, to)
        return await successor_notices.told(unit, former, to, undone=True)

    found = []
    for each in within(town, LEAD, work):
        body = orjson.loads(each.body)
        assert (body.pop("id"), body.pop("meta")["versionId"], body.pop("sent")) == (each.id, "1", each.since)
        found.append((body, envelope.value(each.terms, ".custodian")))
    return found


def letter(to: str, said: str = NAMED, former: str = CENTER, successor: str = OTHER) -> Json:
    return {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", "directory-notice")],
        "about": [ref(former), ref(successor)],
        "recipient": [ref(to)],
        "payload": [{"contentString": said}],
    }


@pytest.fixture
def waiting(town: Town) -> Town:
    """An agency waits, twice, and a post that asks as such does; others do not, or with others, or in vain."""
    laid(
        town,
        request("a", CENTER, COUNCIL),
        request("b", COUNCIL, CENTER),
        request("post", CENTER, POST),
        request("over", CENTER, "Organization/x", status="completed"),
        request("forged", CENTER, "Organization/y", counts=False),
        request("successor", CENTER, OTHER),
        request("own", CENTER),
        request("others", LEADING, "Organization/z"),
    )
    return town


@pytest.mark.parametrize(("undone", "said"), [(False, NAMED), (True, UNDONE)])
def test_each_that_waits_is_told_once_which_two_agencies_it_is_about(waiting: Town, undone: bool, said: str) -> None:
    assert told(waiting, undone=undone) == [(letter(COUNCIL, said), COUNCIL), (letter(POST, said), "")]


def test_who_waits_for_an_agency_whose_files_that_one_kept_is_told_too(waiting: Town) -> None:
    end(waiting)
    name(waiting, to=OTHER)
    laid(waiting, request("late", OTHER, LEADING))
    found = told(waiting, OTHER, "Organization/new")
    assert [keeper for _, keeper in found] == [COUNCIL, LEADING, ""]
    assert found[0][0] == letter(COUNCIL, former=OTHER, successor="Organization/new")


def test_where_nobody_waits_nobody_is_told(town: Town) -> None:
    assert told(town) == []


def test_all_who_wait_are_told_however_many_there_are(town: Town) -> None:
    laid(town, *(request(f"r{number}", CENTER, f"Organization/a{number % 9}") for number in range(220)))
    assert [keeper for _, keeper in told(town)] == [f"Organization/a{number}" for number in range(9)]
