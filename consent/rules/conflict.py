"""D2 conflict of interest: under whatever post, nothing that is about a person with whom one is in conflict.

docs/policy.md, D2. The declaration itself is shown to the lead section and to who made it.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.facts import Facts
from consent.rule import Action, Evidence, Rule, Text
from resources.record.envelope import PERSONS
from resources.search.predicate import Among, all_of, any_of, has, has_one_of, none_of, some

ID = "D2"

_BECAUSE = Text(
    "the actor is in conflict of interest with a person the record is about", "記録に関わる人と利害の衝突がある"
)
_KEPT = Text(
    "a conflict of interest is told to the lead section and to who declared it",
    "利害の衝突の届出は、主管課と届け出た者だけに示す",
)
_DECLARED = Text("the declaration", "利害の衝突の届出")
_CONFLICTS = all_of([has(".type", "Flag"), has(".code", vocabulary.CONFLICT)])
_ASKED_FOR = vocabulary.CASEWORK_PURPOSES | {vocabulary.PATIENT_REQUEST}


def rules(action: Action, facts: Facts) -> Iterator[Rule]:
    """Forbids what is about these persons to who is in conflict, and a declaration to who neither made it nor leads."""
    own = all_of([_CONFLICTS, has_one_of(".author", {facts.actor.person} - {""})])
    leading = bool(facts.holds(vocabulary.LEAD_SECTION))
    if facts.actor.purpose in _ASKED_FOR and action in ("read", "search"):
        yield Rule(ID, "permit", _CONFLICTS if leading else own, _KEPT)
    if facts.actor.purpose in vocabulary.CASEWORK_PURPOSES and action == "update" and leading:
        yield Rule(ID, "permit", _CONFLICTS, _KEPT)
    if not leading:
        kept = has_one_of(".custodian", facts.agencies)
        yield Rule(ID, "forbid", all_of([_CONFLICTS, none_of(any_of([own, kept]))]), _KEPT)
    if facts.conflicts:
        about = some(PERSONS, Among(facts.conflicting))
        evidence = tuple(Evidence(each.version, _DECLARED, each.patient) for each in facts.conflicts)
        yield Rule(ID, "forbid", all_of([about, none_of(own)]), _BECAUSE, evidence)
