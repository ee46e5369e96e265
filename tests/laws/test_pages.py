"""Pages in worlds that change: who follows `next` is given what the second opinion lets be read, once each, in order.

docs/search.md, "pages"; docs/policy.md, "nothing leaks". On either store.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from consent.actor import Actor
from profiles.spec import Spec
from resources.record.version import Version
from resources.search import request
from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query, Store
from tests.laws import asking
from tests.laws.drawn import LAW, drawn
from tests.laws.test_policy_changes import (
    ACTORS,
    PEOPLE,
    WORKED,
    City,
    against,
    founded,
    person,
    second_opinion,
    steps,
)
from tests.laws.worlds import index, ref
from tests.unit.consent.town import concern, paper
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

MANY = 60
PAGED = settings(LAW, phases=[Phase.generate])
"""A world that fails is told as it is: to make it smaller takes longer than to look at it."""
IN_TIME = ("", "_lastUpdated", "-_lastUpdated")
BY_VALUE = {
    "Task": ("code", "-status,_lastUpdated", "status,-_lastUpdated"),
    "Condition": ("code", "-code,_lastUpdated"),
    "CarePlan": ("status", "-status,-_lastUpdated"),
    "Communication": ("status", "-_id"),
    "Consent": ("-status,_lastUpdated", "date"),
    "Patient": ("family,-_lastUpdated", "-birthdate"),
}
ORDERS = [(type, order) for type, orders in BY_VALUE.items() for order in (*IN_TIME, *orders)]


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.prove)])
def stores(request: pytest.FixtureRequest) -> str:
    """Beneath what address stores are opened; empty for folders of their own."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("mongodb"))


@contextmanager
def standing(runner: asyncio.Runner, spec: Spec, stores: str) -> Iterator[City]:
    with tempfile.TemporaryDirectory() as folder:
        store = opened(f"{stores}/p{uuid4().hex}" if stores else folder)
        runner.run(store.open())
        try:
            yield founded(runner, store, spec)
        finally:
            runner.run(store.close())


@dataclass
class Walk:
    """One search that is followed page by page."""

    city: City
    who: Actor
    sorted: tuple[str, str]
    count: int

    @property
    def type(self) -> str:
        return self.sorted[0]

    @property
    def order(self) -> str:
        return self.sorted[1]

    def page(self, after: str = "") -> tuple[list[str], str, str]:
        asked = [("_count", str(self.count)), *([("_sort", self.order)] if self.order else [])]
        found = self.city.town.page(self.who, self.type, *asked, after=after)
        return [each.reference for each in found.versions], found.next, found.previous

    def rows(self) -> list[Version]:
        """All rows of the type in this order, whoever may read them, as they are found without pages."""
        wanted = request.parse(index(), self.type, (("_sort", self.order),) if self.order else ())

        async def look(store: Store) -> list[Version]:
            async with asking.asked(store, self.who) as view:
                query = Query(has(".type", self.type), wanted.order)
                return list((await view.find(query, within=EVERYTHING)).versions)

        return self.city.town.run(look(self.city.town.store))

    def readable(self) -> set[str]:
        """What the second opinion lets this one read of the type."""

        async def look(store: Store) -> list[Version]:
            async with asking.asked(store, self.who) as view:
                return [row for row in await asking.everything(view) if row.type in WORKED]

        oracle, records = second_opinion(self.city, self.who, self.city.town.run(look(self.city.town.store)))
        own = [each for each in records if each.reference.startswith(f"{self.type}/")]
        return {each.reference for each in own if oracle.grounds(each) and not against(oracle, each)}


@st.composite
def many(draw: st.DrawFn, city: City) -> None:
    """Enough of each type that pages follow one another, of which not everybody reads all."""
    about = [draw(person) for _ in range(8)]
    city.write("many", ACTORS[0], *(concern(f"c{place}", one) for place, one in enumerate(about)))
    for place, one in enumerate(about[:5]):
        asked: Json = {"resourceType": "Task", "id": f"t{place}", "status": "requested", "intent": "order"}
        owner = draw(st.sampled_from(("Organization/other", "PractitionerRole/q", "Organization/council")))
        asked |= {"requester": ref("Organization/center"), "owner": ref(owner), "for": ref(f"Patient/{one}")}
        word: Json = {"resourceType": "Communication", "id": f"w{place}", "status": "completed"}
        word |= {"about": [ref(f"Condition/c{place}")], "recipient": [ref(owner)]}
        city.write("many", ACTORS[0], asked, word)
    forms: list[Json] = [consent(f"e{one}", patient=ref(f"Patient/{one}")) for one in PEOPLE[: draw(st.integers(1, 3))]]
    forms = [each | {"performer": [each["patient"]]} for each in forms]
    city.write("many", ACTORS[0], *map(paper, forms), *forms)


