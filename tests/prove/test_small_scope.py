"""Small-scope exhaustion: in every small world, each decision is what the second opinion comes to.

docs/testing.md
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from multiprocessing import get_context

import pytest

from consent import ordinance, policy
from consent.rules import (
    addressed,
    carrying_out,
    conference_material,
    consented,
    coordination,
    lead_section,
    mistake,
    own_duty,
    secrecy,
    statutory_conference,
)
from profiles import load
from profiles.spec import Spec
from tests.laws import asking, small
from tests.laws.oracle import Oracle
from tests.laws.plain import at_once
from tests.laws.whom import Books
from tests.laws.worlds import World
from tests.proofs import Proof

PERMITS = (own_duty, addressed, consented, statutory_conference, coordination, lead_section, carrying_out)
RESTRICTIONS = (conference_material, secrecy, mistake)
STEP = 7_919
"""A prime, which divides no number of states."""
JOBS = 997
"""Parts of the near worlds, which a process judges at a time."""


def judged(world: World, law: ordinance.Ordinance, seen: Counter[str]) -> None:
    books = Books()
    books.enter(*((each.reference, each.body) for each in world.records))
    view = small.view(world)
    rows = list(view.versions.values())
    for actor in world.actors:
        known = at_once(asking.known(view.view, actor, law, rows))
        made = policy.rules("read", known, PERMITS, RESTRICTIONS)
        oracle = Oracle(world, actor, books)
        for record in world.records[small.DIRECTORY :]:
            decision = policy.decide(made, view.versions[record.reference].stored, known.world)
            against = {"D3"} if oracle.closed(record) else set()
            against |= {"mistake"} if oracle.mistaken(record) else set()
            expected = against or oracle.grounds(record)
            assert {rule.id for rule in decision.rules} == expected, (actor, record, world)
            assert bool(decision.masks) == oracle.masked(record), (actor, record, world)
            seen.update(expected or {"nothing"})
            seen["D1"] += bool(decision.masks)


def test_a_few_of_the_small_worlds_are_judged_alike(spec: Spec) -> None:
    law, seen = ordinance.of(spec), Counter[str]()
    assert small.near_size() >= 100_000
    for world in small.every(step=STEP * 23):
        judged(world, law, seen)
    assert min(seen[id] for id in ("P1", "P2", "P3", "P4", "P5", "P6", "P13", "D1", "D3", "mistake", "nothing")) > 5, (
        seen
    )


@pytest.mark.prove
@pytest.mark.proof("small-scope", small.near_size())
def test_every_near_world_is_judged_alike(proof: Proof) -> None:
    """On every core, in an order that meets each state early."""
    starts = iter(range(JOBS))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        waiting = [workers.submit(judged_from, start) for start in islice(starts, 8)]
        while waiting:
            proof.count(waiting.pop(0).result())
            waiting += [workers.submit(judged_from, start) for start in islice(starts, 1) if proof.goes_on]


def judged_from(start: int) -> int:
    """One part of the near worlds; how many those are."""
    seen, judging = Counter[str](), list(small.near(start, JOBS))
    for world in judging:
        judged(world, _law(), seen)
    return len(judging)


@cache
def _law() -> ordinance.Ordinance:
    return ordinance.of(load.load())
