"""How much of a value is harmless: by its datatype and its closed system, never by what it says (D1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.secrecy.harmless_value import HIDDEN, NEVER, NOBODY, WHOLE, HarmlessValue, Sight
from profiles import load
from tests.laws.worlds import CONFIDENTIALITY, own, ref

SPEC = load.load()
VALUE = HarmlessValue.of(SPEC)
HOUSEHOLD = "https://tsunagu.example/fhir/sid/household"
DEBTS = own("concern-field", "debts")
SAID = {"display": "支出・滞納・借金"}
R = {"system": CONFIDENTIALITY, "code": "R"}
NOTHING = HIDDEN, False
Json = dict[str, Any]


@pytest.mark.parametrize("type", ["date", "dateTime", "instant", "time", "boolean", "string"])
def test_dates_yes_and_no_and_what_is_listed_as_a_name_are_shown_whole(type: str) -> None:
    assert VALUE.shown("2026-11-23", type) == ("2026-11-23", True)


@pytest.mark.parametrize(
    "type", ["integer", "decimal", "markdown", "uri", "Quantity", "Address", "Attachment", "Range"]
)
def test_no_number_no_text_and_no_address_is_harmless(type: str) -> None:
    assert VALUE.shown("7020001", type) == NOTHING


def test_what_leads_to_a_place_is_for_nobody_and_of_dates_all_is_shown_of_every_value() -> None:
    assert {"Address", "ContactPoint", "Extension", "Identifier", "Meta", "Reference", "Resource"} == NEVER
    assert {"date", "dateTime", "instant", "time", "boolean"} == WHOLE, "what is listed as a name is not known for one"
    nobody = frozenset[str]()
    assert (NOBODY.identities, NOBODY.party, NOBODY.released, NOBODY.told("/note")) == (nobody, False, nobody, False)


def test_of_an_identifier_the_number_in_a_system_of_the_city_is_shown() -> None:
    number = {"system": HOUSEHOLD, "value": "7"}
    assert VALUE.shown(number, "Identifier") == (number, True)
    assert VALUE.shown({**number, "use": "usual", "assigner": ref("Organization/near")}, "Identifier") == (
        number,
        False,
    )
    assert VALUE.shown({"system": HOUSEHOLD}, "Identifier") == ({"system": HOUSEHOLD}, True)
    assert VALUE.shown({"system": "urn:school", "value": "7"}, "Identifier") == NOTHING
    assert VALUE.shown({"value": "7"}, "Identifier") == NOTHING


def test_of_a_name_and_of_a_time_the_parts_are_shown_without_what_stands_beside_them() -> None:
    name: Json = {
        "use": "usual",
        "text": "水無瀬 花",
        "family": "水無瀬",
        "given": ["花"],
        "prefix": ["様"],
        "suffix": ["子"],
    }
    name |= {"period": {"start": "2020", "end": "2021"}}
    assert VALUE.shown(name, "HumanName") == (name, True)
    beside: Json = {"extension": [{"url": "urn:x"}], "id": "n", "_family": {"id": "f"}}
    within = name | {"period": name["period"] | {"_start": {"id": "s"}, "id": "p", "extension": []}}
    assert VALUE.shown(within | beside, "HumanName") == (name, False)
    assert VALUE.shown(within, "HumanName") == (name, False)
    assert VALUE.shown(beside, "HumanName") == NOTHING
    assert VALUE.shown({"start": "2020", "end": "2021"}, "Period") == ({"start": "2020", "end": "2021"}, True)
    assert VALUE.shown({"end": "2021", "id": "x"}, "Period") == ({"end": "2021"}, False)
    assert VALUE.shown({"text": "ここ", "event": ["2020"]}, "Period") == NOTHING


def test_of_a_time_that_comes_again_the_days_and_hours_are_shown_and_no_words() -> None:
    repeat = {"boundsPeriod": {"start": "2026"}, "frequency": 1, "period": 2, "periodUnit": "wk", "dayOfWeek": ["mon"]}
    timing = {"event": ["2026-11-23"], "repeat": repeat}
    assert VALUE.shown(timing, "Timing") == (timing, True)
    beside = {"code": {"text": "隣の家に"}, "id": "t"}
    assert VALUE.shown(timing | beside, "Timing") == (timing, False)
    lasting = {"value": 3, "unit": "隣の家", "code": "隣", "_value": {"id": "v"}}
    worded = {"repeat": {"boundsDuration": lasting, "count": 1, "extension": [{"url": "urn:x"}], "id": "r"}}
    assert VALUE.shown(worded, "Timing") == ({"repeat": {"boundsDuration": {"value": 3}, "count": 1}}, False)
    listed = {"event": [{"id": "x", "at": "2026"}]}
    assert VALUE.shown(listed, "Timing") == ({"event": [{"at": "2026"}]}, False)
    assert VALUE.shown(beside, "Timing") == NOTHING


def test_a_code_is_shown_that_its_element_may_have_and_an_address_that_is_served_here() -> None:
    gender = "http://hl7.org/fhir/ValueSet/administrative-gender"
    for binding in (gender, f"{gender}|4.0.1"):
        assert VALUE.shown("female", "code", binding) == ("female", True)
        assert VALUE.shown("山陽町", "code", binding) == NOTHING
    assert VALUE.shown("female", "code") == NOTHING
    form = next(url for url, each in SPEC.artefacts.items() if each["resourceType"] == "Questionnaire")
    for canonical in (form, f"{form}|1.0"):
        assert VALUE.shown(canonical, "canonical") == (canonical, True)
    for other in ("urn:x", f"urn:x|{form}"):
        assert VALUE.shown(other, "canonical") == NOTHING


def test_of_codings_that_of_a_closed_system_is_shown_with_the_words_of_that_system() -> None:
    for as_sent, whole in ((DEBTS, True), (DEBTS | SAID, True), (DEBTS | {"display": "隣の家"}, False)):
        assert VALUE.shown(as_sent, "Coding") == (DEBTS | SAID, whole)
    assert VALUE.shown(DEBTS | {"version": "隣の家"}, "Coding") == (DEBTS | SAID, False)
    assert VALUE.shown(DEBTS | SAID | {"userSelected": True}, "Coding") == (DEBTS | SAID, False)
    assert VALUE.shown(R, "Coding") == (R, True), "the words of others are not ours"
    assert VALUE.shown(R | {"display": "restricted"}, "Coding") == (R, False)
    areas = (own("area-kind", "welfare-office"), own("desk", next(each.code for each in SPEC.concepts(DESK))))
    odd: tuple[Json, ...] = ({"system": {}, "code": "R"}, {"system": CONFIDENTIALITY}, {"code": "R"}, {})
    unknown = (own("concern-field", "隣の家"), {"system": "urn:x", "code": "R"}, *areas, *odd)
    for each in unknown:
        assert VALUE.shown(each, "Coding") == NOTHING


DESK = "https://tsunagu.example/fhir/CodeSystem/desk"


def test_of_a_concept_the_closed_codings_are_shown_and_no_words() -> None:
    unknown = {"system": "urn:x", "code": "隣の家"}
    told = DEBTS | SAID
    assert VALUE.shown({"coding": [DEBTS, R]}, "CodeableConcept") == ({"coding": [told, R]}, True)
    assert VALUE.shown({"coding": [DEBTS], "text": "隣"}, "CodeableConcept") == ({"coding": [told]}, False)
    assert VALUE.shown({"coding": [unknown, DEBTS]}, "CodeableConcept") == ({"coding": [told]}, False)
    assert VALUE.shown({"coding": [DEBTS, DEBTS | {"display": "隣"}]}, "CodeableConcept")[1] is False
    nothing: tuple[Json, ...] = ({"text": "隣"}, {"coding": [unknown]}, {"coding": []}, {"coding": None}, {})
    for each in nothing:
        assert VALUE.shown(each, "CodeableConcept") == NOTHING


def test_what_is_known_here_is_what_is_served_but_for_areas() -> None:
    made = HarmlessValue.of(SPEC)
    assert made.displays[DEBTS["system"], "debts"] == SAID["display"]
    assert {"debts"} < made.codes[DEBTS["system"]]
    assert {"N", "R", "V"} <= made.codes[CONFIDENTIALITY]
    assert not made.codes.keys() & {DESK, own("area-kind", "")["system"]}
    ours = {url for url, each in SPEC.artefacts.items() if each["resourceType"] == "CodeSystem"}
    assert {system for system, _ in made.displays} == ours
    assert ours - made.codes.keys() == SPEC.harmless.areas
    assert {"member", "member.name", "member.address"} <= made.questions, "those within others too"


def test_what_is_ours_is_known_whether_or_not_an_element_is_bound_to_it() -> None:
    sent = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "隣の家"}]}
    made = HarmlessValue.of(replace(SPEC, codings={}, artefacts={**SPEC.artefacts, "urn:x": sent}))
    assert made.codes[DEBTS["system"]] == VALUE.codes[DEBTS["system"]]
    assert made.questions == VALUE.questions, "and of questions those of a form alone"


def test_a_question_of_a_sheet_of_ours_is_named_and_no_other() -> None:
    assert VALUE.link("member.name") == ("member.name", True)
    assert VALUE.link("隣の家") == NOTHING


ME, NEAR = "Organization/me", "HealthcareService/near"


@pytest.mark.parametrize(
    "target",
    ["Patient/1", "RelatedPerson/1", "Group/1", "Task/1", "Condition/1/_history/2", "QuestionnaireResponse/1"],
)
def test_a_person_a_household_and_their_records_are_shown_to_everybody(target: str) -> None:
    assert VALUE.referred(ref(target), NOBODY, party=False) == (ref(target), True)
    named = ref(target) | {"display": "隣の家"}
    assert VALUE.referred(named, NOBODY, party=False) == (ref(target), False)


@pytest.mark.parametrize(
    ("sight", "party", "performer", "shown"),
    [
        (NOBODY, True, True, False),
        (Sight(frozenset({ME})), True, True, False),
        (Sight(frozenset({NEAR})), False, False, True),
        (Sight(party=True), True, False, True),
        (Sight(party=True), False, True, False),
        (Sight(released=frozenset({NEAR})), False, True, True),
        (Sight(released=frozenset({NEAR})), True, False, False),
        (Sight(released=frozenset({ME})), True, True, False),
    ],
)
def test_an_agency_is_shown_to_itself_to_the_parties_as_a_party_and_once_released_as_who_does_something(
    sight: Sight, party: bool, performer: bool, shown: bool
) -> None:
    expected = (ref(NEAR), True) if shown else NOTHING
    assert VALUE.referred(ref(NEAR), sight, party=party, performer=performer) == expected


def test_who_does_something_is_not_released_where_nothing_says_that_they_do_it() -> None:
    assert VALUE.referred(ref(NEAR), Sight(released=frozenset({NEAR})), party=False) == NOTHING


@pytest.mark.parametrize(
    "node",
    [ref("Location/h"), ref("https://elsewhere.example/Patient/1"), ref("#p"), {"reference": 7}, {"display": "母"}, {}],
)
def test_a_place_and_what_is_not_of_this_server_are_shown_to_nobody(node: Json) -> None:
    everything = Sight(frozenset({"Location/h", ""}), party=True, released=frozenset({"Location/h", ""}))
    assert VALUE.referred(node, everything, party=True, performer=True) == NOTHING


@pytest.mark.parametrize(
    ("node", "of_persons"),
    [
        (ref("Patient/1"), True),
        (ref("Group/1") | {"type": "Group", "display": "水無瀬家"}, True),
        (ref("Condition/1/_history/2") | {"display": "借金"}, True),
        (ref("Organization/near") | {"display": "隣"}, False),
        (ref("Location/h"), False),
        (ref("Patient/1") | {"identifier": {"value": "7"}}, False),
        ({"display": "母"}, False),
        ([ref("Patient/1")], False),
        ("Patient/1", False),
        (None, False),
    ],
)
def test_words_beside_a_reference_are_of_persons_where_it_leads_to_one(node: Any, of_persons: bool) -> None:
    assert VALUE.is_of_persons(node) is of_persons


def test_what_two_readers_are_shown_is_what_each_is() -> None:
    mine = Sight(
        frozenset({"Organization/a", "Organization/b"}), True, lambda at: at in ("/x", "/y"), frozenset({"p", "q"})
    )
    theirs = Sight(frozenset({"Organization/b", "Organization/c"}), True, lambda at: at == "/y", frozenset({"q", "r"}))
    for both in (mine.also(theirs), theirs.also(mine)):
        assert (both.identities, both.party, both.released) == (frozenset({"Organization/b"}), True, frozenset({"q"}))
        assert (both.told("/x"), both.told("/y"), both.told("/z")) == (False, True, False)
    for nobody in (mine.also(NOBODY), NOBODY.also(mine)):
        assert (nobody.identities, nobody.party, nobody.released) == (frozenset(), False, frozenset())
        assert not nobody.told("/x")
