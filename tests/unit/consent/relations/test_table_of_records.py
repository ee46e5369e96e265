"""R21, R26 and R38: what the directory says of those who are called: fields, advisers, departments in charge."""

from __future__ import annotations

from typing import Any

from consent.relations import at_the_table
from consent.relations.people import Person
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

CENTER, DEPARTMENT, OTHER = (f"Organization/{each}" for each in ("center", "department", "other"))
PEOPLE = {
    "PractitionerRole/a": Person(frozenset(), frozenset({"officer"}), frozenset({CENTER})),
    "PractitionerRole/d": Person(frozenset(), frozenset({"officer"}), frozenset({DEPARTMENT})),
    "PractitionerRole/co": Person(frozenset(), frozenset({"coordinator"}), frozenset({CENTER})),
}


def meeting(*members: str, **elements: Any) -> Json:
    seats: list[Json] = [{"individual": ref(each)} if each else {} for each in members]
    return {"resourceType": "Encounter", "participant": [each | elements for each in seats]}


# --- fields ----------------------------------------------------------------------------------------------------------


def fields(lying: Lying, called: Json) -> frozenset[str]:
    return lying.ask(lambda view: at_the_table.fields(called, PEOPLE, view, NOW))


def desk(id: str, agency: str = CENTER, **elements: Any) -> Json:
    return {"resourceType": "HealthcareService", "id": id, "providedBy": ref(agency)} | elements


def test_the_fields_are_those_of_the_desks_in_force_of_whose_people_are_called(lying: Lying) -> None:
    lying.put(desk("one", category=[concept("concern-field", "debts"), concept("record-category", "case")]))
    lying.put(desk("two", type=[concept("concern-field", "housing")], active=True))
    lying.put(desk("closed", category=[concept("concern-field", "care")], active=False))
    lying.put(desk("theirs", OTHER, category=[concept("concern-field", "health")]))
    assert fields(lying, meeting("PractitionerRole/a")) == {"debts", "housing"}
    assert fields(lying, meeting("PractitionerRole/unknown", "")) == fields(lying, meeting()) == frozenset()
    assert fields(lying, meeting("PractitionerRole/a", period={"end": "2026-11-22"})) == frozenset()
    assert fields(lying, meeting("PractitionerRole/a", period={"start": "2026-11-24"})) == {"debts", "housing"}


# --- advisers --------------------------------------------------------------------------------------------------------


def test_the_advisers_are_those_who_are_called_as_such(lying: Lying) -> None:
    def adviser(id: str, field: str, role: str = "adviser") -> Json:
        post: Json = {"resourceType": "PractitionerRole", "id": id, "code": [concept("role", role)]}
        return post | {"specialty": [concept("adviser-field", field)]}

    def called(*members: str, **elements: Any) -> frozenset[str]:
        return lying.ask(lambda view: at_the_table.advisers(meeting(*members, **elements), view, NOW))

    lying.put(adviser("m", "medical"), adviser("e", "elderly"), adviser("o", "disability", "officer"))
    lying.put(adviser("gone", "children"))
    lying.delete("PractitionerRole/gone")
    every = [f"PractitionerRole/{each}" for each in ("m", "e", "o", "gone", "unknown")]
    assert called(*every, "Practitioner/m", "") == {"medical", "elderly"}
    assert called(every[0]) == {"medical"}
    assert called(every[0], period={"end": "2026-11-22"}) == called() == frozenset()


# --- departments -----------------------------------------------------------------------------------------------------


def affiliated(id: str = "x", department: str = DEPARTMENT, **elements: Any) -> Json:
    made: Json = {"resourceType": "OrganizationAffiliation", "id": id, "organization": ref(CENTER)}
    made |= {"participatingOrganization": ref(department)} if department else {}
    return made | {"code": [concept("role", "department")]} | elements


def unbacked(lying: Lying, *members: str, **elements: Any) -> tuple[tuple[str, str], ...]:
    called = meeting(*members, **elements)
    return lying.ask(lambda view: at_the_table.without_department(called, PEOPLE, view, NOW))


def founded(lying: Lying, *affiliations: Json) -> None:
    for id, name in (("center", "相談センター"), ("department", "所管課")):
        lying.put({"resourceType": "Organization", "id": id, "name": name})
    lying.put(*affiliations)


def test_an_agency_is_at_the_table_with_its_department(lying: Lying) -> None:
    founded(lying, affiliated())
    named = (("相談センター", "所管課"),)
    assert unbacked(lying, "PractitionerRole/a") == unbacked(lying, "PractitionerRole/a", "") == named
    assert unbacked(lying, "PractitionerRole/a", "PractitionerRole/unknown") == named
    assert unbacked(lying, "PractitionerRole/a", "PractitionerRole/d") == ()
    assert unbacked(lying, "PractitionerRole/co") == (), "who attends for the city is backed by none"
    assert unbacked(lying, "PractitionerRole/d") == unbacked(lying) == ()
    assert unbacked(lying, "PractitionerRole/a", period={"end": "2026-11-22"}) == ()


def test_only_the_department_in_charge_now_is_asked_for(lying: Lying) -> None:
    founded(lying)
    over: Json
    for over in (
        {"active": False},
        {"period": {"end": "2026-11-22"}},
        {"period": {"start": "2026-11-24"}},
        {"code": [concept("role", "member")]},
        {"code": []},
    ):
        lying.put(affiliated(**over))
        assert unbacked(lying, "PractitionerRole/a") == (), over
    lying.put(affiliated(period={"start": "2026-11-24", "end": "2026-11-23"}))
    assert unbacked(lying, "PractitionerRole/a") != (), "where that cannot be told, it is"


def test_one_of_several_departments_is_enough_and_what_has_no_name_is_called_by_its_reference(lying: Lying) -> None:
    founded(lying, affiliated(), affiliated("y", OTHER))
    lying.put({"resourceType": "Organization", "id": "other"})
    assert unbacked(lying, "PractitionerRole/a") == (("相談センター", "所管課"),)
    assert unbacked(lying, "PractitionerRole/a", "PractitionerRole/d") == ()
    lying.put(affiliated(active=False))
    assert unbacked(lying, "PractitionerRole/a") == (("相談センター", OTHER),)
    lying.delete("Organization/center")
    assert unbacked(lying, "PractitionerRole/a") == ((CENTER, OTHER),)
    lying.put(affiliated("y", "Organization/unknown"))
    assert unbacked(lying, "PractitionerRole/a") == ((CENTER, "Organization/unknown"),)
    lying.put(affiliated("y", ""))
    assert unbacked(lying, "PractitionerRole/a") == ((CENTER, ""),)
