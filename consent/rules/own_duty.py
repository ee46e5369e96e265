"""P1 own duty: an agency reads and keeps what it recorded itself.

docs/policy.md, P1; D4: only for the purposes of casework.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.record import keeping
from resources.search.predicate import all_of, has_any, has_one_of, none_of

ID = "P1"

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_STAYING = none_of(has_any(keeping.TAKER))
_PASSING = none_of(has_one_of(".type", vocabulary.NEVER_DELETED))

_KEPT = Text("the actor's agency is the custodian of the record", "自分の機関が管理する記録である")
_TAKEN = Text("the record was handed over to the actor's agency", "自分の機関が引き継いだ記録である")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits everything on case records whose custodian is the actor's agency, except deleting policy evidence; what
    it has handed over is the taker's to write on, as far as that one reads it."""
    if not facts.agencies or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    kept = [has_one_of(".custodian", facts.agencies), _CASEWORK]
    if action == "delete":
        kept.append(_PASSING)
    if action in ("update", "delete"):
        kept.append(_STAYING)
    evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in facts.posts)
    yield Rule(ID, "permit", all_of(kept), _KEPT, evidence)
    if action == "update":
        yield Rule(ID, "permit", all_of([has_one_of(keeping.TAKER, facts.agencies), _CASEWORK]), _TAKEN, evidence)
