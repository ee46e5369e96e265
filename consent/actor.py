"""Who asks: what a verified token says, and nothing it could not know.

Roles are not here: they come from the store at the time of the request (docs/policy.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from resources.search.predicate import EVERYTHING, NOTHING, Predicate


@dataclass(frozen=True, slots=True)
class Scope:
    """One SMART v2 scope: `level` patient, user or system; `type` a resource type or `*`; `actions` among `cruds`.

    With a `query` (`category=…`) it reaches only the records of which `where` holds: none, for as long as nobody has
    read the query.

    https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
    """

    level: str
    type: str
    actions: frozenset[str]
    query: str = ""
    where: Predicate = NOTHING

    @property
    def condition(self) -> Predicate:
        """The records of its types that it reaches."""
        return self.where if self.query else EVERYTHING


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of one request.

    `person` is `Practitioner/id` for an officer, `Patient/id` or `RelatedPerson/id` for a citizen, empty for a system.
    `organization` is `Organization/id` of the client's registration. `purpose` is a code of HL7 v3 PurposeOfUse or of
    our own purposes, as `system|code`. `now` is aware.
    """

    client: str
    person: str
    organization: str
    purpose: str
    scopes: tuple[Scope, ...]
    now: datetime
    request: str

    def at(self, now: datetime, request: str) -> Actor:
        """The same caller in another request. Written out, since every request passes here."""
        return Actor(self.client, self.person, self.organization, self.purpose, self.scopes, now, request)

    @property
    def is_citizen(self) -> bool:
        """Whether the person is one whom records are about, or signs for such a one: no officer of any agency."""
        return self.person.startswith(("Patient/", "RelatedPerson/"))

    @property
    def anonymous(self) -> bool:
        return not self.client
