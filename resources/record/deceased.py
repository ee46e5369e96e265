"""Since when a Patient is recorded as dead: surely, not at all, or it cannot be told.

https://hl7.org/fhir/R4/patient-definitions.html#Patient.deceased_x_; docs/policy.md, "three answers"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resources.record import period


def said(patient: Mapping[str, Any]) -> str | bool | None:
    """What the record says: a date, or that it is so; None where it does not say that the person has died."""
    known, day = patient.get("deceasedBoolean"), patient.get("deceasedDateTime")
    if known is None and isinstance(day, str):
        return day
    return True if known is True and day is None else None


def since(patient: Mapping[str, Any]) -> str | None:
    """The first instant at which it may be so, "" where no date is told; None where the record does not say so, or
    says what cannot be: no date, or one before birth."""
    day = said(patient)
    if not isinstance(day, str):
        return "" if day else None
    lasted = {"start": patient.get("birthDate"), "end": day}
    told = period.span({"start": day})
    return told[0] if told and not period.is_backwards(lasted) else None
