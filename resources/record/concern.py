"""What troubles somebody, as a Condition says it: in which fields, and whether it does now.

https://hl7.org/fhir/R4/condition.html; R18 of the domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.record import coding

_NOW = ("|active", "|recurrence", "|relapse")
_NOT_SO = ("|refuted", "|entered-in-error")


def fields(concern: Mapping[str, Any]) -> frozenset[str]:
    """The codes of `concern-field` that it has."""
    return coding.codes(concern.get("code"), "concern-field")


def troubles(concern: Mapping[str, Any]) -> bool:
    """Whether it is a trouble now: not one that is over, nor one that was looked into and is none (`refuted`)."""
    status, verified = (coding.of(concern.get(name)) for name in ("clinicalStatus", "verificationStatus"))
    return not any(code.endswith(_NOT_SO) for code in verified) and (
        not status or any(code.endswith(_NOW) for code in status)
    )
