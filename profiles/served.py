"""Which types are served, each on the one list that says what it is for: served.json.

https://hl7.org/fhir/R4/resourcelist.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from profiles import artefacts, schema

FILE = Path(__file__).parent / "served.json"


@cache
def kinds() -> Mapping[str, frozenset[str]]:
    """Kind -> types. Raises SpecFault.

    `casework` is written by agencies about households, `directory` is public, `definitions` are the installation's own
    and written by nobody, `staff` is named to those who signed in, `trail` is a view of the trail, `channels` are their
    client's own; the policy permits nothing on what is only `known`.
    """
    found = artefacts.rows(FILE)
    schema.check(FILE, found, "served")
    return {kind: frozenset(types) for kind, types in found["types"].items()}


def types() -> frozenset[str]:
    """Every type that there are tables for."""
    return frozenset().union(*kinds().values())
