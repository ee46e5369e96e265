"""What follows from a write is written with it where it is little, and else lies until it is fetched, once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.writing import letters
from consent.writing.apart import LETTERS
from consent.writing.change import UnitOfWork
from consent.writing.letters import Letter
from resources.record import envelope
from tests.unit.consent.town import Town, actor
from tests.unit.consent.writing.within import within

Json = dict[str, Any]

SERVER = actor("p")


def some(first: int, last: int) -> list[Letter]:
    """Each to be kept by an agency of its own."""
    return [Letter(word(number), f"Organization/a{number}") for number in range(first, last)]


def word(number: int) -> Json:
    return {"resourceType": "Communication", "status": "completed", "payload": [{"contentString": f"{number}"}]}


def write(town: Town, *several: list[Letter]) -> tuple[list[int], int, set[str]]:
    """How many were written of each with the write, for how many there is room then, and what is left."""

    async def work(unit: UnitOfWork) -> tuple[list[int], int, set[str]]:
        made = [len(await letters.written(unit, each)) for each in several]
        return made, unit.apart.letters, unit.apart.left

    return within(town, SERVER, work)


def fetch(town: Town) -> int | None:
    async def work(unit: UnitOfWork) -> int | None:
        made = await letters.fetched(unit)
        return None if made is None else len(made)

    return within(town, SERVER, work)


def told(town: Town) -> list[tuple[int, str]]:
    """What each says, and who keeps it; every one is the first version of a record that the server gave an id."""
    found = town.stored("Communication")
    assert {each.number for each in found} <= {1}
    bodies = [(orjson.loads(each.body), envelope.value(each.terms, ".custodian")) for each in found]
    assert all(word(int(body["payload"][0]["contentString"])).items() <= body.items() for body, _ in bodies)
    return sorted((int(body["payload"][0]["contentString"]), keeper) for body, keeper in bodies)


def each(first: int, last: int) -> list[tuple[int, str]]:
    return [(number, f"Organization/a{number}") for number in range(first, last)]


def test_so_many_are_written_with_the_write_in_all_and_the_others_are_left(town: Town) -> None:
    assert write(town, some(0, 4), some(4, LETTERS), some(LETTERS, LETTERS + 1)) == ([4, 6, 0], 0, {letters.LEFT})
    assert told(town) == each(0, LETTERS)
    assert fetch(town) == 1
    assert told(town) == each(0, LETTERS + 1)
    assert fetch(town) is None


def test_where_there_is_no_room_for_all_that_follow_from_one_thing_none_of_them_is_written_with_it(town: Town) -> None:
    many = 2 * LETTERS + 3
    assert write(town, some(0, many)) == ([0], LETTERS, {letters.LEFT})
    assert told(town) == []
    assert sorted(fetch(town) or 0 for _ in range(3)) == [3, LETTERS, LETTERS], "some in one transaction"
    assert told(town) == each(0, many)
    assert fetch(town) is None


def test_as_many_as_there_is_room_for_are_written_at_once(town: Town) -> None:
    assert write(town, some(0, LETTERS)) == ([LETTERS], 0, set())
    assert fetch(town) is None
    assert told(town) == each(0, LETTERS)


def test_what_a_server_that_is_gone_has_left_is_written(town: Town) -> None:
    left = [{"resource": word(number), "keeper": f"Organization/a{number}"} for number in range(2)]
    assert town.run(town.store.vault.keep("letters", "some", orjson.dumps(left)))
    assert fetch(town) == 2
    assert told(town) == each(0, 2)


def test_nothing_is_written_of_nothing(town: Town) -> None:
    assert write(town, []) == ([0], LETTERS, set())
    assert (fetch(town), told(town)) == (None, [])


@pytest.mark.parametrize("keeper", ["", "Organization/other"])
def test_a_letter_is_kept_by_whom_it_says_or_by_nobody(town: Town, keeper: str) -> None:
    write(town, [Letter(word(1), keeper)])
    assert told(town) == [(1, keeper)]
