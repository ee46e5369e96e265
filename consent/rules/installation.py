"""P12 installation: the installer, a named actor with a purpose of its own, lays down the directory and nothing else.

docs/policy.md, P12. No token can carry this purpose: only the command line acts under it.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Rule, Text
from resources.search.predicate import has_one_of

ID = "P12"

_BECAUSE = Text("the installer keeps the directory", "設置者が相談機関一覧を整備する")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits everything but deleting on the directory and its staff."""
    if facts.actor.purpose == vocabulary.INSTALLATION and action != "delete":
        yield Rule(ID, "permit", has_one_of(".type", vocabulary.INSTALLED), _BECAUSE)
