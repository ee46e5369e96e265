"""What of a record is withheld, and which of it is a text that may be marked or is shown to who wrote it (D1)."""

from __future__ import annotations

from typing import Any

from consent.secrecy import harmless
from consent.secrecy.harmless import MASK, Place
from consent.secrecy.harmless_value import NOBODY, Sight
from consent.secrecy.redaction import Redaction, texts, withheld
from profiles import load
from tests.laws.worlds import extension, own, ref

LIST = harmless.of(load.load())
PLACE = "山陽町三丁目九番地"
EVERYTHING = Sight(told=lambda pointer: True)
BESIDE = {"extension": [{"url": "urn:x", "valueString": PLACE}]}
DEBTS = own("concern-field", "debts")
Json = dict[str, Any]

CONCERN: Json = {
    "resourceType": "Condition",
    "id": "1",
    "meta": {"versionId": "1", "lastUpdated": "2026-11-23T00:00:00Z", "tag": [{"code": PLACE}], "source": "urn:x"},
    "text": {"status": "generated", "div": PLACE},
    "clinicalStatus": MASK,
    "_recordedDate": BESIDE,
    "_onsetString": MASK,
    "recordedDate": "2026-11-01",
    "subject": ref("Patient/1") | {"display": PLACE},
    "recorder": ref("Organization/near"),
    "code": {"coding": [DEBTS], "text": PLACE},
    "severity": {"coding": [DEBTS]},
    "identifier": [{"system": "urn:n", "value": PLACE}],
    "bodySite": [None, {"text": PLACE}],
    "stage": [{"id": "s", "meta": {"versionId": PLACE}, "resourceType": PLACE, "type": {"text": PLACE}}, PLACE],
    "note": [{"text": PLACE}, MASK],
    "extension": [{"url": "urn:x", "valueString": PLACE}, extension("necessity", valueString=PLACE)],
}

TEXTS = {
    "/text": ("text",),
    "/subject": ("subject",),
    "/code": ("code",),
    "/bodySite/1": ("bodySite",),
    "/stage/0/id": ("stage", "id"),
    "/stage/0/type": ("stage", "type"),
    "/note/0": ("note",),
    "/extension/1/valueString": ("extension", "valueString"),
}
NEVER = {
    "/meta/tag": ("meta", "tag"),
    "/meta/source": ("meta", "source"),
    "/_recordedDate": ("_recordedDate",),
    "/recorder": ("recorder",),
    "/identifier/0": ("identifier",),
    "/stage/0/meta": ("stage", "meta"),
    "/stage/0/resourceType": ("stage", "resourceType"),
    "/stage/1": ("stage",),
    "/extension/0": ("extension",),
}


def at(pointer: str) -> Any:
    node: Any = CONCERN
    for part in pointer.split("/")[1:]:
        node = node[int(part)] if isinstance(node, list) else node[part]
    return node


def test_every_value_that_is_not_harmless_is_withheld_but_what_only_stands_for_one() -> None:
    found = {pointer: (path, value) for pointer, path, value in withheld(LIST, CONCERN)}
    assert found == {pointer: (path, at(pointer)) for pointer, path in (TEXTS | NEVER).items()}
    bare = {"resourceType": "Condition", "id": "1", "recordedDate": "2026"}
    stamps: list[Json] = [{}, {"meta": None}, {"meta": {}}, {"meta": {"versionId": "1"}}]
    for meta in stamps:
        assert list(withheld(LIST, bare | meta)) == []


def test_texts_are_those_of_it_that_lead_to_no_place() -> None:
    found = {pointer: (path, value) for pointer, path, value in texts(LIST, CONCERN)}
    assert found == {pointer: (path, at(pointer)) for pointer, path in TEXTS.items()}
    below = list(texts(LIST, CONCERN["note"], Place("Condition", ("note",), "/note", *_element("note"))))
    assert below == [("/note/0", ("note",), {"text": PLACE})]


def _element(name: str) -> tuple[Any]:
    return (LIST.below(Place("Condition"), name, CONCERN).element,)


def test_the_text_of_an_answer_is_that_of_its_question() -> None:
    answers = [{"linkId": each, "answer": [{"valueString": PLACE}]} for each in ("consultation", "wish")]
    sheet = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": answers}
    path = ("item", "answer", "valueString")
    assert list(texts(LIST, sheet)) == [
        (f"/item/{n}/answer/0/valueString", (*path, link), PLACE) for n, link in enumerate(("consultation", "wish"))
    ]
    assert list(withheld(LIST, sheet)) == [(f"/item/{n}/answer/0/valueString", path, PLACE) for n in (0, 1)]


def test_who_wrote_everything_is_shown_the_texts_and_nothing_that_leads_to_a_place() -> None:
    shown = Redaction(LIST, "Condition", EVERYTHING).show(CONCERN)
    told = extension("necessity", valueString=PLACE)
    assert shown == {
        **{name: CONCERN[name] for name in ("resourceType", "id", "text", "recordedDate", "subject", "code", "note")},
        "meta": {"versionId": "1", "lastUpdated": "2026-11-23T00:00:00Z"},
        "severity": {"coding": [DEBTS | {"display": "支出・滞納・借金"}]},
        "clinicalStatus": MASK,
        "bodySite": CONCERN["bodySite"],
        "stage": [{"id": "s", "type": {"text": PLACE}}],
        "extension": [told],
    }
    beside = CONCERN | {"extension": [told | {"_valueString": BESIDE, "_url": BESIDE}]}
    assert Redaction(LIST, "Condition", EVERYTHING).show(beside)["extension"] == [told], "what is beside is for nobody"


def test_without_marks_nothing_stands_for_what_is_required() -> None:
    paper = {"resourceType": "Composition", "status": "final", "title": PLACE, "section": [{"title": PLACE}]}
    bare = {"resourceType": "Composition", "status": "final"}
    assert Redaction(LIST, "Composition", marks=False).show(paper) == bare
    marked = bare | {"type": MASK, "_date": MASK, "author": [MASK], "_title": MASK}
    assert Redaction(LIST, "Composition").show(paper) == Redaction(LIST, "Composition", NOBODY).show(paper) == marked


def test_of_a_type_without_a_list_only_the_key_and_the_version_are_shown() -> None:
    for resource in ({"resourceType": "Coverage", "id": "1", "meta": {"versionId": "3"}}, {"resourceType": "Coverage"}):
        sent = resource | {"status": "active", "network": PLACE}
        assert Redaction(LIST, "Coverage", EVERYTHING).show(sent) == resource
    stamped = {"resourceType": "Coverage", "id": "1", "meta": {"lastUpdated": "2026", "tag": []}}
    assert Redaction(LIST, "Coverage").show(stamped) == {"resourceType": "Coverage", "id": "1"}


def test_of_the_meta_of_a_record_the_version_and_its_time_are_shown() -> None:
    tagged = {"resourceType": "Condition", "meta": {"tag": [{"code": PLACE}], "profile": ["urn:x"]}}
    assert Redaction(LIST, "Condition", marks=False).show(tagged) == {"resourceType": "Condition"}
