"""P12 directory keeping: the installer under a purpose of its own, and whoever holds the post of directory keeper.

docs/policy.md, P12. No token can carry the installer's purpose: only the command line acts under it.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import has_one_of

ID = "P12"

_DIRECTORY = has_one_of(".type", vocabulary.INSTALLED)
_INSTALLER = Text("the installer keeps the directory", "設置者が相談機関一覧を整備する")
_KEEPER = Text("the post of directory keeper, held now", "相談機関一覧の管理担当の職")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits everything but deleting on the directory and its staff."""
    if action == "delete":
        return
    if facts.actor.purpose == vocabulary.INSTALLATION:
        yield Rule(ID, "permit", _DIRECTORY, _INSTALLER)
    elif posts := facts.holds(vocabulary.DIRECTORY_KEEPER):
        yield Rule(ID, "permit", _DIRECTORY, _KEEPER, tuple(Evidence(post.version, _KEEPER) for post in posts))
