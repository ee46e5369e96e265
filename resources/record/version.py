"""One version of one record, as the store keeps it.

https://hl7.org/fhir/R4/resource.html#Meta
"""

from __future__ import annotations

from dataclasses import dataclass

from resources.search.relation import Stored


@dataclass(frozen=True, slots=True)
class Version:
    """A record at one time of its life.

    `number` counts from 1 and is `meta.versionId`. `since` is `meta.lastUpdated`: UTC, `YYYY-MM-DDThh:mm:ss.mmmZ`, the
    instant of its transaction, strictly later than the version before. `body` is UTF-8 JSON with `id` and `meta` as a
    reader gets it, empty where `deleted`. `terms` is sorted and holds the envelope (names beginning with `.`) and the
    search terms. `first` is the `since` of version 1, which the store fills in.
    """

    type: str
    id: str
    number: int
    since: str
    deleted: bool
    body: bytes
    terms: tuple[str, ...]
    first: str = ""

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"

    @property
    def cited(self) -> str:
        """This very version, as `Type/id/_history/n`."""
        return f"{self.type}/{self.id}/_history/{self.number}"

    @property
    def stored(self) -> Stored:
        """What a condition asks of it."""
        return Stored(self.terms, self.since, self.first or self.since)
