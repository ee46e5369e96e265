"""How a case ended: what came of it, and the review of one that was not resolved.

okayama-2019.txt s22, R44; extension `case-outcome`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import coding, reference

RESOLVED, UNRESOLVED = "resolved", "unresolved"


@dataclass(frozen=True, slots=True)
class Ending:
    """`outcome` is a code of `case-outcome`, `review` the Task in which it is reviewed; empty where it is not said."""

    outcome: str = ""
    review: str = ""


def read(case: Mapping[str, Any]) -> Ending:
    """What a case says of its end."""
    for said in coding.extension(case, "case-outcome"):
        parts = {part.get("url"): part for part in said.get("extension") or () if isinstance(part, dict)}
        codes = coding.codes(parts.get("outcome", {}).get("valueCodeableConcept"), "case-outcome")
        return Ending(next(iter(sorted(codes)), ""), reference.one(parts.get("review", {}), "valueReference"))
    return Ending()
