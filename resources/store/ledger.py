"""A store laid open for checking: what lies in it as it lies there, in commit order, and nothing can be written.

docs/maintenance.md, "check"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from resources.record.version import Version
from resources.search.relation import Row


@dataclass(frozen=True, slots=True)
class Span:
    """Places in commit order, from the first to the last of them."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Lying:
    """One version as it lies in the store.

    `indexed` are its terms as the index has them, `live` and `typed` whether the index says rightly that it is current
    and undeleted, and of its type; `sound` whether the body is the one that was written.
    """

    place: int
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
    """One unchanging view of a store; read in one process at a time, and several processes may read theirs at once."""

    def generation(self) -> str: ...

    def spans(self, size: int) -> list[Span]:
        """All places there are, in pieces of this size."""

    def lying(self, span: Span) -> Iterator[Lying]:
        """The versions at these places, in their order."""

    def strays(self, span: Span) -> list[int]:
        """The places in a span that the index names and that have no version."""

    def before(self, place: int) -> Version | None:
        """The version at the place before this one."""

    def since(self, type: str, id: str, number: int) -> str:
        """Since when this version is so; empty where there is none."""

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

    def sourceless(self) -> list[str]:
        """The sources of rows that are no records."""

    def tally(self, span: Span) -> Tally: ...

    def broken(self) -> list[str]:
        """What the pages tell of themselves: an index that lacks a row, or has one too many. It names no value."""

    def close(self) -> None: ...
