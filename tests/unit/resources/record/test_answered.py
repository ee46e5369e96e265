"""A QuestionnaireResponse answers what its form asks, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import answered

CODE = {"system": "urn:s", "code": "a"}
FORM: list[dict[str, Any]] = [
    {"linkId": "who", "type": "string", "required": True, "maxLength": 3},
    {"linkId": "has", "type": "boolean"},
    {
        "linkId": "why",
        "type": "text",
        "required": True,
        "enableWhen": [{"question": "has", "operator": "=", "answerBoolean": True}],
    },
    {"linkId": "count", "type": "integer"},
    {
        "linkId": "many",
        "type": "string",
        "enableWhen": [{"question": "count", "operator": ">", "answerInteger": 2}],
    },
    {"linkId": "one", "type": "choice", "answerOption": [{"valueCoding": CODE}, {"valueString": "x"}]},
    {"linkId": "open", "type": "open-choice", "answerOption": [{"valueCoding": CODE}]},
    {"linkId": "sex", "type": "choice", "answerValueSet": "http://hl7.org/fhir/ValueSet/administrative-gender"},
    {"linkId": "told", "type": "display"},
    {
        "linkId": "member",
        "type": "group",
        "repeats": True,
        "item": [
            {"linkId": "name", "type": "string", "required": True},
            {"linkId": "works", "type": "boolean", "item": [{"linkId": "where", "type": "string"}]},
            {
                "linkId": "wage",
                "type": "decimal",
                "enableWhen": [{"question": "works", "operator": "exists", "answerBoolean": True}],
            },
        ],
    },
]


def item(link: str, *values: Any, **elements: Any) -> dict[str, Any]:
    kinds = {str: "valueString", bool: "valueBoolean", int: "valueInteger", float: "valueDecimal", dict: "valueCoding"}
    answers = [{kinds[type(each)]: each} for each in values]
    return {"linkId": link, **({"answer": answers} if answers else {}), **elements}


def told(spec: Spec, *items: dict[str, Any], status: str | None = "completed") -> list[tuple[str, str]]:
    form = {"resourceType": "Questionnaire", "id": "q", "status": "active", "item": FORM}
    response: dict[str, Any] = {"contained": [form], "questionnaire": "#q", "item": list(items)}
    response |= {"status": status} if status else {"_status": {"extension": [{"url": "urn:why", "valueCode": "x"}]}}
    return [(issue.at, issue.code) for issue in answered.issues(spec, response, "R")]


WHO = item("who", "x")
CASES: list[tuple[tuple[dict[str, Any], ...], list[tuple[str, str]]]] = [
    ((WHO,), []),
    ((item("has", False),), [("R.item", "required")]),
    ((WHO, item("has", True)), [("R.item", "required")]),
    ((WHO, item("has", True), item("why", "x")), []),
    ((WHO, item("has", False), item("why", "x")), [("R.item[2]", "business-rule")]),
    ((WHO, item("other", "x")), [("R.item[1].linkId", "not-found")]),
    ((WHO, item("name", "x")), [("R.item[1].linkId", "not-found")]),
    ((item("who", 1),), [("R.item[0].answer[0].valueInteger", "structure")]),
    ((item("who", "long"),), [("R.item[0].answer[0].valueString", "too-long")]),
    ((item("who", "a", "b"),), [("R.item[0].answer", "structure")]),
    ((WHO, WHO), [("R.item", "structure")]),
    ((WHO, item("count", 3), item("many", "x")), []),
    ((WHO, item("count", 2), item("many", "x")), [("R.item[2]", "business-rule")]),
    ((WHO, item("one", CODE)), []),
    ((WHO, item("one", "x")), []),
    ((WHO, item("one", {**CODE, "display": "甲"})), []),
    ((WHO, item("one", {**CODE, "code": "b"})), [("R.item[1].answer[0].valueCoding", "code-invalid")]),
    ((WHO, item("one", "y")), [("R.item[1].answer[0].valueString", "code-invalid")]),
    ((WHO, item("open", "anything")), []),
    ((WHO, item("open", {**CODE, "code": "b"})), [("R.item[1].answer[0].valueCoding", "code-invalid")]),
    ((WHO, item("sex", {"system": "http://hl7.org/fhir/administrative-gender", "code": "male"})), []),
    ((WHO, item("sex", CODE)), [("R.item[1].answer[0].valueCoding", "code-invalid")]),
    ((WHO, item("told")), []),
    ((WHO, item("told", "x")), [("R.item[1].answer", "structure")]),
    ((WHO, item("member", item=[item("name", "x")]), item("member", item=[item("name", "y")])), []),
    ((WHO, item("member", item=[item("works", True)])), [("R.item[1].item", "required")]),
    (
        (
            WHO,
            item("member", item=[item("name", "x"), item("works", True), item("wage", 1.5)]),
            item("member", item=[item("name", "y"), item("wage", 1.5)]),
        ),
        [("R.item[2].item[1]", "business-rule")],
    ),
    (
        (WHO, item("member", item=[item("name", "x"), item("works", True, item=[item("where", "x")])])),
        [("R.item[1].item[1].item", "structure")],
    ),
    (
        (
            WHO,
            item(
                "member",
                item=[
                    item("name", "x"),
                    {"linkId": "works", "answer": [{"valueBoolean": True, "item": [item("where", "x")]}]},
                ],
            ),
        ),
        [],
    ),
]


@pytest.mark.parametrize(("items", "expected"), CASES, ids=range(len(CASES)))
def test_an_answer_is_held_against_its_question(
    spec: Spec, items: tuple[dict[str, Any], ...], expected: list[tuple[str, str]]
) -> None:
    assert told(spec, *items) == expected


def test_what_is_still_being_answered_may_lack_what_is_required(spec: Spec) -> None:
    for status in ("in-progress", None):
        assert told(spec, item("has", True), status=status) == []
    assert told(spec, item("who", 1), status="in-progress") == [("R.item[0].answer[0].valueInteger", "structure")]


def test_a_form_that_is_not_known_is_not_asked(spec: Spec) -> None:
    response = {"questionnaire": "https://example.org/q", "status": "completed", "item": [item("x", 1)]}
    assert list(answered.issues(spec, response, "R")) == []


def test_a_form_of_ours_has_the_versions_that_there_were_and_no_other(spec: Spec) -> None:
    url = "https://tsunagu.example/fhir/Questionnaire/agency-survey"
    response = {"status": "completed", "item": []}
    for named in (f"{url}|9.9", f"{url}|"):
        (issue, *_) = answered.issues(spec, response | {"questionnaire": named}, "R")
        assert (issue.at, issue.code) == (
            ("R.questionnaire", "not-found") if named.endswith("9") else ("R", "required")
        )
    assert list(answered.issues(spec, response | {"questionnaire": "https://elsewhere.example/q|9.9"}, "R")) == []


@pytest.mark.parametrize(
    "named",
    [
        "Questionnaire/tsunagu-sheet",
        "http://127.0.0.1:8000/fhir/Questionnaire/tsunagu-sheet",
        "https://tsunagu.example/fhir/questionnaire/Tsunagu-Sheet|0.2.0",
        "https://tsunagu.example/fhir/Questionnaire/tsunagu%2Dsheet/",
        "urn:x/tsunagu-sheet#1",
        "urn:x:tsunagu-sheet",
        "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet?_format=json",
        "https://tsunagu.example/fhir/Questionnaire/tsunagu-\u200bsheet",
    ],
)
def test_a_form_of_ours_under_another_address_is_written_by_its_own(spec: Spec, named: str) -> None:
    """Else R2, R3, R23 and R24 would be asked of nobody who writes it so."""
    response = {"questionnaire": named, "status": "completed", "item": []}
    (issue,) = answered.issues(spec, response, "R")
    assert (issue.at, issue.code) == ("R.questionnaire", "not-found")
    assert "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet" in issue.text


def test_a_contained_form_does_not_stand_for_ours(spec: Spec) -> None:
    form = {"resourceType": "Questionnaire", "id": "q", "status": "active", "item": FORM}
    form |= {"url": "https://tsunagu.example/fhir/Questionnaire/conference-material"}
    response = {"contained": [form], "questionnaire": "#q", "status": "completed", "item": [item("who", "x")]}
    assert [issue.at for issue in answered.issues(spec, response, "R")] == ["R.questionnaire"]


def test_what_a_rule_has_everybody_asked_names_that_rule(spec: Spec) -> None:
    base = "https://tsunagu.example/fhir/Questionnaire"
    for form, rules in (("tsunagu-sheet", {"R2"}), ("conference-material", {"R23"}), ("agency-survey", set())):
        response = {"questionnaire": f"{base}/{form}", "status": "completed", "item": []}
        missing = [issue for issue in answered.issues(spec, response, "R") if issue.code == "required"]
        assert {issue.rule for issue in missing} - {""} == rules, missing
        assert all("「" in issue.ja for issue in missing), missing
