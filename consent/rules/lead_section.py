"""P6 lead section: it sees conference material, and decides the roles.

docs/policy.md, P6; R19 of the domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import has_any

ID = "P6"

_BECAUSE = Text("the lead section sees the conference's own papers", "主管課は支援会議の資料を見る")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits the lead section to read what belongs to a conference."""
    posts = facts.holds(vocabulary.LEAD_SECTION)
    if posts and action in ("read", "search") and facts.actor.purpose in vocabulary.CASEWORK_PURPOSES:
        evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in posts)
        yield Rule(ID, "permit", has_any(".conference"), _BECAUSE, evidence)
