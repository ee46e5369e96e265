"""With whom a member of staff is in conflict: of whom it was said, by all names, and who they themselves lived with."""

from __future__ import annotations

from consent.evidence import Conflict
from consent.standing import conflicts
from resources.record import period
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.filed import Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.standing.test_care import household
from tests.unit.consent.standing.test_oneself import label, merged
from tests.unit.consent.town import patient

AT = period.instant(NOW)
FLAG, ITSELF = "Flag/f/_history/1", "Flag/i/_history/1"


def flag(id: str, person: str, staff: str = "Practitioner/p", *, themselves: bool = False, **elements: str) -> Json:
    said: Json = {"resourceType": "Flag", "id": id, "status": "active", "subject": ref(f"Patient/{person}")}
    said |= {"category": [concept("record-category", "conflict")]}
    said |= {"code": concept("record-category", "same-person") if themselves else {"text": "親族"}}
    return said | {"extension": [extension("staff-person", valueReference=ref(staff))]} | elements


def of(lying: Lying, staff: str = "Practitioner/p") -> set[Conflict]:
    async def asked(view) -> tuple[Conflict, ...]:
        rows = [row for row in await view.rows([("conflict", staff)]) if row.ended == "~"]
        return await conflicts.of(view, AT, rows)

    found = lying.ask(asked)
    assert len(found) == len(set(found)), "each once"
    return set(found)


def test_of_whom_it_was_said_by_all_their_names(lying: Lying) -> None:
    assert of(lying) == set()
    lying.put(patient("1"), patient("2"), patient("3"), household("g", "1", "3"))
    lying.put(flag("f", "1"), flag("other", "3", "Practitioner/q"))
    said = Conflict("Patient/1", FLAG)
    assert of(lying) == {said}, "and nobody of their household"
    merged(lying, "m", "Patient/1", "Patient/2")
    assert of(lying) == {said, Conflict("Patient/2", FLAG, merged="Task/m/_history/1")}
    undone = {"resourceType": "Task", "id": "m", "status": "entered-in-error", "for": ref("Patient/1")}
    lying.put(undone)
    assert of(lying) == {said}


def test_who_is_that_person_is_kept_from_themself_and_whoever_lived_with_them(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "123456"))
    lying.put(household("g", "1", "2"), household("h", "3", "4"), flag("f", "5"), flag("i", "1", themselves=True))
    own, other = Conflict("Patient/1", ITSELF), Conflict("Patient/5", FLAG)
    with_g = {Conflict(f"Patient/{one}", ITSELF, household="Group/g/_history/1") for one in ("1", "2")}
    assert of(lying) == {own, other} | with_g
    lying.put(household("g", "1", "2", "6"))
    joined = Conflict("Patient/6", ITSELF, household="Group/g/_history/2")
    assert of(lying) == {own, other, joined} | with_g
    lying.put(household("g", "2", "6"))
    lying.put(household("g", "2", "3", "6"))
    assert of(lying) == {own, other, joined} | with_g, "who came after they had left never lived with them"
    lying.delete("Group/g")
    assert of(lying) == {own, other, joined} | with_g, "a household that is gone keeps its persons"


def test_who_is_protected_against_them_is_kept_from_them(lying: Lying) -> None:
    def protected(id: str, *against: str) -> Json:
        return patient(id, meta={"security": [label(f"lock-{id}", against)]})

    link = [{"other": ref("RelatedPerson/kin"), "type": "seealso"}]
    lying.put(patient("1", link=link), protected("2", "Patient/1"), protected("3", "RelatedPerson/kin"))
    lying.put(protected("4", "Patient/stranger"), patient("5"), flag("f", "5"))
    assert {each.patient for each in of(lying)} == {"Patient/5"}, "as whom they are nobody knows"
    lying.put(flag("i", "1", themselves=True))
    own, other = Conflict("Patient/1", ITSELF), Conflict("Patient/5", FLAG)
    assert of(lying) == {own, other, Conflict("Patient/2", ITSELF), Conflict("Patient/3", ITSELF)}
    lying.put(patient("2"))
    merged(lying, "m", "Patient/3", "Patient/4")
    by_m = Conflict("Patient/4", ITSELF, merged="Task/m/_history/1")
    assert of(lying) == {own, other, Conflict("Patient/3", ITSELF), by_m}
    lying.delete("Patient/3")
    assert of(lying) == {own, other}


def test_of_several_names_that_they_have_the_first_one_s_declaration_is_cited(lying: Lying) -> None:
    lock = label("lock-3", ["Patient/2"])
    lying.put(patient("1"), patient("2"), patient("3", meta={"security": [lock]}))
    lying.put(flag("i", "1", themselves=True), flag("j", "2", themselves=True))
    assert Conflict("Patient/3", ITSELF) in of(lying)
    assert {each.version for each in of(lying) if each.patient == "Patient/3"} == {ITSELF}


def test_of_one_who_came_after_another_had_left_neither_lived_with_the_other(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "123"))
    lying.put(household("g", "2", "3"))
    lying.put(household("g", "3"))
    lying.put(household("g", "3", "1"), flag("i", "1", themselves=True))
    assert {each.patient for each in of(lying)} == {"Patient/1", "Patient/3"}


def test_of_one_who_left_as_another_came_neither_lived_with_the_other(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "123"))
    lying.put(household("g", "1", "2"), flag("i", "1", themselves=True))
    lying.put(household("g", "2", "3"))
    assert {each.patient for each in of(lying)} == {"Patient/1", "Patient/2"}


def test_who_came_back_lived_with_those_of_either_time(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "1234"))
    for members in ("12", "2", "3", "13", "4"):
        lying.put(household("g", *members))
    lying.put(flag("i", "1", themselves=True))
    assert {each.patient for each in of(lying)} == {"Patient/1", "Patient/2", "Patient/3"}


def test_they_and_those_with_them_are_meant_by_all_names(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "1234"))
    lying.put(household("g", "2", "3"), flag("i", "1", themselves=True))
    assert of(lying) == {Conflict("Patient/1", ITSELF)}
    merged(lying, "m", "Patient/1", "Patient/2")
    merged(lying, "n", "Patient/3", "Patient/4")
    by_m, by_n, in_g = "Task/m/_history/1", "Task/n/_history/1", "Group/g/_history/1"
    assert {(each.patient, each.household) for each in of(lying)} == {
        *(("Patient/1", ""), ("Patient/2", ""), ("Patient/2", in_g), ("Patient/1", in_g)),
        *(("Patient/3", in_g), ("Patient/4", in_g)),
    }
    assert Conflict("Patient/3", ITSELF, by_m, in_g) in of(lying), "who lived with them under another name"
    assert Conflict("Patient/4", ITSELF, by_n, in_g) in of(lying)


def test_two_households_of_one_person_are_not_one(lying: Lying) -> None:
    lying.put(*(patient(id) for id in "1234"))
    lying.put(household("g", "1", "2"), household("h", "1", "3"), household("k", "4"))
    lying.put(flag("i", "1", themselves=True), flag("j", "4", "Practitioner/p"))
    assert {each.patient for each in of(lying)} == {"Patient/1", "Patient/2", "Patient/3", "Patient/4"}
    assert {each.household for each in of(lying) if each.patient == "Patient/3"} == {"Group/h/_history/1"}
    assert {each.household for each in of(lying) if each.patient == "Patient/4"} == {""}
