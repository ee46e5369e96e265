"""Which elements are harmless is said by the structure of FHIR R4, and never by what is written in them (D1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.secrecy import harmless
from consent.secrecy.harmless import MASK, Harmless, Kind, Place, is_mask
from consent.secrecy.harmless_value import HIDDEN, NOBODY, Sight
from profiles import load
from resources.record import coding
from tests.laws.worlds import own, ref

SPEC = load.load()
LIST = harmless.of(SPEC)
OURS = f"{coding.BASE}/StructureDefinition/necessity"
WORDS = "隣の家"
NOTHING = HIDDEN, False
ALL = Sight(frozenset({"Organization/a"}), party=True, released=frozenset({"Organization/a"}))
Json = dict[str, Any]


def place(resource: Json, pointer: str) -> tuple[Place, Any]:
    """Where a pointer leads in a record, and what stands there."""
    at, node = Place(resource["resourceType"]), resource
    for part in pointer.split("/")[1:]:
        if isinstance(node, list):
            at, node = at.at(int(part)), node[int(part)]
        else:
            at, node = LIST.below(at, part, node), node[part]
    assert at.pointer == pointer
    return at, node


def kind(resource: Json, pointer: str) -> Kind:
    at, node = place(resource, pointer)
    return LIST.kind(at, node)


def record(type: str, **elements: Any) -> Json:
    return {"resourceType": type, **elements}


def test_what_stands_for_something_withheld_says_no_more() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert {"extension": [{"url": url, "valueCode": "masked"}]} == MASK
    for stands in (MASK, [MASK], {"status": MASK}, {"_status": MASK, "participant": [{"actor": MASK}]}, [MASK, [MASK]]):
        assert is_mask(stands)
    other = {"extension": [{"url": url, "valueCode": "unknown"}]}
    saying: list[Any] = [other, {}, [], None, "masked", {"a": MASK, "b": "x"}, [MASK, "x"], {"a": {}}]
    for says in (*saying, {**MASK, "id": "x"}):
        assert not is_mask(says)


KINDS: list[tuple[Json, str, Kind]] = [
    (record("Condition"), "", "inside"),
    (record("Condition", subject=ref("Patient/1")), "/subject", "listed"),
    (record("Condition", onsetDateTime="2026"), "/onsetDateTime", "listed"),
    (record("Condition", onsetString=WORDS), "/onsetString", "text"),
    (record("Condition", note=[{"text": WORDS}]), "/note/0", "text"),
    (record("Condition", stage=[{"summary": {}}]), "/stage/0", "inside"),
    (record("Condition", stage=[{"summary": {}}]), "/stage/0/summary", "listed"),
    (record("Condition", stage=[{"assessment": [{}]}]), "/stage/0/assessment/0", "never"),
    (record("Condition", unheardOf=WORDS), "/unheardOf", "never"),
    (record("Condition", text={"div": WORDS}), "/text", "text"),
    (record("Condition", contained=[{"id": "p"}]), "/contained/0", "never"),
    (record("Patient", name=[{"text": WORDS}]), "/name/0", "listed"),
    (record("Patient", address=[{}]), "/address/0", "never"),
    (record("Patient", contact=[{"telecom": [{}]}]), "/contact/0/telecom/0", "never"),
    (record("Patient", contact=[{"name": {}}]), "/contact/0/name", "text"),
    (record("DocumentReference", content=[{"attachment": {}}]), "/content/0/attachment", "text"),
    (record("Encounter", location=[{"location": ref("Location/h")}]), "/location/0/location", "never"),
    (record("CarePlan", activity=[{"detail": {"description": WORDS}}]), "/activity/0/detail/description", "text"),
]


@pytest.mark.parametrize(("resource", "pointer", "expected"), KINDS)
def test_what_becomes_of_a_value_depends_on_the_element(resource: Json, pointer: str, expected: Kind) -> None:
    assert kind(resource, pointer) == expected


def test_a_part_of_a_part_is_known_by_the_element_that_it_repeats() -> None:
    """`item.item` of a sheet, and `section.section` of a document, are `item` and `section`."""
    sheet = record("QuestionnaireResponse", item=[{"linkId": "a", "item": [{"linkId": "b", "item": [{}]}]}])
    assert [place(sheet, at)[0].path for at in ("/item", "/item/0/item", "/item/0/item/0/item/0")] == [("item",)] * 3
    assert kind(sheet, "/item/0/item/0") == "inside"
    assert kind(sheet, "/item/0/item/0/linkId") == "listed"
    document = record("Composition", section=[{"section": [{"title": WORDS, "entry": [ref("Task/1")]}]}])
    assert (kind(document, "/section/0/section/0/title"), kind(document, "/section/0/section/0/entry/0")) == (
        "text",
        "listed",
    )


def test_of_extensions_ours_that_are_listed_are_looked_into_and_no_other() -> None:
    def extended(url: Any, **value: Any) -> Json:
        return record("Encounter", extension=[{"url": url, **value}])

    assert kind(extended(OURS), "/extension/0") == "inside"
    for other in (f"{coding.BASE}/StructureDefinition/disclosable-to", "urn:x", None, f"{OURS}/x"):
        assert kind(extended(other), "/extension/0") == "never"
    assert LIST.kind(place(extended(OURS), "/extension")[0], OURS) == "never", "what is no extension"
    modified = record("Encounter", modifierExtension=[{"url": OURS, "valueBoolean": True}])
    assert kind(modified, "/modifierExtension/0") == "inside"
    assert kind(modified, "/modifierExtension/0/valueBoolean") == "listed"
    nested = extended(OURS, extension=[{"url": "part", "valueString": WORDS}])
    assert kind(nested, "/extension/0/extension/0") == "never", "an extension within one is another extension"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"valueString": WORDS}, NOTHING),
        ({"valueCode": "x"}, NOTHING),
        ({"valueMarkdown": WORDS}, NOTHING),
        ({"valueDate": "2026-11-23"}, ("2026-11-23", True)),
        ({"valueDateTime": "2026-11-23"}, ("2026-11-23", True)),
        ({"valueBoolean": False}, (False, True)),
        ({"valueInteger": 7020001}, NOTHING),
        ({"valueCoding": own("case-outcome", "x")}, NOTHING),
        ({"valuePeriod": {"start": "2026", "id": "x"}}, ({"start": "2026"}, False)),
        ({"valueReference": ref("Patient/1")}, (ref("Patient/1"), True)),
        ({"valueReference": ref("Organization/a")}, NOTHING),
        ({"valueAddress": {"text": WORDS}}, NOTHING),
        ({"url": OURS}, (OURS, True)),
    ],
)
def test_of_an_extension_of_ours_dates_persons_and_closed_codes_are_shown(value: Json, shown: Any) -> None:
    ((name, _),) = value.items()
    at, node = place(record("Encounter", extension=[{"url": OURS} | value]), f"/extension/0/{name}")
    assert (at.path, at.question, at.open, LIST.kind(at, node)) == (("extension", name), "", True, "listed")
    assert LIST.shown(node, at, NOBODY) == shown


def test_what_lies_below_a_value_of_an_extension_of_ours_is_open_too() -> None:
    at, _ = place(record("Encounter", extension=[{"url": OURS, "valueString": WORDS}]), "/extension/0/valueString")
    inner = LIST.below(at, "extension", {})
    assert inner == Place("Encounter", ("extension", "valueString", "extension"), f"{at.pointer}/extension", open=True)
    assert LIST.kind(inner, {"url": OURS}) == "text"
    outside = LIST.below(Place("Encounter"), "extension", {})
    assert outside == Place("Encounter", ("extension",), "/extension")


def sheet(link: str, **value: Any) -> tuple[Place, Any]:
    ((name, said),) = value.items()
    items = [{"linkId": "member", "item": [{"linkId": link, "answer": [value]}]}]
    at, _ = place(record("QuestionnaireResponse", item=items), f"/item/0/item/0/answer/0/{name}")
    assert at.question == link
    return at, said


def test_of_a_sheet_names_are_shown_and_an_address_is_for_nobody_not_even_its_writer() -> None:
    for link in ("member.name", "member.kana", "member.consent.signature"):
        assert LIST.kind(*sheet(link, valueString=WORDS)) == "listed"
        assert LIST.kind(*sheet(link, valueAttachment={"title": WORDS})) == "text", "a name is a string"
    for link in ("member.address", "member.phone"):
        for value in ({"valueString": WORDS}, {"valueBoolean": True}, {"valueDate": "2026"}):
            assert LIST.kind(*sheet(link, **value)) == "never"
    assert LIST.kind(*sheet("member.note", valueString=WORDS)) == "text"
    assert LIST.kind(*sheet("member.note", valueBoolean=True)) == "listed"
    assert LIST.kind(*sheet("", valueString=WORDS)) == "text"


def test_what_is_beside_an_answer_is_no_answer() -> None:
    within = [{"linkId": "member.address", "text": WORDS, "answer": [{"item": [{"linkId": "x"}]}]}]
    at_place = record("QuestionnaireResponse", item=within)
    assert kind(at_place, "/item/0/linkId") == "listed"
    assert kind(at_place, "/item/0/text") == "text"
    assert kind(at_place, "/item/0/answer/0") == "inside"
    named = record("QuestionnaireResponse", item=[{"linkId": "member.name", "text": WORDS}])
    assert kind(named, "/item/0/text") == "text"
    note = record("Condition", note=[{"text": WORDS}])
    onset = LIST.below(Place("Condition"), "onsetString", note).element
    outside = Place("Condition", ("valueString",), "", onset, "member.address")
    assert LIST.kind(outside, WORDS) == "text", "of a sheet alone"


def test_a_sheet_s_questions_are_shown_and_the_items_of_others_hidden() -> None:
    for link, shown in (("member.name", ("member.name", True)), (WORDS, NOTHING)):
        at, node = place(record("QuestionnaireResponse", item=[{"linkId": link}]), "/item/0/linkId")
        assert LIST.shown(node, at, NOBODY) == shown


def test_parties_and_performers_are_those_of_the_list() -> None:
    def referred(resource: Json, pointer: str, sight: Sight) -> bool:
        at, node = place(resource, pointer)
        return LIST.shown(node, at, sight)[1]

    released = Sight(released=frozenset({"Organization/a"}))
    task = record("Task", requester=ref("Organization/a"), owner=ref("Organization/a"), encounter=ref("Organization/a"))
    elements = [f"/{name}" for name in task if name != "resourceType"]
    seen = [(referred(task, at, Sight(party=True)), referred(task, at, released)) for at in elements]
    assert seen == [(True, False), (True, True), (False, False)]
    plan = record(
        "CarePlan", activity=[{"detail": {"performer": [ref("Organization/a")]}}], author=ref("Organization/a")
    )
    performer = "/activity/0/detail/performer/0"
    assert (referred(plan, performer, Sight(party=True)), referred(plan, performer, released)) == (False, True)
    assert not referred(plan, "/author", released)
    assert referred(plan, "/author", ALL), "the reader's own"


def test_a_writer_is_shown_all_of_a_value_unless_it_leads_to_a_place() -> None:
    def opens(resource: Json, pointer: str) -> bool:
        return LIST.opens(*place(resource, pointer))

    assert opens(record("Condition", code={"text": WORDS}), "/code")
    assert opens(record("Condition", subject=ref("Patient/1") | {"display": WORDS}), "/subject")
    assert not opens(record("Condition", recorder=ref("Organization/a") | {"display": WORDS}), "/recorder")
    assert not opens(record("Patient", identifier=[{"value": WORDS}]), "/identifier/0")
    assert not LIST.opens(Place("Condition", ("unheardOf",)), ref("Patient/1"))


@pytest.mark.parametrize(
    ("at", "choices"),
    [
        (Place("Patient"), ["multipleBirth"]),
        (Place("Condition"), ["abatement", "onset"]),
        (Place("Observation"), ["effective", "value"]),
        (Place("Observation", ("component",)), ["value"]),
        (Place("CarePlan"), []),
        (Place("CommunicationRequest"), ["occurrence"]),
        (Place("CarePlan", ("activity", "detail")), ["product", "scheduled"]),
        (Place("Unheard"), []),
    ],
)
def test_of_a_choice_there_is_one_where_one_of_its_kinds_may_be_withheld(at: Place, choices: list[str]) -> None:
    """Not of `deceased[x]`, of which every kind is listed and shown whole."""
    found = [sorted(each) for each in LIST.choices(at)]
    assert sorted(next(n for n in choices if each[0].startswith(n)) for each in found) == choices
    assert all(name.startswith(tuple(choices)) for each in found for name in each)
    if at.type == "Condition":
        kinds = ["Age", "DateTime", "Period", "Range", "String"]
        assert sorted(found) == [[f"{name}{each}" for each in kinds] for name in ("abatement", "onset")]


def test_of_a_choice_of_which_one_kind_is_not_listed_there_is_one_too() -> None:
    listed = replace(SPEC.harmless, types={"Patient": frozenset({"deceasedDateTime"})})
    made = Harmless(replace(SPEC, harmless=listed), LIST.value)
    assert frozenset({"deceasedBoolean", "deceasedDateTime"}) in set(made.choices(Place("Patient")))


def masks(type: str, *path: str) -> dict[str, Any]:
    made = Harmless(SPEC, LIST.value)
    found = made.masks(Place(type, path))
    assert made.masks(Place(type, path)) == found, "asked once or twice"
    return {each.key: each.value for each in found}


def test_where_an_element_is_required_something_stands_for_it() -> None:
    assert masks("Condition") == {"subject": MASK}
    assert masks("Patient") == {}
    assert masks("Composition") == {"_status": MASK, "type": MASK, "_date": MASK, "author": [MASK], "_title": MASK}
    assert masks("Appointment") == {"_status": MASK, "participant": [{"_status": MASK}]}, "and for what that requires"
    assert masks("Appointment", "participant") == {"_status": MASK}
    assert masks("Task", "input") == {"type": MASK, "_valueBase64Binary": MASK}, "the first kind of a choice"
    assert masks("Encounter", "extension") == {}
    assert masks("DocumentReference", "content") == {"attachment": MASK}


def test_any_kind_of_a_required_choice_is_as_good_as_another() -> None:
    (of_type, of_value) = Harmless(SPEC, LIST.value).masks(Place("Task", ("input",)))
    assert of_type.names == ("type",)
    assert {"valueString", "valueReference", "valueMoney"} < set(of_value.names)
    assert "value[x]" not in of_value.names


def test_of_a_type_without_a_list_nothing_is_known_to_be_harmless() -> None:
    assert LIST.entire("Coverage")
    assert not LIST.entire("Condition")
    assert kind(record("Coverage", status="active"), "/status") == "text"
