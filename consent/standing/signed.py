"""What stood recorded when a Consent was filed: its paper, the person, and who is said to sign for them.

docs/policy.md, "standing", signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from resources.record import period

Resource = Mapping[str, Any]
_NOTHING: Resource = {}


@dataclass(frozen=True, slots=True)
class Paper:
    """The version of a sheet or document on which was signed, as `Type/id/_history/n`, and who it is about."""

    cited: str
    body: Resource
    custodian: str
    about: frozenset[str]
    recorded: date


@dataclass(frozen=True, slots=True)
class Representative:
    """A RelatedPerson as recorded before the day of signing and as recorded now, each empty where it was not.

    `papers` are the documents on them recorded before that day, `confirmed` that the lead section confirmed them.
    """

    then: Resource = field(default_factory=lambda: _NOTHING)
    now: Resource = field(default_factory=lambda: _NOTHING)
    custodian: str = ""
    papers: tuple[Resource, ...] = ()
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """`patient` is the record of the person who consents, `against` are those against whom they are protected.

    `representatives` are RelatedPersons who signed, and those whom the lead section confirmed as guardians. `names` are
    all names of the person, `births` the birth dates that stand under the others.
    """

    patient: Resource = field(default_factory=lambda: _NOTHING)
    against: frozenset[str] = frozenset()
    paper: Paper | None = None
    representatives: Mapping[str, Representative] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    births: frozenset[str] = frozenset()


def day(consent: Resource) -> date | None:
    """The local day on which a Consent was signed; None where it is not said to the day, or cannot be read."""
    return period.day(consent.get("dateTime"))
