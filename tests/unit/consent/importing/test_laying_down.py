"""A list of the directory is checked whole and then written piece by piece: nobody waits for all of it (P12)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.gate import Gate
from consent.importing import laying_down
from consent.importing.laying_down import STANDING
from consent.writing.apart import STEP
from consent.writing.prepared import Change
from resources.record import reference
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.acts.counted import Counted
from tests.unit.consent.town import INSTALLER, Json, Town

MANY = STEP + 1
BOTH_STORES = pytest.mark.parametrize("town", ["town", "town_on_mongodb"], indirect=True)


@pytest.fixture
def town(request: pytest.FixtureRequest) -> Town:
    found: Town = request.getfixturevalue(getattr(request, "param", "town"))
    return found


def change(resource: Json) -> Change:
    return Change("update", resource["resourceType"], resource["id"], orjson.dumps(resource))


def agency(id: str, **elements: object) -> Json:
    return {"resourceType": "Organization", "id": id, "active": True, "name": id} | elements


def desk(id: str, **elements: object) -> Json:
    fields = {"category": [concept("concern-field", "debts")], "providedBy": ref(f"Organization/{id}")}
    return {"resourceType": "HealthcareService", "id": id, "active": True} | fields | elements


def a_list() -> list[Json]:
    """Who answers, and where, before what that is of; two places that lie in one another, as no list should say."""
    posts = [
        {"resourceType": "PractitionerRole", "id": f"n{n}", "practitioner": ref(f"Practitioner/n{n}")}
        | {"organization": ref(f"Organization/n{n}"), "healthcareService": [ref(f"HealthcareService/n{n}")]}
        for n in range(MANY)
    ]
    people = [{"resourceType": "Practitioner", "id": f"n{n}"} for n in range(MANY)]
    desks = [desk(f"n{n}", location=[ref("Location/one")]) for n in range(MANY)]
    places = [
        {
            "resourceType": "Location",
            "id": id,
            "partOf": ref(f"Location/{of}"),
            "managingOrganization": ref("Organization/n0"),
        }
        for id, of in (("one", "two"), ("two", "one"))
    ]
    return [*posts, *people, *desks, *places, *(agency(f"n{n}") for n in range(MANY))]


class Watched(Counted):
    """Asks after each for what stands."""

    def __init__(self, town: Town, then: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(town)
        self.then, self.done = then, 0

    async def looked(self) -> None:
        self.done += 1  # what is only tried is undone
        if self.then:
            await self.then()


def laid(town: Town, resources: Sequence[Json], store: Any = None, **named: Any) -> list[Change]:
    gate = Gate(replace(town.gate.engine, store=store)) if store else town.gate

    async def planned() -> list[Change]:
        return [change(each) for each in resources]

    return town.run(laying_down.laid(gate, INSTALLER, "city import", planned, **named))


def names(town: Town) -> set[str]:
    types = ("Organization", "HealthcareService", "Location", "Practitioner", "PractitionerRole")
    return {each.reference for type in types for each in town.stored(type)}


def test_what_is_wrong_in_it_is_said_before_anything_is_written(town: Town) -> None:
    before = names(town)
    with pytest.raises(Problem) as caught:
        laid(town, [*a_list(), agency("wrong", name=1)])
    assert caught.value.kind == "invalid"
    assert names(town) == before


def test_so_is_what_a_duty_has_against_its_last_record(town: Town) -> None:
    before, moved = names(town), desk("desk", providedBy=ref("Organization/other"))
    with pytest.raises(Problem, match="P12: a desk never changes"):
        laid(town, [*a_list(), moved])
    assert names(town) == before


@BOTH_STORES
def test_no_piece_is_larger_than_others_wait_for_and_none_refers_to_what_is_not_there(town: Town) -> None:
    refers: list[bool] = []

    async def whole() -> None:
        async with town.store.snapshot() as view:
            for version in (await view.feed("", 10_000, within=STANDING)).versions:
                for _, target in reference.named(orjson.loads(version.body)):
                    refers.append(await view.get(*target.split("/"), within=STANDING) is not None)

    store = Watched(town, whole)
    told: list[tuple[int, int]] = []
    done = laid(town, a_list(), store, advance=lambda *far: told.append(far))
    assert len(done) == len(a_list())
    assert store.most <= STEP
    assert store.done >= len(a_list()) // STEP, "what is only tried is undone"
    assert refers
    assert all(refers)
    assert told[-1] == (2 * len(done), 2 * len(done))
    assert told == sorted(told)


def test_a_person_stands_with_a_post_at_every_moment_since_they_are_known_again_by_it(town: Town) -> None:
    alone: list[set[str]] = []

    async def posts() -> None:
        async with town.store.snapshot() as view:
            made = {each.reference for each in (await view.feed("", 10_000, within=STANDING)).versions}
            alone.append({each for each in made if each.startswith("Practitioner/n")} - {
                each.replace("PractitionerRole", "Practitioner") for each in made
            })  # fmt: skip

    laid(town, a_list(), Watched(town, posts))
    assert alone
    assert not any(alone)


def programme(id: str, side: str, pair: str) -> Json:
    said = {"eligibility": [{"code": concept("programme-side", side)}]}
    named = extension("programme-pair", valueReference=ref(f"HealthcareService/{pair}"))
    return desk(id, providedBy=ref("Organization/center"), extension=[named]) | said


def test_what_names_a_record_that_the_list_changes_is_judged_by_what_that_will_say(town: Town) -> None:
    """Of a pair of programmes the one stands, and is no programme yet; the other is new, and is written first (R45)."""
    laid(town, [desk("stands", providedBy=ref("Organization/center"))])
    pair = [programme("stands", "assisted", "new"), programme("new", "in-hardship", "stands")]
    assert [each.id for each in laid(town, [*a_list(), *pair])][-1] == "stands"
    assert {"HealthcareService/new", "HealthcareService/stands"} <= names(town)


def test_what_it_would_not_stand_by_is_said_before_anything_is_written(town: Town) -> None:
    """The standing one is right as it is, and not as the list says it."""
    pair = [programme("one", "assisted", "two"), programme("two", "in-hardship", "one")]
    laid(town, pair)
    before = names(town)
    new = programme("three", "in-hardship", "one")
    with pytest.raises(Problem, match="R45"):
        laid(town, [*a_list(), programme("one", "in-hardship", "two"), new])
    assert names(town) == before


@pytest.mark.parametrize("after", [1, 3, 4])
def test_one_that_was_broken_off_goes_on_and_writes_nothing_twice(town: Town, after: int) -> None:
    async def ends() -> None:
        if store.done == after:
            raise KeyboardInterrupt

    store = Watched(town, ends)
    with pytest.raises(KeyboardInterrupt):
        laid(town, a_list(), store)
    there = len(names(town))
    done = laid(town, a_list())
    assert 0 < len(done) < len(a_list())
    assert len(names(town)) == there + len(done)
    assert {each.number for type in ("Organization", "PractitionerRole") for each in town.stored(type)} == {1}
    assert laid(town, a_list()) == []


def test_what_changes_is_written_after_what_is_new_and_what_ends_last_and_each_agency_is_told(town: Town) -> None:
    laid(town, a_list())
    later = [desk(f"n{n}", active=n % 2 == 0, comment="後の一覧") for n in range(MANY)]
    store = Watched(town)
    done = laid(town, [*later, agency("new")], store)
    said = [orjson.loads(each.body) for each in done]
    assert said[0]["id"] == "new"
    assert [each["active"] for each in said[1:]] == sorted((n % 2 == 0 for n in range(MANY)), reverse=True)
    assert store.most <= STEP
    assert len(town.stored("Communication")) == MANY


@BOTH_STORES
def test_where_somebody_else_writes_the_directory_it_is_planned_anew(town: Town) -> None:
    plans: list[list[Change]] = []

    async def planned() -> list[Change]:
        left_out = "n9" if plans else ""
        every = (each for each in a_list() if each["id"] != left_out or "Pract" not in each["resourceType"])
        plans.append([change(each) for each in every])
        return plans[-1]

    async def other() -> None:
        if store.done == 1:
            store.then = None
            await town.gate.commit(INSTALLER, [change(agency("between"))])

    store = Watched(town, other)
    gate = Gate(replace(town.gate.engine, store=store))
    done = town.run(laying_down.laid(gate, INSTALLER, "city import", planned))
    assert len(plans) == 2
    assert len(done) == len({each.reference for each in done}) == len(plans[1])
    assert {each.reference for each in plans[0]} - names(town) == {"Practitioner/n9", "PractitionerRole/n9"}


def test_two_at_once_end_both_and_write_each_record_once(town: Town) -> None:
    async def both() -> None:
        async def planned() -> list[Change]:
            return [change(each) for each in a_list()]

        laying = (laying_down.laid(town.gate, INSTALLER, "city import", planned) for _ in range(2))
        one, two = await asyncio.gather(*laying)
        assert len(one) + len(two) == len(a_list())

    town.run(both())
    assert {each.number for type in ("Organization", "PractitionerRole") for each in town.stored(type)} == {1}


def test_where_somebody_goes_on_writing_it_is_said_and_nothing_is_undone(town: Town) -> None:
    async def planned() -> list[Change]:
        await town.gate.commit(INSTALLER, [change(agency("between", alias=[str(len(tried))]))])
        tried.append(1)
        return [change(agency("new"))]

    tried: list[int] = []
    with pytest.raises(Problem, match="goes on writing the directory"):
        town.run(laying_down.laid(town.gate, INSTALLER, "city import", planned))
    assert len(tried) == laying_down.TRIES
