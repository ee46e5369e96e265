"""Who hands something on to another installation keeps it: what one reads otherwise is not one's own to share (R4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from consent.reading.reading import Reading
from consent.views import sharing
from tests.unit.consent.town import Town, actor, concern, patient, taken_on
from tests.unit.consent.views.reading import refused
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")


def handing_on(*names: str) -> Callable[[Reading], Awaitable[None]]:
    async def handed_on(reading: Reading) -> None:
        for name in names:
            type, _, id = name.partition("/")
            await reading.read(type, id)
        sharing.one_s_own(reading)

    return handed_on


def test_who_keeps_something_of_it_hands_it_on_and_nobody_who_read_it_otherwise(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    town.sign(P, consent("a"))
    taken_on(town)
    town.write(Q, concern("q", "1"))
    assert refused(town, P, handing_on("Condition/c")) == ("", "")
    assert refused(town, Q, handing_on("Condition/c")) == ("forbidden", "R4")
    assert refused(town, Q, handing_on("Condition/c", "Condition/q")) == ("", ""), "something of it is enough"
    assert refused(town, Q, handing_on()) == ("forbidden", "R4")
