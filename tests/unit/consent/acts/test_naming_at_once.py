"""Two workers on one store name a successor, or one undoes what the other relies on: as if one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

import pytest

from consent.acts import naming_successor
from consent.acts.naming_successor import Naming
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.store.open import opened
from tests.unit.consent.acts.test_naming_successor import ALL, CENTER, CO, COUNCIL, EM, LEAD, OTHER, WHY, Q, end, name
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town


@pytest.fixture
def beside(kept: Town, spec: Spec) -> Iterator[Town]:
    """Another worker of the same city."""
    store = opened(kept.address or str(kept.folder), lambda: NOW)
    kept.run(store.open())
    yield Town.of(kept.runner, store, spec)
    kept.run(store.close())


def test_of_two_that_name_a_successor_at_once_one_does(kept: Town, beside: Town) -> None:
    end(kept)

    async def both() -> list[object]:
        asked = (
            worker.gate.operate(
                LEAD, ("$name-successor", CENTER), partial(naming_successor.named, said=Naming(CENTER, to, WHY))
            )
            for worker, to in ((kept, OTHER), (beside, COUNCIL))
        )
        return await asyncio.gather(*asked, return_exceptions=True)

    done = kept.run(both())
    refused = [each for each in done if isinstance(each, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], Problem)
    assert refused[0].kind == "business-rule"
    by_council = done.index(refused[0]) == 0
    for worker in (kept, beside):
        for who in (Q, CO, EM):
            reads = worker.reads(who, "Condition/c")
            assert reads == ((who is not Q) if by_council else (who is Q)), who


def test_what_one_names_and_undoes_holds_for_the_next_request_of_the_other(kept: Town, beside: Town) -> None:
    end(kept)
    assert not any(beside.reads(Q, each) for each in ALL)
    name(kept)
    assert all(beside.reads(Q, each) for each in ALL)
    assert beside.search(Q, "Condition") == ["Condition/c", "Condition/d"]
    name(beside, undo=True)
    assert not any(kept.reads(Q, each) for each in ALL)
    assert kept.search(Q, "Condition") == []
