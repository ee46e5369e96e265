"""How a request between agencies goes on: from each status of its Task, who may bring it to which others.

https://hl7.org/fhir/R4/task.html#statemachine; R5 of the domain: none of them is a refusal by who is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from profiles import artefacts, schema

FILE = Path(__file__).parent / "task_course.json"

Party = Literal["asker", "asked"]


@cache
def table() -> Mapping[str, Mapping[Party, tuple[str, ...]]]:
    """Status -> party -> the statuses that may follow. Raises SpecFault."""
    found = artefacts.rows(FILE)
    schema.check(FILE, found, "task_course")
    return {was: {party: tuple(next) for party, next in by.items()} for was, by in found.items()}
