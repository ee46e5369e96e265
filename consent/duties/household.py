"""A household is its members, and its members are persons.

docs/policy.md, "whom a record is about": who reads what names a household is asked of the Patients it has.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.transition import Transition, violation
from resources.record import reference
from resources.record.problem import Issue


def of_patients(change: Transition) -> Iterator[Issue]:
    """P3: whoever else it held would be in the household and asked by nobody, as would the members of a Group in it."""
    for place, member in enumerate((change.after or {}).get("member") or ()):
        if not reference.one(member, "entity").startswith("Patient/"):
            text, ja = "each member of a household is a Patient of this server", "世帯員はこのサーバーの Patient です"
            yield violation("P3", text, ja, f"Group.member[{place}].entity")
