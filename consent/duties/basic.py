"""A Basic says whom it is about: of what it means FHIR says nothing, and nobody else could tell.

docs/policy.md, "whom a record is about"; https://hl7.org/fhir/R4/basic.html
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.transition import Transition, violation
from resources.record import reference
from resources.record.problem import Issue


def about_somebody(change: Transition) -> Iterator[Issue]:
    """P3: its subject is a person or a household of this server, who are asked of it as of any other record."""
    if change.after and not reference.one(change.after, "subject").startswith(("Patient/", "Group/")):
        yield violation(
            "P3",
            "say whom it is about: `subject` is a Patient or a Group of this server",
            "だれについての記録かを書いてください。`subject` はこのサーバーの Patient か Group です",
            "Basic.subject",
        )
