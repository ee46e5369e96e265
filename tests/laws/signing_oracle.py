"""A second opinion on who reads for whom, and on what of a sheet or plan is about one person, by brute force over JSON.

docs/policy.md, P7 and "standing", signature. It shares no code with `consent/standing/`, `consent/views/extracting.py`
and `consent/reading/one_person.py`, on purpose: two readings of one text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.laws.dates import local_day, read, second, within
from tests.laws.whom import Books, references

Json = Mapping[str, Any]

_OURS = "https://tsunagu.example/fhir"
_PARENTS = ("PRN", "MTH", "FTH", "NMTH", "NFTH", "GESTM", "ADOPTP", "ADOPTMTH", "ADOPTFTH", "NPRN")
_WHO = ("identifier", "name", "birthDate", "gender", "patient", "relationship")
_DIRECTORY = ("HealthcareService/", "Location/", "Organization/", "Practitioner/", "PractitionerRole/")


@dataclass(frozen=True)
class Signing:
    """What is asked about one who signs: the records as they stand, the books of all versions, who is one person by
    merges that stand, and by what it counts that a Task was confirmed."""

    bodies: Mapping[str, Json]
    books: Books
    names: Callable[[set[str]], set[str]]
    counts: Callable[[str], bool]
    mistaken: Callable[[Json], bool]
    now: datetime

    def whom(self, signer: str) -> str:
        """The person for whom this RelatedPerson reads now, or nobody."""
        body = self.bodies.get(signer)
        person = body["patient"]["reference"] if body else ""
        may = person in self.bodies and self._may_sign(signer, person) and self._is_let(signer, person)
        return person if may else ""

    def _may_sign(self, signer: str, person: str) -> bool:
        """Recorded before today with a paper: a minor's parent or guardian, an adult's guardian who was confirmed."""
        before = [body for at, body in self.books.recorded(signer) if body is not None and self._is_past(at)]
        current = self.bodies[signer]
        if (
            not before
            or self.mistaken(current)
            or not all(self._stands(each, person) for each in (before[-1], current))
        ):
            return False
        if not any(self._is_paper(name, signer) for name in self.bodies):
            return False
        roles = set(_roles(before[-1])) & set(_roles(current))
        guardian = "GUARD" in roles and self._is_confirmed(signer)
        by_each = (
            bool(roles & {*_PARENTS, "GUARD"}) if self._is_minor(born) else guardian for born in self._births(person)
        )
        return all(by_each)

    def _stands(self, body: Json, person: str) -> bool:
        """It says so now, and said so as the day began."""
        runs = within(body.get("period"), self.now) is True and within(body.get("period"), self._morning()) is True
        return body["patient"]["reference"] == person and body.get("active") is not False and runs

    def _morning(self) -> datetime:
        return datetime.fromisoformat(f"{local_day(self.now)}T00:00:00+09:00")

    def _is_past(self, at: str) -> bool:
        """Whether it was recorded before this day."""
        return not at or second(datetime.fromisoformat(at)) < second(self._morning())

    def _is_paper(self, name: str, signer: str) -> bool:
        body = self.bodies[name]
        if not name.startswith("DocumentReference/") or body.get("status") != "current" or self.mistaken(body):
            return False
        of_kind = any(each["system"].endswith("/guardianship-paper") for each in _codings(body.get("type")))
        related = set(references((body.get("context") or {}).get("related")))
        return of_kind and signer in related and self._is_past(self.books.recorded(name)[-1][0])

    def _births(self, person: str) -> Iterator[str]:
        """What each name of theirs was registered with; of the name they are signed for also that it is not known."""
        for name in sorted(self.names({person})):
            first = next((body for _, body in self.books.recorded(name) if body is not None), None) or {}
            if name == person or "birthDate" in first:
                yield first.get("birthDate", "")

    def _is_minor(self, born: str) -> bool | None:
        """Whether they are not 18 today; None where that cannot be told."""
        days, today = read(born), local_day(self.now)
        if days is None or days[0] > second(self._morning()):
            return None
        earliest, latest = (f"{born}-01-01"[:10], f"{born}-12-31"[:10]) if len(born) == 4 else (born, born)
        if len(born) == 7:
            earliest, latest = f"{born}-01", f"{born}-31"
        grown = [f"{int(each[:4]) + 18:04}{each[4:]}" for each in (earliest, latest)]
        return True if today < grown[0] else False if today >= grown[1] else None

    def _is_confirmed(self, signer: str) -> bool:
        """By the lead section, after the record of them was last changed."""
        changed = self.books.changed(signer)
        for name, task in self.bodies.items():
            asks = name.startswith("Task/") and "confirm-guardian" in [
                one["code"] for one in _codings(task.get("code"))
            ]
            if (
                asks
                and task["focus"]["reference"] == signer
                and self.counts(name)
                and self.books.since_completed(name) > changed
            ):
                return True
        return False

    # --- protected ---------------------------------------------------------------------------------------------------

    def _is_let(self, signer: str, person: str) -> bool:
        """Of each protection, by whichever name of the person, an officer confirmed that this is not the one; and by
        nothing that is recorded are they."""
        bodies = [self.bodies.get(name, {}) for name in sorted(self.names({person}))]
        if self.meant({one for body in bodies for one in against(body)}) & self.meant({signer}):
            return False
        return all(self._is_confirmed_by(label, signer) for body in bodies for label in _protections(body))

    def _is_confirmed_by(self, label: Json, signer: str) -> bool:
        """And the record of them says of nobody else than it did."""
        said = [each["valueUri"].partition("/_history/") for each in _parts(label, "confirmed-signer")]
        numbers = [int(number) for name, _, number in said if name == signer and number]
        if not numbers:
            return False
        then = self.books.recorded(signer)[: numbers[-1]]
        body = then[-1][1] if len(then) == numbers[-1] and then else None
        return body is not None and all(body.get(each) == self.bodies[signer].get(each) for each in _WHO)

    def meant(self, said: set[str]) -> set[str]:
        """Every reference that is recorded as meaning one of these human beings: merges, a Patient's links, posts, and
        whose account is also a Patient's."""
        found: set[str] = set()
        more = set(said)
        while more - found:
            found |= more
            more = self.names({each for each in found if each.startswith("Patient/")})
            for one, other in self._alike():
                more |= {one, other} if {one, other} & found else set()
        return found

    def _alike(self) -> Iterator[tuple[str, str]]:
        for name in self.books.written:
            for _, body in self.books.recorded(name):
                if body and name.startswith("Patient/"):
                    linked = (one for one in references(body.get("link")) if one.startswith("RelatedPerson/"))
                    yield from ((name, one) for one in linked)
                if body and name.startswith("PractitionerRole/"):
                    yield name, body["practitioner"]["reference"]
        for name, body in self.bodies.items():
            same = "same-person" in [each["code"] for each in _codings(body.get("code"))]
            if name.startswith("Flag/") and same and body["status"] != "inactive":
                yield from ((body["subject"]["reference"], one) for one in references(body.get("extension")))


