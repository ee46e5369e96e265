"""P1 own duty: an agency reads and keeps what it recorded itself.

docs/policy.md, P1; D4: only for the purposes of casework.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.search.predicate import all_of, has_one_of, none_of

ID = "P1"

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_PASSING = none_of(has_one_of(".type", vocabulary.NEVER_DELETED))


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits everything on case records whose custodian is the actor's agency, except deleting policy evidence."""
    if not facts.agencies or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    kept = [has_one_of(".custodian", facts.agencies), _CASEWORK]
    if action == "delete":
        kept.append(_PASSING)
    yield Rule(
        ID,
        "permit",
        all_of(kept),
        Text("the actor's agency is the custodian of the record", "自分の機関が管理する記録である"),
        evidence=tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in facts.posts),
    )
