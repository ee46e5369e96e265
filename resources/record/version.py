"""One version of one record, as the store keeps it.

https://hl7.org/fhir/R4/resource.html#Meta
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """A record at one time of its life.

    `number` counts from 1 and is `meta.versionId`. `since` is `meta.lastUpdated`: UTC, `YYYY-MM-DDThh:mm:ss.mmmZ`,
    strictly later than the version before. `body` is UTF-8 JSON with `id` and `meta` as a reader gets it, empty where
    `deleted`. `terms` is sorted and holds the envelope (names beginning with `.`) and the search terms.
    """

    type: str
    id: str
    number: int
    since: str
    deleted: bool
    body: bytes
    terms: tuple[str, ...]

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"