@st.composite
def stirred(draw: st.DrawFn, city: City) -> None:
    """What others write between two pages: anything, or something of what there is much of."""
    id = f"c{draw(st.integers(0, 7))}"
    match draw(st.sampled_from(("any", "any", "again", "moved", "gone", "revoked", "revoked"))):
        case "any":
            draw(steps(city))
        case "again" if f"Condition/{id}" in city.bodies:
            city.write("again", ACTORS[0], city.bodies[f"Condition/{id}"] | {"note": [{"text": "書き足した"}]})
        case "moved":
            city.write("moved", ACTORS[0], concern(id, draw(person)))
        case "revoked":
            form = city.bodies.get(f"Consent/e{draw(person)}")
            city.write("revoked", ACTORS[0], *([form | {"status": "inactive"}] if form else []))
        case _:
            city.delete(f"Condition/{id}")


walks = st.tuples(
    st.sampled_from((*ACTORS[:2], *ACTORS[1:2] * 3, *ACTORS[2:5], ACTORS[6])),
    st.sampled_from(ORDERS),
    st.integers(1, 3),
)


def drawn_walks(data: st.DataObject, city: City, *, after: int, number: int) -> Iterator[Walk]:
    """Searches in a city with enough of each type, `after` so many changes at most."""
    data.draw(many(city))
    for _ in range(data.draw(st.integers(0, after))):
        data.draw(steps(city))
    for asked in data.draw(st.lists(walks, min_size=number, max_size=number)):
        yield Walk(city, *asked)


def named(rows: list[Version]) -> list[str]:
    return [row.reference for row in rows]


@drawn(5, MANY)
def test_all_pages_together_are_what_may_be_read_and_lead_back(
    runner: asyncio.Runner, spec: Spec, stores: str, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @settings(PAGED, max_examples=examples)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        with standing(runner, spec, stores) as city:
            for walk in drawn_walks(data, city, after=8, number=12):
                readable = walk.readable()
                expected = [name for name in named(walk.rows()) if name in readable]
                pages = [walk.page()]
                while pages[-1][1]:
                    assert len(pages[-1][0]) == walk.count
                    pages.append(walk.page(pages[-1][1]))
                assert [name for names, _, _ in pages for name in names] == expected, walk
                assert pages[-1][0] or not expected, "the last page says that it is the last"
                back = [pages[-1]]
                while back[-1][2]:
                    back.append(walk.page(back[-1][2]))
                assert [name for names, _, _ in reversed(back) for name in names] == expected, walk
                seen["pages"] += len(pages)
                seen["several"] += len(pages) > 1
                seen["hidden"] += len(expected) < len(walk.rows()) and bool(expected)

    holds()
    assert seen["several"] > examples, seen
    assert seen["hidden"] > examples, seen


@drawn(7, 2 * MANY)
def test_while_others_write_each_row_comes_once_none_is_lost_and_none_that_may_not_be_read_any_more(
    runner: asyncio.Runner, spec: Spec, stores: str, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @settings(PAGED, max_examples=examples)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        with standing(runner, spec, stores) as city:
            for walk in drawn_walks(data, city, after=4, number=4):
                _followed(walk, data, seen)

    holds()
    assert seen["followed"] > examples, seen
    assert min(seen["closed"], seen["written"]) > examples / 10, seen


def _followed(walk: Walk, data: st.DataObject, seen: Counter[str]) -> None:
    """Page by page, while others write between."""
    began, always = walk.rows(), walk.readable()
    places = {name: place for place, name in enumerate(named(began))}
    values = {row.reference: _values(row) for row in began}
    names, following, _ = walk.page()
    came, at = list(names), places[names[-1]] if names else -1
    while following:
        for _ in range(data.draw(st.integers(1, 2))):
            data.draw(stirred(walk.city))
        rows, readable = walk.rows(), walk.readable()
        seen["closed"] += bool(always - readable)
        seen["written"] += {(row.reference, row.number) for row in rows} != {
            (row.reference, row.number) for row in began
        }
        always &= readable
        values = {row.reference: _values(row) for row in rows if values.get(row.reference) == _values(row)}
        names, following, _ = walk.page(following)
        seen["followed"] += 1
        assert readable.issuperset(names), walk
        assert len(names) == walk.count or not following, walk
        if walk.order in IN_TIME:
            assert [places[name] for name in names] == sorted(places[name] for name in names if places[name] > at), walk
            at = places[names[-1]] if names and following else len(began)
            lost = {name for name in always if places[name] < at} - {*came, *names}
            assert not lost, (walk, lost)
        came += names
    if walk.order in IN_TIME:
        assert len(came) == len(set(came)), walk
    else:
        stayed = always & values.keys()
        assert all(came.count(name) == 1 for name in stayed), (walk, stayed, came)


def _values(row: Version) -> frozenset[str]:
    """All by which it is found and sorted, as of which version."""
    return frozenset({str(row.number), *(each for each in row.terms if not each.startswith("."))})