def extract(body: Json, person: str, readable: Callable[[str], bool]) -> Sequence[Json]:
    """Of a sheet the rows, of a plan the activities, that are for one person alone and name nothing that they may not
    read, by another name of theirs neither: that one's record is not theirs to read."""
    if body["resourceType"] == "QuestionnaireResponse":
        parts = [(row, set(_tied(row))) for row in map(_without_rows, _rows(body))]
    else:
        parts = [(each, _subjects(each.get("detail") or {})) for each in body.get("activity", ())]
    return [part for part, whom in parts if whom == {person} and _names_nobody_else(part, person, readable)]


def _names_nobody_else(part: Json, person: str, readable: Callable[[str], bool]) -> bool:
    for name in references(part):
        known = name == person or name.startswith(_DIRECTORY)
        if not known and (name.startswith(("Patient/", "#")) or not readable(name)):
            return False
    return True


def _rows(node: Json) -> Iterator[Json]:
    for element in ("item", "answer"):
        for each in node.get(element, ()):
            if each.get("linkId") == "member":
                yield each
            else:
                yield from _rows(each)


def _without_rows(row: Json) -> Json:
    """A row within a row is somebody else's."""
    if "item" not in row:
        return row
    kept = [_without_rows(each) for each in row["item"] if each.get("linkId") != "member"]
    return {**row, "item": kept} if kept else {key: value for key, value in row.items() if key != "item"}


def _tied(row: Json) -> Iterator[str]:
    for each in row.get("extension", ()):
        if each["url"].endswith("/member-subject"):
            yield from references(each)


def _subjects(detail: Json) -> set[str]:
    return {one for each in _parts(detail, "activity-subject") for one in references(each)}


def against(body: Json) -> set[str]:
    """Whom the protections of a Patient name as the one they are against."""
    return {each["valueUri"] for label in _protections(body) for each in _parts(label, "protected-against")}


def _protections(body: Json) -> Sequence[Json]:
    labels = body.get("meta", {}).get("security", ())
    return [each for each in labels if each["code"] in ("address-secret", "SDV")]


def is_violent(node: Any) -> bool:
    """Whether it speaks of violence or abuse anywhere."""
    if isinstance(node, list):
        return any(map(is_violent, node))
    if not isinstance(node, dict):
        return False
    if node.get("system") == f"{_OURS}/CodeSystem/concern-field" and node.get("code") == "violence":
        return True
    return any(map(is_violent, node.values()))


def has_untied_row(node: Any) -> bool:
    """Whether it, or a sheet that it contains, has a row that is tied to nobody."""
    if isinstance(node, list):
        return any(map(has_untied_row, node))
    if not isinstance(node, dict):
        return False
    if node.get("linkId") == "member" and not any(each.startswith("Patient/") for each in _tied(node)):
        return True
    return any(map(has_untied_row, node.values()))


def _parts(node: Json, name: str) -> list[Json]:
    return [each for each in node.get("extension", ()) if each["url"] == f"{_OURS}/StructureDefinition/{name}"]


def _roles(body: Json) -> Iterator[str]:
    for each in body.get("relationship", ()):
        yield from (one["code"] for one in _codings(each) if one["system"].endswith("/v3-RoleCode"))


def _codings(concept: Any) -> Sequence[Json]:
    return concept.get("coding", ()) if isinstance(concept, dict) else ()
