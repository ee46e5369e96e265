"""P10 statistics: the numbers that the city publishes, as they were reported; no record, and nobody in them.

docs/policy.md, P10; docs/numbers.md
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import has

ID = "P10"

BECAUSE = Text(
    "published numbers are for the statistician and the lead section", "公表する集計は統計担当と主管課が見る"
)
_POST = Text("the post held now", "現在の職")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits the statistician and the lead section to read reported numbers for statistics."""
    posts = (*facts.holds(vocabulary.STATISTICIAN), *facts.holds(vocabulary.LEAD_SECTION))
    if posts and action in ("read", "search") and facts.actor.purpose == vocabulary.STATISTICS:
        evidence = tuple(Evidence(post.version, _POST) for post in posts)
        yield Rule(ID, "permit", has(".type", "MeasureReport"), BECAUSE, evidence)
