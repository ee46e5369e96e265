"""Whom a record is about is widened by the agency that keeps it: nobody else draws a person into it.

docs/policy.md, "whom a record is about": each person more is asked for, and hides what is written of their place, so
that a name put into another's record would close it to those whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.transition import Transition, violation
from resources.record import naming, reference
from resources.record.problem import Issue


def by_who_keeps_it(change: Transition) -> Iterator[Issue]:
    """P1: who answers a request, or writes another agency's plan, names nobody whom it was not about."""
    if not change.before or not change.after or change.custodian in change.facts.keeps:
        return
    if _named(change, change.after) - _named(change, change.before) - _housed(change):
        yield violation(
            "P1",
            "only the agency that keeps this record makes it one about a further person: name them in a record of your "
            "own, and refer to that one here",
            "この記録に別の人の名を加えられるのは、記録を管理する機関だけです。"
            "その人については自分の記録に書き、ここにはその記録を記入してください",
            change.type,
            "forbidden",
        )


def _named(change: Transition, body: Mapping[str, Any]) -> frozenset[str]:
    """The persons and households that a version names anywhere, and those of the records that it is of."""
    named = reference.locals_of(body)
    sources = (change.look(name) for name in naming.sources(body, named))
    named = named.union(*(reference.locals_of(each) for each in sources))
    kin = (change.look(name) for name in named if name.startswith("RelatedPerson/"))
    named |= {reference.one(each or {}, "patient") for each in kin}
    return frozenset(name for name in named if name.startswith(("Patient/", "Group/")))


def _housed(change: Transition) -> frozenset[str]:
    """Who is in the households that it was about, to who is shown them: who is asked by a Task need not be."""
    if change.type == "Task":
        return frozenset()
    named = (change.look(name) or {} for name in reference.locals_of(change.before))
    members = (each for record in named for each in record.get("member") or ())
    return frozenset(reference.one(each, "entity") for each in members)
