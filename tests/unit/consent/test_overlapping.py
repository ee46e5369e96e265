"""Who is known to two agencies is looked for beside the requests, which are answered meanwhile (R40)."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from consent import overlapping
from consent.overlapping import Told
from tests.laws.worlds import extension
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, patient

P, Q = actor("p"), actor("q")
CALLED = {"name": [{"text": "水無瀬 花子", "family": "水無瀬", "given": ["花子"]}], "gender": "female"}
MISTAKEN = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}
PERSONS, ALIKE = 6, 3


def test_requests_are_answered_between_two_persons_and_between_two_pairs(town: Town) -> None:
    born = [f"19{60 + n}-04-01" for n in range(PERSONS)]
    for n, day in enumerate(born):
        town.write(Q, *(patient(f"q{n}-{m}", birthDate=day, **CALLED) for m in range(ALIKE)))
    end = town.run(overlapping.end(town.gate))
    town.write(P, *(patient(f"p{n}", birthDate=day, **CALLED) for n, day in enumerate(born)))
    turns = 0

    async def meanwhile() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> list[tuple[str, str]]:
        others = asyncio.create_task(meanwhile())
        pairs, _ = await overlapping.found(town.gate, end)
        others.cancel()
        return pairs

    assert len(town.run(both())) == PERSONS * ALIKE
    assert turns > PERSONS * ALIKE


@pytest.mark.parametrize("since", ["nothing", "protected", "corrected", "mistaken"])
def test_of_a_pair_is_told_what_is_so_when_it_is_told(town: Town, since: str) -> None:
    """Requests are answered between finding a pair and writing of it."""
    town.write(Q, patient("b", **CALLED))
    town.write(P, patient("a", **CALLED))
    ([pair], _) = town.run(overlapping.found(town.gate, ""))
    if since == "protected":
        town.protect(Q, "Patient/b", "Organization/other")
    if since == "corrected":
        town.write(P, patient("a", **CALLED, birthDate="1971-01-01", meta={"versionId": "1"}))

    if since == "mistaken":
        town.write(P, patient("a", **CALLED, **MISTAKEN, meta={"versionId": "1"}))

    def tell() -> Told:
        do = partial(overlapping.tell, pair=pair)
        return town.run(town.gate.operate(overlapping.server(NOW), (overlapping.NAME, *pair), do))

    assert len(tell().told) == (since == "nothing")
    assert len(town.stored("Communication")) == (since == "nothing")
