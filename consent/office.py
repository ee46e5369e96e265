"""For whom a post speaks: what is addressed to a coordinator and the like as such is that office's, not its agency's.

docs/policy.md, "grounds", and "its post alone": who stands in for somebody holds a post of the same function there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from consent import vocabulary
from resources.record import coding
from resources.record.envelope import PARTIES
from resources.search.relation import Relation, Values

ADDRESSED = Values(".party", through=".party", relation="speaks")
"""The parties of a request, and for whom their posts and desks speak."""

SPEAKS = ADDRESSED.relation
"""Of a post or a desk, to the Organization for which it is asked and told; of a coordinator's post and the like to that
office of it, and to nobody else there."""


def names(agency: str, functions: Iterable[str]) -> frozenset[str]:
    """The offices of an agency that somebody with these functions holds; none where they are its staff alone."""
    return frozenset(f"{agency}#{each}" for each in vocabulary.AS_SUCH.intersection(functions))


def every(agency: str) -> frozenset[str]:
    """The offices that there may be at an agency."""
    return names(agency, vocabulary.AS_SUCH)


def is_one(name: str) -> bool:
    """Whether it is such an office, and no reference to a record."""
    return "#" in name


def of(post: Mapping[str, Any] | None, agency: str) -> frozenset[str]:
    """The offices for which a post speaks at its agency; none where it is one of its staff's, or no post at all."""
    if post is None or post["resourceType"] != "PractitionerRole":
        return frozenset()
    return names(agency, coding.codes(post.get("code"), "role"))


def rows(post: Mapping[str, Any], itself: str, agency: str) -> Iterator[Relation]:
    """Of a post or a desk, to which agency it belongs, and for whom it is asked and told."""
    yield Relation(PARTIES.relation, itself, agency)
    for one in of(post, agency) or {agency}:
        yield Relation(SPEAKS, itself, one)
