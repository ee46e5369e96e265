"""A journey is acted step by step against a server, over HTTP, until a step does not hold.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from demo import template
from demo.credentials import Credentials
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import People

Step = Callable[[City], list[Narration]]


def told(
    base: str, credentials: Credentials, steps: Sequence[Step], household: Path = template.FOLDER
) -> Iterator[Narration]:
    """What happens at each step, at the server with this FHIR base; it stops after one that did not hold."""
    people = People(base, credentials)
    city = City(people, household)
    try:
        for step in steps:
            narration = step(city)
            yield from narration
            if not all(each.held for each in narration):
                return
    finally:
        people.close()
