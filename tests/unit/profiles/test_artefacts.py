"""Our own conformance resources: valid, named alike, in two languages, and true to the seed."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fhirkit
import pytest

import profiles
from profiles.spec import Spec

BASE = "https://tsunagu.example/fhir"
FOLDER = Path(profiles.__file__).parent / "tsunagu"
FILES = sorted(file for file in FOLDER.glob("*.json") if file.name != "harmless.json")
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SERVERS = {
    *("confirmed-signer", "constructive-opinion"),
    *("disclosable-to", "lock-confirmed", "place-checked", "protected-against", "protection", "recorded-in-team"),
    *("of-age", "persons-added", "released-performer", "replaces-earlier", "revokes", "staff-person", "substitute"),
    *("verified-by", "why-not", "withheld-reason"),
    *("area-choice", "desk-opening", "in-force", "served-age"),
}
"""Extensions that say whom a protection names, what the server wrote down, who stands behind evidence, or that hold a
text: nothing to be shown to all (D1)."""
SYSTEMS = frozenset(
    [
        "adviser-field",
        "area-kind",
        "case-outcome",
        "birth-paper",
        "death-paper",
        "communication-category",
        "concern-field",
        "conference-kind",
        "conference-outcome",
        "coordination-ground",
        "desk",
        "division-input",
        "emergency-outcome",
        "encounter-class",
        "expense-kind",
        "figure",
        "fund",
        "fund-input",
        "gap-kind",
        "guardianship-paper",
        "handling-label",
        "legal-basis",
        "programme-side",
        "purpose-of-use",
        "record-category",
        "role",
        "rule",
        "secrecy-label",
        "secrecy-notice",
        "survey-answer",
        "task-code",
        "task-outcome",
    ]
)
NAMES = [file.stem for file in FILES]


def read(name: str) -> dict[str, Any]:
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def english(element: dict[str, Any]) -> str:
    """The English of an element given by the translation extension."""
    (translation,) = (each for each in element["extension"] if each["url"] == TRANSLATION)
    parts = {part["url"]: part for part in translation["extension"]}
    assert parts["lang"]["valueCode"] == "en"
    return str(parts["content"]["valueString"])


def items(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in of.get("item", []):
        yield item
        yield from items(item)


def concepts(name: str) -> dict[str, dict[str, Any]]:
    return {each["code"]: each for each in read(f"CodeSystem-{name}")["concept"]}


def properties(concept: dict[str, Any]) -> dict[str, Any]:
    return {
        each["code"]: value for each in concept["property"] for key, value in each.items() if key.startswith("value")
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_artefact_is_valid_r4(name: str) -> None:
    assert [(issue.path, issue.message) for issue in fhirkit.validate(read(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_artefact_is_named_alike_in_its_file_its_id_and_its_url(name: str) -> None:
    artefact = read(name)
    assert name == f"{artefact['resourceType']}-{artefact['id']}"
    if artefact["resourceType"] == "NamingSystem":  # which has no canonical in R4, but the addresses that it names
        assert [each["value"] for each in artefact["uniqueId"]] == [f"{BASE}/sid/{artefact['id']}"]
    else:
        assert artefact["url"] == f"{BASE}/{artefact['resourceType']}/{artefact['id']}"


@pytest.mark.parametrize("name", NAMES)
def test_title_and_description_are_in_japanese_and_in_english(name: str) -> None:
    artefact = read(name)
    assert artefact["language"] == "ja"
    for element in (
        ("description",) if name.startswith(("SearchParameter", "NamingSystem")) else ("title", "description")
    ):
        assert JAPANESE.search(artefact[element])
        assert not JAPANESE.search(english(artefact[f"_{element}"]))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("CodeSystem")])
def test_every_concept_has_a_japanese_display_and_an_english_designation(name: str) -> None:
    system = read(name)
    assert system["count"] == len(system["concept"])
    for concept in system["concept"]:
        assert JAPANESE.search(concept["display"]) or concept["display"].startswith("★")
        (designation,) = concept["designation"]
        assert designation["language"] == "en"
        assert not JAPANESE.search(designation["value"])


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("CodeSystem")])
def test_a_concept_has_only_properties_its_system_declares(name: str) -> None:
    system = read(name)
    declared = {each["code"] for each in system.get("property", [])}
    for concept in system["concept"]:
        assert {each["code"] for each in concept.get("property", [])} <= declared


def test_every_code_system_has_a_value_set_of_all_its_codes(spec: Spec) -> None:
    systems = [artefact for artefact in spec.artefacts.values() if artefact["resourceType"] == "CodeSystem"]
    assert {system["id"] for system in systems} == SYSTEMS
    for system in systems:
        codes = {each["code"] for each in system["concept"]}
        assert codes <= spec.value_sets[system["valueSet"]]


def test_the_fields_of_concern_are_the_twelve_boxes_of_the_sheet() -> None:
    fields = {code: concept["display"] for code, concept in concepts("concern-field").items()}
    boxes = next(item for item in items(read("Questionnaire-tsunagu-sheet")) if item["linkId"] == "member.concern")
    options = [option["valueCoding"] for option in boxes["answerOption"]]
    assert {option["system"] for option in options} == {f"{BASE}/CodeSystem/concern-field"}
    assert {option["code"]: option["display"] for option in options} == fields
    assert len(fields) == 12


def test_the_relations_of_the_sheet_are_those_of_the_value_set() -> None:
    value_set = read("ValueSet-household-relation")["compose"]["include"][0]
    asked = next(item for item in items(read("Questionnaire-tsunagu-sheet")) if item["linkId"] == "member.relation")
    assert [option["valueCoding"]["code"] for option in asked["answerOption"]] == [
        each["code"] for each in value_set["concept"]
    ]


def test_every_item_of_the_sheet_is_asked_in_both_languages_under_its_own_link() -> None:
    asked = list(items(read("Questionnaire-tsunagu-sheet")))
    assert len({item["linkId"] for item in asked}) == len(asked)
    for item in asked:
        assert JAPANESE.search(item["text"])
        assert not JAPANESE.search(english(item["_text"]))


def test_the_sheet_asks_whether_there_is_anything_else() -> None:
    asked = next(item for item in items(read("Questionnaire-tsunagu-sheet")) if item["linkId"] == "other-troubles")
    assert (asked["text"], asked["type"], asked["required"]) == ("他に困り事はありませんか？", "boolean", True)


def test_three_kinds_may_be_convened_as_the_statutory_conference_and_no_other() -> None:
    statutory = {code: properties(each)["statutory"] for code, each in concepts("conference-kind").items()}
    assert statutory == {
        "case-conference": True,
        "adviser-conference": True,
        "support-coordination": False,
        "multilayer": False,
        "information-sharing": True,
        "pre-meeting": False,
    }


@pytest.mark.parametrize(
    ("day", "penalty"),
    [("2018-10-01", "懲役"), ("2025-05-31", "懲役"), ("2025-06-01", "拘禁刑"), ("2030-01-01", "拘禁刑")],
)
def test_one_penalty_notice_of_article_9_holds_on_a_day(day: str, penalty: str) -> None:
    holding = [
        notice["display"]
        for notice in concepts("secrecy-notice").values()
        if properties(notice)["legal-basis"] == "art9"
        and properties(notice)["valid-from"] <= day <= properties(notice).get("valid-to", "9999-12-31")
    ]
    (text,) = holding
    assert f"一年以下の{penalty}又は百万円以下の罰金" in text


def test_the_notices_of_a_legal_basis_and_the_bases_of_the_notices_agree() -> None:
    notices = {code: properties(each)["legal-basis"] for code, each in concepts("secrecy-notice").items()}
    named = {each["valueCode"]: code for code, basis in concepts("legal-basis").items() for each in basis["property"]}
    assert named == notices
    for notice in concepts("secrecy-notice").values():
        for key in ("valid-from", "valid-to"):
            if key in properties(notice):
                datetime.date.fromisoformat(properties(notice)[key])


PROFILES = (
    *("case-team", "concern", "consultation-desk", "household"),
    *("referral-task", "sharing-consent", "total-care-plan"),
)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_of_a_resource_and_says_what_it_adds(name: str) -> None:
    definition = read(f"StructureDefinition-{name}")
    assert (definition["kind"], definition["derivation"]) == ("resource", "constraint")
    assert definition["baseDefinition"] == f"http://hl7.org/fhir/StructureDefinition/{definition['type']}"
    assert all(
        each["short"] and each["id"].startswith(definition["type"]) for each in definition["differential"]["element"]
    )


EXTENSIONS = [
    name
    for name in NAMES
    if name.startswith("StructureDefinition") and name.removeprefix("StructureDefinition-") not in PROFILES
]


@pytest.mark.parametrize("name", EXTENSIONS)
def test_an_extension_says_its_url_its_context_and_its_value(name: str) -> None:
    definition = read(name)
    elements = {each["id"]: each for each in definition["differential"]["element"]}
    assert definition["type"] == "Extension"
    assert definition["context"]
    assert elements["Extension.url"]["fixedUri"] == definition["url"]
    value = elements["Extension.value[x]"]
    nested = [each for each in elements if re.fullmatch(r"Extension\.extension:\w+", each)]
    assert (value.get("max") == "0") == bool(nested)
    assert bool(value.get("type")) != bool(nested)


def test_every_binding_leads_to_a_value_set_we_know(spec: Spec) -> None:
    for artefact in spec.artefacts.values():
        for element in artefact.get("differential", {}).get("element", []):
            if "binding" in element:
                assert element["binding"]["valueSet"] in spec.value_sets


def test_what_is_harmless_is_an_element_and_its_systems_extensions_and_questions_are_ours(spec: Spec) -> None:
    links = {item["linkId"] for item in items(read("Questionnaire-tsunagu-sheet"))}
    assert spec.harmless.names | spec.harmless.places <= links
    assert spec.harmless.areas <= spec.artefacts.keys()
    ours = {
        url.rpartition("/")[2]
        for url, each in spec.artefacts.items()
        if each["resourceType"] == "StructureDefinition" and each["type"] == "Extension"
    }
    assert spec.harmless.extensions == ours - SERVERS
    assert set(spec.harmless.types) <= spec.types
    for type, paths in spec.harmless.types.items():
        assert all(spec.element(type, path) for path in paths), type
    for type, paths in spec.harmless.parties.items():
        assert paths <= spec.harmless.types[type]
