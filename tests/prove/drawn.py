"""Some of all changes, drawn at random: what is seen of them is nearly what is seen of all, in an hour and not in days.

docs/testing.md, "Mutation". TSUNAGU_PROVE_DRAWN says how many; TSUNAGU_PROVE_SEED which.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Collection, Mapping

MANY = int(os.environ.get("TSUNAGU_PROVE_DRAWN", "0"))
SEED = os.environ.get("TSUNAGU_PROVE_SEED", "1")

_SIGMAS = 1.645
"""One side of 95 % of a normal distribution."""


def of(found: Mapping[str, Collection[str]], many: int = MANY, seed: str = SEED) -> dict[str, list[str]]:
    """The names that are drawn of those of each file; all of them where nobody said how many."""
    drawn = {name for names in found.values() for name in names}
    if many:
        drawn = set(sorted(drawn, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())[:many])
    return {file: kept for file, names in found.items() if (kept := [name for name in names if name in drawn])}


def at_least(seen: int, of: int) -> float:
    """The share of all that is seen at least, with 95 % of certainty, where `seen` of `of` drawn were (Wilson)."""
    if not of:
        return 0.0
    share, square = seen / of, _SIGMAS**2
    middle, spread = share + square / (2 * of), _SIGMAS * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return (middle - spread) / (1 + square / of)
