"""Who is known to two agencies is looked for beside the requests, which are answered meanwhile (R40)."""

from __future__ import annotations

import asyncio

from consent import overlapping
from tests.unit.consent.town import Town, actor, patient

P, Q = actor("p"), actor("q")
PERSONS, ALIKE = 6, 3


def test_requests_are_answered_between_two_persons_and_between_two_pairs(town: Town) -> None:
    born = [f"19{60 + n}-04-01" for n in range(PERSONS)]
    called = {"name": [{"text": "水無瀬 花子", "family": "水無瀬", "given": ["花子"]}], "gender": "female"}
    for n, day in enumerate(born):
        town.write(Q, *(patient(f"q{n}-{m}", birthDate=day, **called) for m in range(ALIKE)))
    end = town.run(overlapping.end(town.gate))
    town.write(P, *(patient(f"p{n}", birthDate=day, **called) for n, day in enumerate(born)))
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
