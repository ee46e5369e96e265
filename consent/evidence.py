"""The records a decision rests on, read into what the rules ask of them; nothing here asks the store.

docs/policy.md, sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from consent import verdict
from resources.record import active, coding, period, reference
from resources.record.version import Version
from resources.search.relation import Row


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A PractitionerRole held now: what the person is, for which agency, and at which of its desks."""

    reference: str
    version: str
    agency: str
    functions: frozenset[str]
    desks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Oneself:
    """The person whose records are the caller's own, or whom the caller `signs` for; the version that says so. By the
    other `names` nothing is theirs, but what is about them too is about nobody else."""

    patient: str
    version: str
    signs: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person with whom the actor is in conflict of interest, and the version that says so; `merged` is the one by
    which that one is the person of whom it was said, `household` the one by which they live with the actor."""

    patient: str
    version: str
    merged: str = ""
    household: str = ""

    @property
    def sources(self) -> frozenset[str]:
        """The records that say so."""
        return frozenset(each.partition("/_history/")[0] for each in self.versions)

    @property
    def versions(self) -> frozenset[str]:
        """What says so, as it then was."""
        return frozenset({self.version, self.merged, self.household} - {""})


def body(version: Version) -> dict[str, Any]:
    """A version's JSON; a deleted one has none."""
    return {} if version.deleted else dict(orjson.loads(version.body))


def cite(version: Version) -> str:
    """A version as `Type/id/_history/n`."""
    return version.cited


def post_tag(post: Mapping[str, Any]) -> str:
    """For which agency a post is, as what and at which desks, as rows of relations keep it."""
    functions = sorted(coding.codes(post.get("code"), "role"))
    return orjson.dumps([reference.one(post, "organization"), functions, _desks(post)]).decode()


def held(row: Row) -> HeldRole:
    """The post of a row that counts now."""
    agency, functions, desks = orjson.loads(row.relation.tag)
    return HeldRole(row.relation.to, row.cited, agency, frozenset(functions), frozenset(desks))


def post(version: Version, now: datetime) -> HeldRole | None:
    """The post, where it is active, surely held now, and does not wait to be confirmed."""
    found = body(version)
    if (
        verdict.read(version.terms).void
        or active.told(found) is not True
        or period.contains(found.get("period"), now) is not True
    ):
        return None
    functions = coding.codes(found.get("code"), "role")
    agency, desks = reference.one(found, "organization"), frozenset(_desks(found))
    return HeldRole(version.reference, cite(version), agency, functions, desks)


def _desks(post: Mapping[str, Any]) -> list[str]:
    return sorted(set(reference.many(post, "healthcareService")))


def participant_periods(team: Mapping[str, Any], members: frozenset[str]) -> Iterator[Any]:
    """The periods for which a CareTeam names one of these members."""
    for participant in team.get("participant") or ():
        if reference.one(participant, "member") in members:
            yield participant.get("period")


def is_open(version: Version) -> bool:
    return ".open yes" in version.terms
