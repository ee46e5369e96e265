"""What can be subscribed to: topics.json.

https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from profiles import artefacts, schema

FILE = Path(__file__).parent / "topics.json"
BASE = "https://tsunagu.example/fhir/SubscriptionTopic"


@dataclass(frozen=True, slots=True)
class Topic:
    """A change of a record of this type; with `has`, of one that has something of its envelope under that name."""

    code: str
    type: str
    ja: str
    en: str
    has: str = ""

    @property
    def url(self) -> str:
        return f"{BASE}/{self.code}"


@cache
def all() -> Mapping[str, Topic]:
    """Canonical url -> topic. Raises SpecFault."""
    found = artefacts.rows(FILE)
    schema.check(FILE, found, "topics")
    topics = (Topic(**each) for each in found["topics"])
    return {topic.url: topic for topic in topics}
