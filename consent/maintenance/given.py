"""Whether roles that the server wrote anew, as the case was handed over, open to its keepers and to nobody else.

docs/maintenance.md, "check"; docs/policy.md, P13.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from consent import case_of_roles, verdict, vocabulary
from consent.maintenance import by_operation
from consent.maintenance.as_it_was import AsItWas, answered
from consent.verdict import BROUGHT, CARRIER, Verdict
from resources.record import envelope, reference
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import values


def stands(version: Version, before: Version | None, view: AsItWas, kept: Verdict) -> bool:
    """Whether the case that they were decided for came to be kept by another agency in that transaction, and no more
    differs."""
    if version.type != "CareTeam" or before is None or not envelope.written(version.terms)[1]:
        return False
    if by_operation.content(before) != by_operation.content(version):
        return False
    had = verdict.read(before.terms)
    for case in view.past.together(view.base):
        if case.number > 1 and vocabulary.CASE in values(case.terms, ".code"):
            former = next(each for each in view.past.history(case.reference) if each.number == case.number - 1)
            giver, taker = (envelope.value(each.terms, ".custodian") for each in (former, case))
            left = had.noted - {term(CARRIER, giver)}
            own = reference.one(view.past.body(case), "subject") == reference.one(view.past.body(version), "subject")
            noted = left | {term(name, taker) for name in (BROUGHT, CARRIER)} if own else left
            if giver != taker and giver in had.note(CARRIER) and kept == replace(had, noted=noted):
                return answered(case_of_roles.is_one(before, case, cast(Any, view)))
    return False
