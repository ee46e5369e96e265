"""P2 addressed: the parties of an open request or a Task read it, its owner answers it; whom a consent names reads it.

docs/policy.md, P2. What a request attaches about a person needs consent (P3) or a conference (P4) as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import verdict, vocabulary
from consent.facts import Facts
from consent.office import ADDRESSED
from consent.relations.contributions import CARD, CARE, CARRIED, TOLD
from consent.rule import Action, Evidence, Rule, Text
from resources.record.envelope import PARTIES
from resources.search.predicate import Among, Predicate, Related, all_of, any_of, has, has_one_of, none_of, some
from resources.search.relation import Values

ID = "P2"

_ASKED = ("Task", "ServiceRequest", "Appointment")
_WHILE_OPEN = ("ServiceRequest", "Communication", "CommunicationRequest", "Appointment", "Encounter")
"""An Encounter here is an invitation to a conference: its parties are the people invited."""

_COUNTS = any_of([none_of(has_one_of(".type", _ASKED)), has(verdict.COUNTS, "yes")])
"""A request counts as its asker had the right to ask it; a letter and an invitation are only read."""

_TASKS = all_of([has(".type", "Task"), _COUNTS])
RECEIVED = any_of([all_of([has_one_of(".type", _WHILE_OPEN), _COUNTS, has(".open", "yes")]), _TASKS])
"""What its parties read. Asker and owner keep the whole Task when it is done; one taken back counts no more."""

_ADDRESSED: dict[Action, Predicate] = {"read": RECEIVED, "search": RECEIVED, "update": _TASKS}
_NOT_OVERLAP = none_of(has(".code", vocabulary.OVERLAP_NOTICE))
"""R40: that two agencies support one person is told to coordinators, and to nobody else of their agency."""

_NOT_BEFORE_LEAD = none_of(
    any_of([has_one_of(".code", vocabulary.PUT_BEFORE_LEAD), has(verdict.AS_SUCH, vocabulary.LEAD_SECTION)])
)
"""What the server puts before the lead section is for its post alone; who asks for it keeps the Task (P1)."""

_NAMED = all_of([has(".type", "Consent"), has(verdict.COUNTS, "yes")])
_CARRIABLE, _FOLLOWING = has_one_of(".type", ("ServiceRequest", "Task")), has(".type", "Task")
_BECAUSE = Text("the request is addressed to the actor or made by it", "自分が宛先または依頼元である")
_SUCCEEDED = Text(
    "the request is addressed to, or made by, an agency that the actor's succeeds",
    "自分の機関が後を継いだ機関が、宛先または依頼元である",
)


_ITSELF, _TO_ANYBODY = Values(".id"), frozenset({""})
_CARRIES = Text("an open request that the actor is a party of carries it", "自分が当事者である依頼に付いている")
_STAYS_TOLD = Text("what became of a request of the actor's", "自分の依頼の行き先と結果である")
_CARD = Text(
    "the card of a person in care, or whom an open request is about", "受け持つ人、または依頼の対象の人の基本情報である"
)
_BY_CONSENT = Text("the consent permits something to the actor", "同意書が、提供先として自分を名指している")


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Permits reading an open request one is a party of, and reading and updating the Tasks among them, done or not;
    reading what such a request carries, the Tasks that follow on one's own, and the card of the person; and a consent
    by which one is permitted something, without its paper."""
    if not facts.identities or facts.actor.purpose not in vocabulary.CASEWORK_PURPOSES:
        return
    if action not in _ADDRESSED:
        return
    evidence = tuple(Evidence(post.version, Text("the post held now", "現在の職")) for post in facts.posts)
    yield from _of(action, facts, facts.identities, _BECAUSE, evidence, facts.addressed)
    if action != "update":
        named = all_of([_NAMED, some(PARTIES, Among(facts.identities))])
        yield Rule(ID, "permit", named, _BY_CONSENT, evidence)
    if facts.succeeded:
        by = evidence + facts.successions.evidence(facts.agencies)
        yield from _of(action, facts, facts.succeeded, _SUCCEEDED, by, facts.succeeded)


def _of(
    action: Action,
    facts: Facts,
    parties: frozenset[str],
    because: Text,
    evidence: tuple[Evidence, ...],
    spoken_for: frozenset[str],
) -> Iterator[Rule]:
    """What is addressed to these, and what that opens; what a post is asked as such, to who is `spoken_for` by it."""
    addressed = [_ADDRESSED[action], some(ADDRESSED, Among(spoken_for))]
    if not facts.holds(vocabulary.COORDINATOR):
        addressed.append(_NOT_OVERLAP)
    leads = bool(facts.holds(vocabulary.LEAD_SECTION))
    if not leads:
        addressed.append(_NOT_BEFORE_LEAD)
    yield Rule(ID, "permit", all_of(addressed), because, evidence)
    if action == "update":
        return
    carried, told, care = (Related(name, parties) for name in (CARRIED, TOLD, CARE))
    card = Related(CARD, parties, None if leads else _TO_ANYBODY)
    for types, of, why in ((_CARRIABLE, carried, _CARRIES), (_FOLLOWING, told, _STAYS_TOLD)):
        yield Rule(ID, "permit", all_of([types, some(_ITSELF, of)]), why, evidence)
    if facts.carded:
        others = none_of(has_one_of(".custodian", facts.keeps))
        of_person = all_of([has(".type", "Patient"), others, some(_ITSELF, any_of([card, care]))])
        yield Rule(ID, "permit", of_person, _CARD, evidence, card=True)
