"""P1 own duty: an agency reads and keeps what it recorded itself, and what an agency did whose successor it is.

docs/policy.md, P1 and "succession"; D4: only for the purposes of casework.
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
_SUCCEEDED = Text(
    "the actor's agency succeeds the custodian of the record, which has ended",
    "終わった機関の記録を、後を継いだ自分の機関が管理する",
)
_TAKEN = Text("the record was handed over to the actor's agency", "自分の機関が引き継いだ記録である")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits everything on case records whose custodian is the actor's agency, except deleting policy evidence; what
    it has handed over is the taker's to write on, as far as that one reads it."""
    if not facts.agencies or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in facts.posts)
    yield from _kept(action, facts.agencies, _KEPT, evidence)
    if facts.succeeded and action != "create":
        yield from _kept(action, facts.succeeded, _SUCCEEDED, evidence + facts.successions.evidence(facts.agencies))


def _kept(action: Action, agencies: frozenset[str], because: Text, evidence: tuple[Evidence, ...]) -> Iterator[Rule]:
    kept = [has_one_of(".custodian", agencies), _CASEWORK]
    if action == "delete":
        kept.append(_PASSING)
    if action in ("update", "delete"):
        kept.append(_STAYING)
    yield Rule(ID, "permit", all_of(kept), because, evidence)
    if action == "update":
        yield Rule(ID, "permit", all_of([has_one_of(keeping.TAKER, agencies), _CASEWORK]), _TAKEN, evidence)
