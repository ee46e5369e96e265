"""The terminology operations: every code of ours and of R4's value sets, in Japanese and English, within bounds."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import fhirkit
import orjson
import pytest

from profiles import artefacts, terminology
from profiles.spec import Spec
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import actor

P = actor("p")
OURS = "https://tsunagu.example/fhir"
FIELDS = f"{OURS}/CodeSystem/concern-field"
REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
TASKS = "http://hl7.org/fhir/ValueSet/task-status"


def get(calling: Calling, path: str, status: int = 200, language: str = "ja", **asked: str) -> Any:
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    answer = calling.ask(P, "GET", f"{path}?{query}", headers={"accept-language": language})
    assert answer.status == status, answer.body
    assert fhirkit.validate(answer.body) == []
    return orjson.loads(answer.body)


def post(calling: Calling, path: str, status: int = 200, **asked: Any) -> Any:
    parts = [{"name": name, key: value} for name, (key, value) in asked.items()]
    answer = calling.ask(P, "POST", path, {"resourceType": "Parameters", "parameter": parts})
    assert answer.status == status, answer.body
    return orjson.loads(answer.body)


def said(parameters: Any, name: str) -> list[Any]:
    return [next(iter(each[key] for key in each if key.startswith("value"))) for each in parameters["parameter"]
            if each["name"] == name and "part" not in each]  # fmt: skip


def codes(expanded: Any) -> list[str]:
    return [each["code"] for each in expanded["expansion"].get("contains", ())]


def test_a_value_set_is_written_out_in_the_readers_language(calling: Calling) -> None:
    ja = get(calling, "ValueSet/$expand", url=f"{OURS}/ValueSet/concern-field")
    assert ja["expansion"]["total"] == len(codes(ja)) == 12
    assert ja["expansion"]["contains"][0]["display"] == "病気・医療"
    en = get(calling, "ValueSet/concern-field/$expand", language="en", includeDesignations="true")
    assert en["expansion"]["contains"][0]["display"] == "Illness and medical care"
    assert en["expansion"]["contains"][0]["designation"] == [{"language": "ja", "value": "病気・医療"}]
    assert "compose" not in en
    assert "compose" in get(calling, "ValueSet/concern-field/$expand", includeDefinition="true")


def test_r4s_own_value_sets_have_japanese_words(calling: Calling) -> None:
    found = get(calling, "ValueSet/$expand", url=TASKS)
    assert {each["code"]: each["display"] for each in found["expansion"]["contains"]}["on-hold"] == "保留"


@pytest.mark.parametrize("text", ["こころ", "ココロ", "ｺｺﾛ", "mental", "ＭＥＮＴＡＬ"])
def test_a_filter_tells_kana_width_and_case_not_apart(calling: Calling, text: str) -> None:
    assert codes(get(calling, "ValueSet/concern-field/$expand", filter=text)) == ["mental-health"]


def test_an_expansion_is_paged(calling: Calling) -> None:
    whole = codes(get(calling, "ValueSet/concern-field/$expand"))
    pages = [get(calling, "ValueSet/concern-field/$expand", offset=str(at), count="5") for at in (0, 5, 10, 15)]
    assert [code for page in pages for code in codes(page)] == whole
    assert {page["expansion"]["total"] for page in pages} == {12}
    get(calling, "ValueSet/concern-field/$expand", count="1001", status=422)
    get(calling, "ValueSet/concern-field/$expand", count="-1", status=400)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("ValueSet/$expand?url=urn:nothing", 404),
        (f"ValueSet/$expand?url={OURS}/ValueSet/concern-field|9", 404),
        ("ValueSet/$expand", 400),
        (f"ValueSet/concern-field/$expand?url={TASKS}", 400),
        ("ValueSet/nobody/$expand", 404),
        ("ValueSet/concern-field/$expand?contextDirection=incoming", 400),
        (f"CodeSystem/$lookup?system={FIELDS}", 400),
        (f"CodeSystem/$lookup?system={FIELDS}&code=nothing", 404),
        (f"CodeSystem/$lookup?system={FIELDS}&code=housing&version=9", 404),
        ("CodeSystem/$lookup?code=housing", 400),
        (f"CodeSystem/$subsumes?system={REASONS}&codeA=TREAT&codeB=nothing", 404),
        ("CodeSystem/$validate-code?code=housing", 400),
        ("ConceptMap/$translate?url=urn:nothing&code=a&system=urn:s", 404),
        ("ConceptMap/$translate?code=a", 400),
        ("ConceptMap/$translate?code=a&system=urn:s&reverse=perhaps", 400),
    ],
)
def test_what_is_not_known_here_is_said(calling: Calling, path: str, status: int) -> None:
    answer = calling.ask(P, "GET", path)
    assert answer.status == status, answer.body
    assert orjson.loads(answer.body)["issue"][0]["severity"] == "error"


def test_a_code_is_looked_up_with_what_stands_around_it(calling: Calling) -> None:
    found = get(calling, "CodeSystem/$lookup", system=FIELDS, code="violence", language="en")
    assert said(found, "display") == ["Domestic violence and abuse"]
    words = [{part["name"]: part.get("valueCode", part.get("valueString")) for part in each["part"]}
             for each in found["parameter"] if each["name"] == "designation"]  # fmt: skip
    assert {"language": "ja", "value": "DV・虐待"} in words
    by_post = post(calling, "CodeSystem/$lookup", coding=("valueCoding", {"system": REASONS, "code": "BTG"}))
    above = [part["valueCode"] for each in by_post["parameter"] if each["name"] == "property" for part in each["part"]]
    assert above[:2] == ["parent", "ETREAT"]


def test_a_code_is_validated_with_its_display(calling: Calling) -> None:
    url = f"{OURS}/ValueSet/concern-field"
    right = get(calling, "ValueSet/$validate-code", url=url, system=FIELDS, code="housing", display="住まい")
    assert (said(right, "result"), said(right, "display")) == ([True], ["住まい"])
    wrong = get(calling, "ValueSet/$validate-code", url=url, system=FIELDS, code="housing", display="病気")
    assert (said(wrong, "result"), said(wrong, "display")) == ([False], ["住まい"])
    assert said(get(calling, "CodeSystem/concern-field/$validate-code", code="x"), "result") == [False]
    assert said(get(calling, "CodeSystem/$validate-code", url=FIELDS, code="housing"), "result") == [True]
    concept = {"coding": [{"system": "urn:s", "code": "x"}, {"system": FIELDS, "code": "care"}]}
    asked = post(
        calling, "ValueSet/$validate-code", url=("valueUri", url), codeableConcept=("valueCodeableConcept", concept)
    )
    assert said(asked, "code") == ["care"]


def test_a_code_is_validated_against_a_value_set_that_is_sent(calling: Calling) -> None:
    sent = composed({"system": FIELDS, "concept": [{"code": "care"}]})
    for code, result in (("care", True), ("housing", False)):
        coding = ("valueCoding", {"system": FIELDS, "code": code})
        assert said(post(calling, "ValueSet/$validate-code", valueSet=sent, coding=coding), "result") == [result]
    coding = ("valueCoding", {"system": FIELDS, "code": "care"})
    url = ("valueUri", f"{OURS}/ValueSet/concern-field")
    post(calling, "ValueSet/$validate-code", status=400, valueSet=sent, url=url, coding=coding)
    post(calling, "ValueSet/$validate-code", status=400, coding=coding)
    unknown = composed({"system": "http://loinc.org"})
    post(calling, "ValueSet/$validate-code", status=404, valueSet=unknown, coding=coding)


@pytest.mark.parametrize(("version", "status"), [("0.1.0", 200), ("9", 404)])
def test_a_code_of_a_version_that_is_not_known_is_said_to_be_so(calling: Calling, version: str, status: int) -> None:
    coding = ("valueCoding", {"system": FIELDS, "code": "care", "version": version})
    url = ("valueUri", f"{OURS}/ValueSet/concern-field")
    post(calling, "ValueSet/$validate-code", status=status, url=url, coding=coding)
    post(calling, "CodeSystem/$validate-code", status=status, coding=coding)
    post(calling, "CodeSystem/$subsumes", status=status, codingA=coding, codingB=coding)
    post(calling, "CodeSystem/$lookup", status=status, coding=coding)
    get(calling, "ValueSet/$validate-code", status, url=url[1], code="care", system=FIELDS, systemVersion=version)


def test_one_code_stands_above_another_as_the_policy_compares_them(calling: Calling) -> None:
    def outcome(one: str, other: str) -> list[Any]:
        return said(get(calling, "CodeSystem/$subsumes", system=REASONS, codeA=one, codeB=other), "outcome")

    assert outcome("TREAT", "BTG") == ["subsumes"]
    assert outcome("BTG", "TREAT") == ["subsumed-by"]
    assert outcome("BTG", "BTG") == ["equivalent"]
    assert outcome("BTG", "CAREMGT") == ["not-subsumed"]
    apart = {"codingA": ("valueCoding", {"system": REASONS, "code": "BTG"}),
             "codingB": ("valueCoding", {"system": FIELDS, "code": "care"})}  # fmt: skip
    post(calling, "CodeSystem/$subsumes", status=400, **apart)


def test_a_concern_is_translated_and_what_has_no_counterpart_says_so(calling: Calling) -> None:
    found = get(calling, "ConceptMap/$translate", system=FIELDS, code="housing")
    matched = [each["part"][1]["valueCoding"]["code"] for each in found["parameter"] if each["name"] == "match"]
    assert matched == ["housing-instability", "homelessness", "inadequate-housing"]
    none = get(calling, "ConceptMap/concern-field-to-sdoh/$translate", system=FIELDS, code="disability")
    assert said(none, "result") == [False]
    sdoh = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
    back = get(calling, "ConceptMap/$translate", system=sdoh, code="homelessness", reverse="true")
    [match] = [each["part"] for each in back["parameter"] if each["name"] == "match"]
    assert match[0]["valueCode"] == "wider"
    assert match[1]["valueCoding"] == {"system": FIELDS, "code": "housing", "display": "住まい"}


def test_every_value_set_is_expanded_as_it_is_validated(spec: Spec) -> None:
    known = terminology.of(spec)
    for url, allowed in spec.codings.items():
        assert set(known.value_sets[url]) == set(allowed), url


def test_every_japanese_word_is_of_a_code_of_hl7() -> None:
    concepts, japanese = artefacts.rows(terminology.CONCEPTS), artefacts.rows(terminology.JAPANESE)
    for system, words in japanese.items():
        assert words.keys() <= concepts[system].keys(), system


def composed(*include: dict[str, Any], **more: Any) -> tuple[str, Any]:
    return "resource", {"resourceType": "ValueSet", "status": "draft", "compose": {"include": [*include], **more}}


def test_a_value_set_that_is_sent_is_written_out(calling: Calling) -> None:
    every = codes(get(calling, "ValueSet/concern-field/$expand"))
    whole = post(calling, "ValueSet/$expand", valueSet=composed({"system": FIELDS}))
    assert sorted(codes(whole)) == sorted(every)
    assert whole["expansion"]["contains"][0]["display"]
    assert "compose" not in whole
    out = {"system": FIELDS, "concept": [{"code": "care"}]}
    less = post(calling, "ValueSet/$expand", valueSet=composed({"system": FIELDS}, exclude=[out]))
    assert set(every) - set(codes(less)) == {"care"}
    both = {"system": FIELDS, "valueSet": [f"{OURS}/ValueSet/concern-field"], "concept": [{"code": "care"}]}
    assert codes(post(calling, "ValueSet/$expand", valueSet=composed(both))) == ["care"]
    below = {"system": REASONS, "concept": [{"code": "ETREAT"}]}
    assert codes(post(calling, "ValueSet/$expand", valueSet=composed(below), count=("valueInteger", 1))) == ["ETREAT"]


def test_a_value_set_that_is_sent_is_filtered_along_a_hierarchy(calling: Calling) -> None:
    system = "http://hl7.org/fhir/event-status"
    condition = {"property": "concept", "op": "descendent-of", "value": "completed"}
    assert codes(post(calling, "ValueSet/$expand", valueSet=composed({"system": system, "filter": [condition]}))) == []
    itself = condition | {"op": "is-a"}
    found = post(calling, "ValueSet/$expand", valueSet=composed({"system": system, "filter": [itself]}))
    assert codes(found) == ["completed"]


@pytest.mark.parametrize(
    "include",
    [
        {"system": "http://loinc.org"},
        {"valueSet": ["http://example.org/none"]},
        {"system": FIELDS, "filter": [{"property": "display", "op": "regex", "value": ".*"}]},
    ],
)
def test_what_cannot_be_written_out_of_one_that_is_sent_is_named(include: dict[str, Any], calling: Calling) -> None:
    refused = post(calling, "ValueSet/$expand", 404, valueSet=composed(include))
    assert refused["issue"][0]["expression"] == ["Parameters.parameter.where(name='valueSet')"]


def test_a_value_set_is_sent_or_named_and_not_both(calling: Calling) -> None:
    sent = composed({"system": FIELDS})
    post(calling, "ValueSet/$expand", 400, valueSet=sent, url=("valueUri", TASKS))
    post(calling, "ValueSet/$expand", 400, valueSet=("valueString", "x"))
    get(calling, "ValueSet/$expand", 400, valueSet="x")


def test_what_is_so_in_any_case_may_be_asked_for(calling: Calling) -> None:
    found = get(calling, "ValueSet/concern-field/$expand", activeOnly="true", excludeNested="false")
    assert len(codes(found)) == 12
    flags = {"name": "activeOnly", "valueBoolean": True}, {"name": "excludeNested", "valueBoolean": False}
    assert all(each in found["expansion"]["parameter"] for each in flags)
    get(calling, "ValueSet/concern-field/$expand", 400, activeOnly="perhaps")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("ValueSet/$validate-code", {"url": ("valueUri", f"{OURS}/ValueSet/concern-field")}),
        ("CodeSystem/$validate-code", {"url": ("valueUri", FIELDS)}),
    ],
)
def test_a_code_that_is_none_of_ours_is_answered_and_not_refused(
    path: str, asked: dict[str, Any], calling: Calling
) -> None:
    coding = {"system": FIELDS, "code": "nothing"}
    assert said(post(calling, path, **asked, coding=("valueCoding", coding)), "result") == [False]
    concept = ("valueCodeableConcept", {"coding": [coding]})
    assert said(post(calling, path, **asked, codeableConcept=concept), "result") == [False]


def test_a_look_up_tells_the_properties_that_are_asked_for(calling: Calling) -> None:
    path = f"CodeSystem/$lookup?system={FIELDS}&code=medical"
    for query, languages in (
        ("", {"ja", "en"}),
        ("&property=display&property=lang.en", {"en"}),
        ("&property=x", set()),
    ):
        answer = calling.ask(P, "GET", f"{path}{query}")
        assert answer.status == 200, answer.body
        parts = [each["part"] for each in orjson.loads(answer.body)["parameter"] if each["name"] == "designation"]
        assert {each[0]["valueCode"] for each in parts} == languages
        assert said(orjson.loads(answer.body), "display") == ["病気・医療"]
    several = [{"name": "property", "valueCode": each} for each in ("definition", "designation")]
    coding = {"name": "coding", "valueCoding": {"system": FIELDS, "code": "medical"}}
    answer = calling.ask(
        P, "POST", "CodeSystem/$lookup", {"resourceType": "Parameters", "parameter": [coding, *several]}
    )
    assert answer.status == 200, answer.body
