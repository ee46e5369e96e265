"""P1 own duty: an agency reads and keeps what it recorded itself, and what an agency did whose successor it is.

docs/policy.md, P1 and "succession"; D4: only for the purposes of casework. What a coordinator, a convener, an auditor
or the lead section says or decides as such is that office's.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.office import ADDRESSED
from consent.rule import Action, Evidence, Rule, Text
from resources.record import keeping
from resources.search.predicate import Among, Predicate, all_of, any_of, has, has_any, has_one_of, none_of, some

ID = "P1"

_CASEWORK = has_one_of(".type", vocabulary.CASEWORK)
_ROLES = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM)])
_SAID = has_one_of(".type", ("Communication", "CommunicationRequest", "ServiceRequest", "Task"))
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
    yield from _kept(action, facts.agencies, facts, _KEPT, evidence)
    if facts.succeeded and action != "create":
        by = evidence + facts.successions.evidence(facts.agencies)
        yield from _kept(action, facts.succeeded, facts, _SUCCEEDED, by)


def _of_an_office(facts: Facts) -> Predicate:
    """What an office at the actor's agency that they do not hold asked, was asked, told or decided as such: it is put
    to nobody else there, and they did not write it."""
    elsewhere = [_SAID, some(ADDRESSED, Among(facts.not_theirs)), none_of(some(ADDRESSED, Among(facts.addressed)))]
    decided = [] if facts.holds(vocabulary.LEAD_SECTION) else [_ROLES]
    return all_of([any_of([all_of(elsewhere), *decided]), none_of(has_one_of(".author", facts.seats))])


def _kept(
    action: Action, agencies: frozenset[str], facts: Facts, because: Text, evidence: tuple[Evidence, ...]
) -> Iterator[Rule]:
    kept = [has_one_of(".custodian", agencies), _CASEWORK]
    if action != "create":
        kept.append(none_of(_of_an_office(facts)))
    if action == "delete":
        kept.append(_PASSING)
    if action in ("update", "delete"):
        kept.append(_STAYING)
    yield Rule(ID, "permit", all_of(kept), because, evidence)
    if action == "update":
        yield Rule(ID, "permit", all_of([has_one_of(keeping.TAKER, agencies), _CASEWORK]), _TAKEN, evidence)
