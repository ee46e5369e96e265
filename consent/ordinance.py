"""What the law and the ordinance say that is data: the statutory kinds of conference and the legal bases.

profiles/tsunagu/CodeSystem-conference-kind.json and CodeSystem-legal-basis.json; docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.rule import Text
from profiles.spec import Spec
from resources.record import coding


@dataclass(frozen=True, slots=True)
class Ordinance:
    """`statutory` are the conference kinds placed under the Act; `bases` the articles by code, in words."""

    statutory: frozenset[str]
    bases: Mapping[str, Text]


def of(spec: Spec) -> Ordinance:
    """Read the ordinance from the specification."""
    kinds = spec.artefacts[f"{coding.BASE}/CodeSystem/conference-kind"]
    bases = spec.concepts(f"{coding.BASE}/CodeSystem/legal-basis")
    return Ordinance(
        statutory=frozenset(concept["code"] for concept in kinds["concept"] if _flag(concept, "statutory")),
        bases={concept.code: Text(concept.en, concept.display) for concept in bases},
    )


def _flag(concept: Mapping[str, Any], name: str) -> bool:
    return any(entry["code"] == name and entry.get("valueBoolean") for entry in concept.get("property", ()))
