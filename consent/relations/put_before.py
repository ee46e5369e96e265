"""What was put before the lead section opens to it, until it has decided: the records that the Task names, and cards.

docs/policy.md, P6 and "what is put before the lead section"; R12 of the domain, decision 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import verdict, vocabulary
from consent.verdict import Verdict
from resources.record import coding, reference
from resources.search.relation import Relation

PUT_BEFORE = "put-before"
"""Of what a Task names that waits for the lead section, to that: the record, or, tagged so, the card alone."""

CARD_ALONE = "card"

_OF_ITS_FOCUS = frozenset(
    {
        vocabulary.CONFIRM_MISTAKE,
        vocabulary.CONFIRM_PLAN,
        vocabulary.DIVIDE,
        vocabulary.MOVE_KEEPING,
        vocabulary.OPEN_TRANSFERRED,
    }
)


def is_one(task: Mapping[str, Any], judged: Verdict) -> bool:
    """Whether it was put before the lead section as such, and opens what it names."""
    opening = _OF_ITS_FOCUS | {vocabulary.DECIDE_COORDINATION}
    return bool(judged.note(verdict.AS_SUCH) or opening & coding.of(task.get("code")))


def rows(task: Mapping[str, Any], judged: Verdict) -> Iterator[Relation]:
    """The rows that such a Task contributes: of an escalation what it carries, of a merge the two Patients, of anything
    else the record that it is about."""
    if task.get("status") != "requested":
        return
    lead, person, record = (reference.one(task, name) for name in ("owner", "for", "focus"))
    if judged.note(verdict.AS_SUCH):
        records, cards = {person, record}, set[str]()
    elif vocabulary.DECIDE_COORDINATION in coding.of(task.get("code")):
        records, cards = set(judged.fixed), {person}
    else:
        given = (reference.one(each, "valueReference") for each in task.get("input") or ())
        records, cards = {record}, {person, *given}
    yield from (Relation(PUT_BEFORE, name, lead) for name in records if name)
    yield from (Relation(PUT_BEFORE, name, lead, CARD_ALONE) for name in cards if name.startswith("Patient/"))
