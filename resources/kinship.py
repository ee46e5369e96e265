"""What the members of a household are called on its sheet: 母, 母の妹, 長男, 二男, never by name.

A10 of the domain; slide 17 of the seed. RelatedPerson says the kinship to the head, Patient.link who that is.
"""

from __future__ import annotations

from collections.abc import Iterable

from resources.record import coding, reference
from resources.record.reference import Resource

_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_CHILDREN = {f"{_ROLE}|{code}" for code in ("CHILD", "SON", "SONC", "DAU", "DAUC", "STPSON", "STPDAU", "CHLDADOPT")}
_HEAD = {"female": "母", "male": "父"}


def members(household: Resource) -> tuple[str, ...]:
    """The `Patient/id`s of a household in its own order; the first is the head."""
    return tuple(found for entry in household.get("member") or () if (found := reference.one(entry, "entity")))


def names(household: Resource, patients: Iterable[Resource], kin: Iterable[Resource]) -> dict[str, str]:
    """The name of each member whose kinship is known, in the household's order."""
    order = members(household)
    people = {f"Patient/{patient['id']}": patient for patient in patients}
    related = {f"RelatedPerson/{each['id']}": each for each in kin}
    found = {name: relation for name, patient in people.items() if (relation := _relation(patient, related))}
    if not order or order[0] not in people:
        return {name: _text(found[name]) for name in order if name in found}
    parent = any(_is_child(relation) for relation in found.values())
    head = _HEAD.get(str(people[order[0]].get("gender")), "親") if parent else "本人"
    called = {name: _called(relation, head) for name, relation in found.items()}
    called[order[0]] = head
    return {name: called[name] for name in order if name in called}


def _relation(patient: Resource, related: dict[str, Resource]) -> Resource | None:
    links = [reference.one(link, "other") for link in patient.get("link") or ()]
    return next((related[name] for name in links if name in related), None)


def _called(relation: Resource, head: str) -> str:
    """A child by its own word, another relative by whose relative it is."""
    text = _text(relation)
    return text if _is_child(relation) or head == "本人" else f"{head}の{text}"


def _text(relation: Resource) -> str:
    shown = [entry.get("text", "") for entry in relation.get("relationship") or ()]
    return next((text for text in shown if text), "世帯員")


def _is_child(relation: Resource) -> bool:
    return bool(coding.of(relation.get("relationship")) & _CHILDREN)
