"""What the trail says of letters that were written after a write: that the server wrote them, and which."""

from __future__ import annotations

from typing import Any

import orjson

from consent import trail, vocabulary
from consent.acts import delivering
from resources.store.trail import Event, TrailQuery
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town

Json = dict[str, Any]


def leave(town: Town, key: str, *keepers: str) -> None:
    word: Json = {"resourceType": "Communication", "status": "completed"}
    left = [{"resource": word, "keeper": each} for each in keepers]
    assert town.run(town.store.vault.keep("letters", key, orjson.dumps(left)))


def events(town: Town) -> list[Event]:
    async def look() -> list[Event]:
        found = await town.store.trail.find(TrailQuery(newest_first=False, limit=1000))
        return [each.event for each in found.entries]

    return town.run(look())


def test_each_transaction_of_them_is_one_event_of_the_server_s(town: Town) -> None:
    leave(town, "a", "Organization/other", "Organization/council")
    leave(town, "b", "Organization/lead")
    before = len(events(town))
    assert town.run(delivering.are_left(town.gate.engine))
    town.run(delivering.delivered(town.gate.engine, NOW))
    assert not town.run(delivering.are_left(town.gate.engine))
    told = events(town)[before:]
    assert sorted(len(each.records) for each in told) == [1, 2]
    assert {name for each in told for name in each.records} == {each.cited for each in town.stored("Communication")}
    for each in told:
        assert (each.kind, each.action, each.outcome, each.asked) == ("operation", "C", trail.ALLOWED, "letters")
        assert (each.client, each.person, each.agencies) == ("server", "", ())
        assert each.purpose == vocabulary.COORDINATION_OF_CARE
        assert each.rules == (trail.policy("P2"),)


def test_where_nothing_is_left_nothing_is_said(town: Town) -> None:
    before = len(events(town))
    town.run(delivering.delivered(town.gate.engine, NOW))
    leave(town, "nobody")
    town.run(delivering.delivered(town.gate.engine, NOW))
    assert len(events(town)) == before
    assert not town.run(delivering.are_left(town.gate.engine))
