"""P9 public: anybody reads the directory; the named staff are for those who signed in.

docs/policy.md, P9; R6 and R8 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Rule, Text
from resources.search.predicate import has_one_of

ID = "P9"

_PUBLIC = Rule(
    ID,
    "permit",
    has_one_of(".type", vocabulary.DIRECTORY),
    Text("the directory is public", "相談機関一覧は公開されている"),
)
_STAFF = Rule(
    ID,
    "permit",
    has_one_of(".type", vocabulary.STAFF),
    Text("staff are named to authenticated agencies", "担当者名は認証された機関に示す"),
)


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading the directory, and its staff to who signed in for an agency."""
    if action not in ("read", "search"):
        return
    yield _PUBLIC
    if not facts.actor.anonymous and not facts.actor.is_citizen:
        yield _STAFF
