"""What is left of the verdict on roles in a part of a household that was divided, as the division writes it.

docs/policy.md, "dividing"; P13. A check judges it anew by the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from consent import verdict
from consent.verdict import Verdict
from resources.record import reference
from resources.search.predicate import term


def named(participants: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Who has these roles, and for whom."""
    found = (reference.one(each, key) for each in participants for key in ("member", "onBehalfOf"))
    return frozenset(found) - {""}


def held(had: Verdict, home: str, group: str, persons: Collection[str]) -> frozenset[str]:
    """Whom they are for: those of the part for whom they were decided, and its own household in place of the whole."""
    fixed = frozenset(one for one in had.fixed if one in persons or one.startswith("Encounter/"))
    return fixed | {group} if home in had.fixed else fixed


def left(had: Verdict, fixed: frozenset[str], posts: Collection[str], keepers: Collection[str]) -> Verdict:
    """The verdict for these: `posts` carry them out for agencies that have a role in the part, `keepers` have its
    case. What never counted is carried out by nobody."""
    noted = {term(verdict.CARRIER, key) for key in (*posts, *keepers)}
    noted |= {term(verdict.SEATED, each) for each in had.note(verdict.SEATED) if each.partition(" ")[0] in posts}
    noted |= {term(verdict.BROUGHT, one) for one in keepers}
    return Verdict(had.counts, had.honoured, had.void, frozenset(noted if had.counts else ()), fixed)
