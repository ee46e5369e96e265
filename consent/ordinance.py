"""What the law and the ordinance say that is data: statutory kinds of conference, legal bases, the terms of the fund.

profiles/tsunagu/CodeSystem-conference-kind.json, CodeSystem-legal-basis.json and CodeSystem-fund.json; docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.rule import Text
from profiles.spec import Spec
from resources.record import coding


@dataclass(frozen=True, slots=True)
class FundTerms:
    """The day from which the city's fund pays, and above how much a reason is asked for, in yen (F9, F10)."""

    valid_from: str = ""
    usual_amount: int = 0


@dataclass(frozen=True, slots=True)
class Ordinance:
    """`statutory` are the conference kinds placed under the Act; `bases` the articles by code, in words."""

    statutory: frozenset[str]
    bases: Mapping[str, Text]
    fund: FundTerms = FundTerms()


def of(spec: Spec) -> Ordinance:
    """Read the ordinance from the specification."""
    kinds = spec.artefacts[f"{coding.BASE}/CodeSystem/conference-kind"]
    bases = spec.concepts(f"{coding.BASE}/CodeSystem/legal-basis")
    return Ordinance(
        statutory=frozenset(concept["code"] for concept in kinds["concept"] if _flag(concept, "statutory")),
        bases={concept.code: Text(concept.en, concept.display) for concept in bases},
        fund=_fund(spec),
    )


def _fund(spec: Spec) -> FundTerms:
    """The terms of the one fund that the city has."""
    (fund,) = spec.artefacts[f"{coding.BASE}/CodeSystem/fund"]["concept"]
    said = {each["code"]: each for each in fund["property"]}
    return FundTerms(said["valid-from"]["valueString"], said["usual-amount"]["valueInteger"])


def _flag(concept: Mapping[str, Any], name: str) -> bool:
    return any(entry["code"] == name and entry.get("valueBoolean") for entry in concept.get("property", ()))
