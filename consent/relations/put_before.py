"""What the lead section sees of an escalation that was put before it, until it has decided.

docs/policy.md, P6 and "handing on"; R12 of the domain, decision 10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.verdict import Verdict
from resources.record import reference
from resources.search.relation import Relation

PUT_BEFORE = "put-before"
"""Of what an escalation carries, and of the Patient it is about, to the lead section as long as it is to decide."""


def rows(task: Mapping[str, Any], judged: Verdict) -> Iterator[Relation]:
    """The rows that the Task contributes."""
    if task.get("status") == "requested":
        person = reference.one(task, "for")
        for name in judged.fixed | ({person} if person.startswith("Patient/") else set()):
            yield Relation(PUT_BEFORE, name, reference.one(task, "owner"))
