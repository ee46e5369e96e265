"""What the conditions of a request came to before its transaction, and up to which commit that was so.

docs/architecture.md, "a write travels".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consent.rule import Decision
from resources.record.version import Version

Asked = tuple[str, tuple[tuple[str, str], ...]]
"""A type, and the search parameters that are asked of it."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """It holds while `end` is the last commit, and in the transaction until that writes what may turn it.

    `met` is by condition the one record found as its writer may see it, if any; `led` is by what references were made
    of the stored records that they may mean.
    """

    end: str
    met: Mapping[Asked, tuple[Version | None, Decision]]
    led: Mapping[Asked, frozenset[str]]
