"""Who is in a household: its keeper lets a person join whom it has in care, and nobody else does.

docs/policy.md, "standing": whom a household holds is asked for its records, and is before its conferences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.standing.filing import Filing, Kind
from consent.verdict import Verdict
from resources.record import problem, reference
from resources.record.problem import Issue


def refused(filing: Filing) -> Iterator[Issue]:
    """P3: a person joins whom the writer's agency has in care, or registers in the same transaction."""
    there = set(_members(filing.before or {}))
    for place, person in enumerate(_members(filing.after)):
        if person.startswith("Patient/") and person not in there and not filing.has_in_care(person):
            yield problem.of_rule(
                "P3",
                "a household takes in whom its keeper has in care: have the person referred to you first, or ask who "
                "has them in care to keep the household",
                "世帯に加えられるのは、自分の機関が受け持つ人だけです。先に紹介を受けるか、"
                "受け持つ機関に世帯の管理を頼んでください",
                f"Group.member[{place}].entity",
                "forbidden",
            )


def judged(filing: Filing) -> Verdict:
    """It counts: that somebody is in it narrows what others may read, and opens nothing by itself."""
    return Verdict(True)


KIND = Kind(refused, judged)


def _members(group: Mapping[str, Any]) -> list[str]:
    return [reference.one(member, "entity") for member in group.get("member") or ()]
