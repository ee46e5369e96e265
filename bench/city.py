"""A city of any size, the same for the same seed.

docs/figures.md
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

Json = dict[str, Any]

AGENCIES = 64
A_HOUSEHOLD = 16
"""Records of a household, on average: a Group, three Patients, the sheet they sign, and what is written about them."""
PERSONS = 3
WIDE = 100
"""Of so many households one has twenty concerns of each person, for a page that is full; the first ones are such."""
CONCERNS = (8, 7, 5)
MOST = 20
GRANTED = (10, 1_000, 10_000, 50_000)
"""How many consents each reading agency holds, as far as the city has so many people."""
WORDINGS = (1, 1_000)

OWN = "https://tsunagu.example/fhir/CodeSystem/"
CODES = "http://terminology.hl7.org/CodeSystem/"
VERY_RESTRICTED = {"system": f"{CODES}v3-Confidentiality", "code": "V"}
SENSITIVE = ("HIV", "PSY", "ETH")
TYPES = ("Patient", "RelatedPerson", "Condition", "Observation", "ServiceRequest", "Task", "Group")
FURTHER = ("Appointment", "CarePlan", "Communication", "Composition", "EpisodeOfCare", "Flag", "Goal", "List")
"""What a wording may reach besides."""
FIELDS = ("debts", "mental-health", "housing", "care", "child-rearing", "income-work")
FAMILIES = ("水無瀬", "小鳥遊", "四十万", "日下部", "勅使河原", "御手洗", "五十嵐浜", "月見里")
GIVEN = ("海斗", "美月", "蒼", "結衣", "陽菜", "樹", "凛", "湊", "紬", "律")
START = "2026-04-01T09:00:00+09:00"


@dataclass(frozen=True, slots=True)
class Readers:
    """An agency with so many consents in so many wordings."""

    granted: int
    wordings: int

    @property
    def name(self) -> str:
        return f"reader-{self.granted}-{self.wordings}"


READERS = tuple(Readers(granted, wordings) for wordings in WORDINGS for granted in GRANTED)


@dataclass(frozen=True, slots=True)
class City:
    """So many records about households, besides the directory; `seed` parts two cities of one size.

    A wording differs in the types it reaches and the sensitivities it excepts; where they are `distinct`, each excepts
    a code of its own, so that no two put the same condition on a record. `agencies` share the households.
    """

    records: int
    seed: int = 1
    distinct: bool = False
    agencies: int = AGENCIES

    @property
    def households(self) -> int:
        return max(self.records // A_HOUSEHOLD, 1)

    @property
    def persons(self) -> int:
        return self.households * PERSONS

    def directory(self) -> list[Json]:
        """The agencies, each with one officer."""
        found: list[Json] = []
        for name in (*(f"agency-{n}" for n in range(AGENCIES)), *(reader.name for reader in READERS)):
            found += _agency(name)
        return found

    def household(self, n: int) -> list[Json]:
        """The records of one household, those that others name first."""
        members = [self.id("Patient", n * PERSONS + k) for k in range(PERSONS)]
        family = FAMILIES[n % len(FAMILIES)]
        found = [self.person(n * PERSONS + k, family) for k in range(PERSONS)]
        group = {"resourceType": "Group", "id": self.id("Group", n), "type": "person", "actual": True}
        found.append(group | {"member": [{"entity": ref("Patient", member)} for member in members]})
        found.append(self._sheet(n))
        for k, member in enumerate(members):
            person = n * PERSONS + k
            concerns = 1 if n % WIDE else CONCERNS[k]
            found += [self.concern(person * MOST + c, member) for c in range(concerns)]
            found += [self.consent(person, member, wordings, n) for wordings in WORDINGS]
        found.append(self._task(n, members[0]))
        found.append(self._observation(n, members[1]))
        return found

    def like(self, n: int) -> int:
        """The household whose records are those of this one under other names: bench/repeated.py."""
        return n

    def names(self, n: int) -> dict[str, str]:
        """From each name in the household that this one is like to its own."""
        return {}

    def keeper(self, n: int) -> str:
        """The agency that keeps a household."""
        return f"agency-{n % self.agencies}"

    def own(self, reader: Readers) -> list[Json]:
        """What a reading agency keeps itself: one person."""
        return [self.person(-1 - READERS.index(reader), FAMILIES[0])]

    def addressed(self, reader: Readers) -> list[Json]:
        """What the first agency has asked of a reading agency: twenty open requests."""
        whom = self.id("Patient", 0)
        place = READERS.index(reader)
        return [self.asked(-1 - (place * MOST + n), whom, "agency-0", reader.name) for n in range(MOST)]

    def id(self, type: str, n: int) -> str:
        """Like the server's own: it says nothing of order."""
        digest = blake2b(f"{self.seed}/{type}/{n}".encode(), digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))

    def person(self, n: int, family: str) -> Json:
        id, given = self.id("Patient", n), GIVEN[n % len(GIVEN)]
        return {
            "resourceType": "Patient",
            "id": id,
            "identifier": [{"system": "https://city.example/case-number", "value": f"{n:09}"}],
            "active": True,
            "name": [{"use": "official", "text": f"{family} {given}", "family": family, "given": [given]}],
            "telecom": [{"system": "phone", "value": f"086-{n % 10000:04}-{n // 10000 % 10000:04}"}],
            "gender": ("female", "male", "unknown")[n % 3],
            "birthDate": f"{1930 + n * 7 % 70}-{n % 12 + 1:02}-{n % 28 + 1:02}",
            "address": [{"text": f"岡山市北区{n % 97}丁目{n % 31}番地", "city": "岡山市", "postalCode": "700-0000"}],
        }

    def concern(self, n: int, person: str) -> Json:
        return {
            "resourceType": "Condition",
            "id": self.id("Condition", n),
            "clinicalStatus": concept(f"{CODES}condition-clinical", "active"),
            "verificationStatus": concept(f"{CODES}condition-ver-status", "confirmed"),
            "code": concept(f"{OWN}concern-field", FIELDS[n % len(FIELDS)]),
            "subject": ref("Patient", person),
            "recordedDate": f"2026-{n % 9 + 1:02}-{n % 28 + 1:02}",
            "note": [{"text": f"相談の記録{n % 1000}。次の面談までに本人の意向を確認する。"}],
        }

    def _sheet(self, n: int) -> Json:
        """On which the members of a household sign."""
        sheet = {"resourceType": "QuestionnaireResponse", "id": self.id("QuestionnaireResponse", n)}
        return sheet | {"status": "completed", "subject": ref("Group", self.id("Group", n)), "authored": "2026-04-01"}

    def _observation(self, n: int, person: str) -> Json:
        return {
            "resourceType": "Observation",
            "id": self.id("Observation", n),
            "status": "final",
            "category": [concept(f"{OWN}record-category", "concern")],
            "code": {"text": "家計の収支"},
            "subject": ref("Patient", person),
            "effectiveDateTime": f"2026-{n % 9 + 1:02}-{n % 28 + 1:02}",
            "valueQuantity": {"value": n % 300, "unit": "千円"},
        }

    def _task(self, n: int, person: str) -> Json:
        return self.asked(n, person, self.keeper(n), f"agency-{(n + 7) % AGENCIES}")

    def asked(self, n: int, person: str, requester: str, owner: str) -> Json:
        return {
            "resourceType": "Task",
            "id": self.id("Task", n),
            "status": "requested",
            "intent": "order",
            "code": concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
            "for": ref("Patient", person),
            "authoredOn": START,
            "requester": ref("Organization", requester),
            "owner": ref("Organization", owner),
            "description": "面談に同席してください",
        }

    def consent(self, person: int, id: str, wordings: int, household: int) -> Json:
        """Of the first people, to every reading agency that holds so many; of the others, to an agency of the city."""
        named = [reader.name for reader in READERS if reader.wordings == wordings and person < reader.granted]
        named = named or [f"agency-{(person + wordings + 11) % AGENCIES}"]
        said = person % wordings
        kinds = TYPES + tuple(kind for bit, kind in enumerate(FURTHER) if said >> 2 & 1 << bit)
        return {
            "resourceType": "Consent",
            "id": self.id("Consent", person * 2 + WORDINGS.index(wordings)),
            "status": "active",
            "scope": concept(f"{CODES}consentscope", "patient-privacy"),
            "category": [concept("http://loinc.org", "59284-0")],
            "patient": ref("Patient", id),
            "dateTime": "2026-04-01",
            "performer": [ref("Patient", id)],
            "organization": [ref("Organization", f"agency-{(person // PERSONS + wordings) % AGENCIES}")],
            "sourceReference": ref("QuestionnaireResponse", self.id("QuestionnaireResponse", household)),
            "policyRule": concept(f"{CODES}v3-ActCode", "OPTIN"),
            "provision": {
                "type": "permit",
                "period": {"start": "2026-04-01", "end": "2036-03-31"},
                "actor": [
                    {
                        "role": concept(f"{CODES}v3-ParticipationType", "IRCP"),
                        "reference": ref("Organization", name),
                    }
                    for name in named
                ],
                "purpose": [{"system": f"{CODES}v3-ActReason", "code": "CAREMGT"}],
                "class": [{"system": "http://hl7.org/fhir/resource-types", "code": type} for type in kinds],
                "provision": [{"type": "deny", **self._excepted(said)}],
            },
        }

    def _excepted(self, said: int) -> Json:
        """What a wording excepts: some of four labels, or in a city of `distinct` wordings a code of its own."""
        if self.distinct:
            return {"code": [concept("urn:tsunagu:bench:wording", f"w{said}")]}
        labels = [{"system": f"{CODES}v3-ActCode", "code": code} for code in SENSITIVE[: said % 4]]
        return {"securityLabel": [*labels, VERY_RESTRICTED]}


def ref(type: str, id: str) -> Json:
    return {"reference": f"{type}/{id}"}


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _agency(name: str) -> Iterator[Json]:
    yield {"resourceType": "Organization", "id": name, "active": True, "name": name}
    yield {"resourceType": "Practitioner", "id": f"officer-{name}", "active": True, "name": [{"text": name}]}
    yield {
        "resourceType": "PractitionerRole",
        "id": f"post-{name}",
        "active": True,
        "practitioner": ref("Practitioner", f"officer-{name}"),
        "organization": ref("Organization", name),
        "code": [concept(f"{OWN}role", "officer")],
    }
