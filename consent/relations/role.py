"""A role that is put to an agency by a Task: the decision it comes from, and for whom that was made.

docs/policy.md, P13 and "standing": the lead section tells each agency of its role, and each names a person for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent import verdict, vocabulary
from consent.verdict import Verdict
from resources.record import coding, reference
from resources.search.relation import Relation

BROUGHT = "brought"
"""Of a household whose roles are in force, to each agency that keeps the case they were decided for, or kept it: said
of its records alone; of every keeper's, where the verdict does not say whose case it was."""


@dataclass(frozen=True, slots=True)
class Role:
    """Which team says so, which agency has the role, and the household and persons for whom it was decided."""

    team: str
    agency: str
    persons: frozenset[str]


def of(task: Mapping[str, Any], judged: Verdict) -> Role | None:
    """The role that a Task puts to an agency, None of a Task that puts none."""
    if vocabulary.CARRY_OUT not in coding.of(task.get("code")) or not judged.counts:
        return None
    named = {reference.one(task, "focus"), *judged.fixed}
    team = next((name for name in sorted(named) if name.startswith("CareTeam/")), "")
    agency = next((one for one in sorted(judged.note(verdict.BETWEEN)) if one.startswith("Organization/")), "")
    found = Role(team, agency, persons(judged))
    return found if team and agency and found.persons else None


def persons(judged: Verdict) -> frozenset[str]:
    """Of what a verdict holds fast, the household and the persons."""
    return frozenset(name for name in judged.fixed if name.startswith(("Group/", "Patient/")))


def seated(judged: Verdict, member: str | None = None) -> frozenset[str]:
    """The posts of those who were seated and carry roles out by this member of the team, or by any."""
    found = (each.split(" ") for each in judged.note(verdict.SEATED))
    return frozenset(post for post, named in found if member in (None, named))


def brought(judged: Verdict, name: str, span: tuple[str, str]) -> Iterator[Relation]:
    """Of a household, whose records of it the roles are for, for as long as they are."""
    keepers = (judged.note(verdict.BROUGHT) or {""}) if name.startswith("Group/") else ()
    yield from (Relation(BROUGHT, name, one, "", *span, keeper=one) for one in sorted(keepers))


def place(team: str, person: str) -> str:
    """Under what a team says which agencies have a role in it for this person or household."""
    return f"{team}#{person}"
