"""Small-scope exhaustion: in every small world there is, each decision is what the second opinion comes to.

docs/testing.md
"""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from consent import ordinance, policy
from consent.rules import (
    addressed,
    conference_material,
    consented,
    coordination,
    lead_section,
    own_duty,
    secrecy,
    statutory_conference,
)
from profiles.spec import Spec
from tests.laws import asking, small
from tests.laws.oracle import Oracle
from tests.laws.plain import at_once
from tests.laws.whom import Books
from tests.laws.worlds import World
from tests.proofs import Proof

PERMITS = (own_duty, addressed, consented, statutory_conference, coordination, lead_section)
RESTRICTIONS = (conference_material, secrecy)
AT_ONCE = 500


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
            expected = {"D3"} if oracle.closed(record) else oracle.grounds(record)
            assert {rule.id for rule in decision.rules} == expected, (actor, record, world)
            assert bool(decision.masks) == oracle.masked(record), (actor, record, world)
            seen.update(expected or {"nothing"})
            seen["D1"] += bool(decision.masks)


def test_a_few_of_the_small_worlds_are_judged_alike(spec: Spec) -> None:
    law, seen = ordinance.of(spec), Counter[str]()
    assert small.size() >= 100_000
    for world in small.every(step=small.size() // 150):
        judged(world, law, seen)
    assert min(seen[id] for id in ("P1", "P2", "P3", "P4", "P5", "P6", "D1", "D3", "nothing")) > 5, seen


@pytest.mark.prove
@pytest.mark.proof("small-scope", small.size())
def test_every_small_world_is_judged_alike(spec: Spec, proof: Proof) -> None:
    """In an order that comes to all of them and meets every state early."""
    law, seen = ordinance.of(spec), Counter[str]()
    step = 7_919  # a prime that divides no number of states
    for start in range(step):
        worlds = small.every(start, step)
        while proof.goes_on and (some := list(islice(worlds, AT_ONCE))):
            for world in some:
                judged(world, law, seen)
            proof.count(len(some))
        if not proof.goes_on:
            return
