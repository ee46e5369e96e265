"""The person for a role: named by any post of the agency that has it, for a post of its own agency.

docs/policy.md, P13 and "standing": by a Task `carry-out` that is part of the one by which the lead section told the
agency of its role. It is the agency's own record, and opens nothing before the person named takes it on (R35).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import BETWEEN, NONE, Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term

_STANDS = ("code", "for", "focus", "partOf")
_TAKEN_BACK = ("cancelled", "entered-in-error")


def names(filing: Filing) -> bool:
    """Whether this Task names somebody of the writer's own agency for a role."""
    keeps = filing.type == "Task" and filing.custodian in filing.facts.keeps
    return keeps and any(_is_for_role(body) and body.get("partOf") for body in (filing.before, filing.after) if body)


def refused(filing: Filing) -> Iterator[Issue]:
    """P13: only by who has the role, and only for one of its own."""
    if filing.before is None and filing.type == "Task" and _is_for_role(filing.after) and filing.carrying.role is None:
        yield _wrong(
            "the lead section puts a role to an agency (`$decide-roles`); that agency names the person for it by a "
            "Task `carry-out` partOf the one it received",
            "役割は主管課が機関に伝えます（$decide-roles）。担当者は、その機関が、届いた仕事（Task）を partOf とする "
            "carry-out の Task で決めます",
            "Task.partOf",
        )
    if not names(filing):
        return
    for element in _STANDS:
        if filing.before is not None and filing.changed(element):
            yield _wrong(
                f"`{element}` stands once a person is named for a role: cancel this Task, and name anew",
                f"担当者を決めた後の `{element}` は変更できません。取り消して（cancelled）、改めて決めてください",
                f"Task.{element}",
            )
    owner = reference.one(filing.after, "owner")
    if not owner.startswith("PractitionerRole/") or not filing.agencies_of(owner) & _agency(filing):
        yield _wrong(
            "an agency names for its role a post of its own (PractitionerRole)",
            "役割の担当者には、自分の機関の職（PractitionerRole）を記入してください",
            "Task.owner",
        )


def judged(filing: Filing) -> Verdict:
    """It counts for the household and persons for whom the role was decided; R35 asks who may take it on."""
    if any(refused(filing)):
        return NONE
    if not names(filing):
        return Verdict(True)
    if filing.status()[1] in _TAKEN_BACK:
        return NONE
    if filing.before is not None:
        return filing.had
    role = filing.carrying.role
    if role is None:
        return NONE
    return Verdict(True, noted=frozenset({term(BETWEEN, role.agency)}), fixed=role.persons | {role.team})


KIND = Kind(refused, judged)


def _agency(filing: Filing) -> frozenset[str]:
    role = filing.carrying.role
    return filing.had.note(BETWEEN) if filing.before is not None else frozenset({role.agency} if role else ())


def _is_for_role(task: Mapping[str, Any]) -> bool:
    return vocabulary.CARRY_OUT in coding.of(task.get("code"))


def _wrong(text: str, ja: str, at: str) -> Issue:
    return problem.of_rule("P13", text, ja, at)
