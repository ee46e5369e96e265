"""A store laid open for checking: what lies in it as it lies there, in commit order, and nothing can be written.

docs/maintenance.md, "check"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from resources.record.version import Version
from resources.search.relation import Row

Place = int | str
"""A place in commit order, as the store numbers it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Places in commit order, from the first to the last of them."""

    first: Place
    last: Place
    size: int
    """How many versions there are to be."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One version as it lies in the store.

    `indexed` are its terms as the index has them, `live` and `typed` whether the index says rightly that it is current
    and undeleted, and of its type; `sound` whether the body is the one that was written.
    """

    place: Place
    version: Version
    until: str | None
    indexed: Sequence[str]
    live: bool
    typed: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """A span counted: its versions, the places that have none, whose bodies are not those written, and what the index
    has too many (or, negative, too few) of."""

    versions: int
    empty: int
    damaged: Sequence[str]
    surplus: int


class Ledger(Protocol):
    """A store read in one process at a time; several processes may read theirs at once."""

    lasting: bool
    """Whether the view is one and the same until it is closed, or only as long as one `reading`."""

    def reading(self) -> AbstractContextManager[None]:
        """What is asked within is of one moment."""

    def generation(self) -> str: ...

    def spans(self, size: int) -> list[Span]:
        """All places there are, in pieces of this size."""

    def lying(self, span: Span) -> Iterator[Lying]:
        """The versions at these places, in their order."""

    def strays(self, span: Span) -> list[Place]:
        """The places in a span that the index names and that have no version."""

    def before(self, place: Place) -> Version | None:
        """The version at the place before this one."""

    def since(self, type: str, id: str, number: int) -> str:
        """Since when this version is so; empty where there is none."""

    def absent(self, cited: Sequence[str]) -> list[str]:
        """Those of these versions, `Type/id/_history/n`, that there are not."""

    def history(self, type: str, id: str) -> list[Version]:
        """Every version of a record, by number."""

    def current(self, reference: str) -> Version | None:
        """The current version of a record, deleted ones too, without its body."""

    def body(self, reference: str) -> bytes:
        """The body of a record's first version; empty where there is none."""

    def rows(self, reference: str) -> frozenset[Row]:
        """Every row that a record has contributed, ended ones too."""

    def leading(self, type: str, entry: str) -> frozenset[str]:
        """The records of a type of which any version has this term."""

    def found(self, type: str, entry: str) -> frozenset[str]:
        """The current, undeleted records of a type that have this term: at once, where `leading` may walk."""

    def related(self, name: str, of: str) -> list[Row]:
        """Every row of a relation that begins at this value, ended ones too."""

    def written(self, first: str, last: str) -> list[Version]:
        """The versions written from one instant to another, both included, in commit order."""

    def sourceless(self) -> list[str]:
        """The sources of rows that are no records."""

    def tally(self, span: Span) -> Tally: ...

    def broken(self) -> list[str]:
        """What the pages tell of themselves: an index that lacks a row, or has one too many. It names no value."""

    def close(self) -> None: ...


def parted(cited: str) -> tuple[str, str, int]:
    """Type, id and number of a version that is named `Type/id/_history/n`."""
    name, _, number = cited.partition("/_history/")
    type, _, id = name.partition("/")
    return type, id, int(number) if number.isdecimal() else 0
