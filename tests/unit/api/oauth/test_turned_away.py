"""Who asks without a good token leaves an event, and floods no trail by asking on."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection

from api.oauth.events import Events
from api.oauth.turned_away import SECONDS, TurnedAway
from resources.store.trail import Event
from tests.unit.consent.people import NOW


def asked(*asked: tuple[float, str, bool]) -> list[Event]:
    """The events of asking at these seconds, from these places, with a token or without."""
    made: list[Event] = []
    at: list[datetime] = [NOW]

    async def append(event: Event) -> None:
        made.append(event)

    async def ask() -> None:
        away = TurnedAway(Events(append, lambda: at[0]), lambda: at[0])
        for seconds, place, token in asked:
            at[0] = NOW + timedelta(seconds=seconds)
            await away.note(HTTPConnection({"type": "http", "headers": []}), place, "r", token=token)

    asyncio.run(ask())
    return made


def test_each_place_leaves_one_event_a_minute() -> None:
    assert len(asked((0, "a", True), (1, "a", True), (SECONDS - 1, "a", True))) == 1
    assert len(asked((0, "a", True), (SECONDS, "a", True))) == 2
    assert len(asked((0, "a", True), (1, "b", True))) == 2
    assert len(asked((86_400, "a", True), (0, "a", True))) == 2, "a clock that ran ahead says nothing of later minutes"


def test_it_says_whether_there_was_a_token_and_nothing_of_who_or_where() -> None:
    with_token, without = asked((0, "203.0.113.9", True), (0, "203.0.113.9", False))
    assert (with_token.asked, without.asked) == ("access token not accepted", "asked without signing in")
    for event in (with_token, without):
        assert (event.kind, event.outcome, event.person, event.client, event.request) == (
            "security-alert",
            "4",
            "",
            "",
            "r",
        )
        assert "203" not in repr(event)
