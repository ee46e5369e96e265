"""Good records pass, also in the eyes of an independent model; each bad one is refused at the right place."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profiles.spec import Spec
from resources.record import validate
from resources.record.problem import Issue

GOOD = json.loads((Path(__file__).parent / "good.json").read_bytes())
DIV = "http://www.w3.org/1999/xhtml"


def check(spec: Spec, resource: dict[str, Any]) -> list[Issue]:
    return validate.validate(spec, resource, json.dumps(resource, ensure_ascii=False).encode())


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


def task(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Task", "status": "requested", "intent": "order", **elements}


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **elements}


def told(inner: str, **attributes: str) -> dict[str, Any]:
    opening = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return patient(text={"status": "generated", "div": f'<div xmlns="{DIV}"{opening}>{inner}</div>'})


def containing(*inside: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return patient(contained=list(inside), **elements)


OURS = "https://tsunagu.example/fhir/CodeSystem"
BUNDLED = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": task(status="refused")}]}
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION = {"resourceType": "Condition", "subject": {"reference": "Patient/x"}}
ORG = {"resourceType": "Organization", "id": "o", "name": "x"}

BAD: list[tuple[str, str, dict[str, Any]]] = [
    # our own codes
    ("Task.code.coding[0].code", "code-invalid", task(code={"coding": [{"system": f"{OURS}/task-code", "code": "x"}]})),
    (
        "Patient.extension[0].valueCoding.code",
        "code-invalid",
        patient(extension=[{"url": "x:y", "valueCoding": {"system": f"{OURS}/role", "code": "boss"}}]),
    ),
    # structure
    ("Patient.foo", "structure", patient(foo=1)),
    ("Patient.name", "structure", patient(name={"family": "x"})),
    ("Patient.name[0].given", "structure", patient(name=[{"given": "x"}])),
    ("Patient.name[0].family", "structure", patient(name=[{"family": ["x"]}])),
    ("Patient.name[0].foo", "structure", patient(name=[{"foo": "x"}])),
    ("Patient.active", "structure", patient(active="true")),
    ("Patient.maritalStatus", "structure", patient(maritalStatus="M")),
    ("Patient.managingOrganization", "structure", patient(managingOrganization="Organization/x")),
    ("Patient.identifier[0].value", "structure", patient(identifier=[{"value": 1}])),
    ("Patient.deceased[x]", "structure", patient(deceasedBoolean=True, deceasedDateTime="2020")),
    ("Patient.fhir_comments", "structure", patient(fhir_comments=["x"])),
    ("Patient.telecom[0].rank", "value", patient(telecom=[{"rank": 0}])),
    ("Patient.multipleBirthInteger", "value", patient(multipleBirthInteger=1.5)),
    ("Observation.valueQuantity.value", "structure", observation(valueQuantity={"value": "1"})),
    ("Observation.valueMoney", "structure", observation(valueMoney={"value": 1})),
    ("Observation.status", "required", {"resourceType": "Observation", "code": {"text": "x"}}),
    ("Task.intent", "required", {"resourceType": "Task", "status": "requested"}),
    ("Group.actual", "required", {"resourceType": "Group", "type": "person"}),
    ("Consent.scope", "required", {"resourceType": "Consent", "status": "active", "category": [{"text": "x"}]}),
    ("Patient.text.div", "required", patient(text={"status": "generated"})),
    ("Patient.extension[0].url", "required", patient(extension=[{"valueString": "x"}])),
    ("Household", "structure", {"resourceType": "Household"}),
    # nothing in it
    ("Patient.name", "structure", patient(name=[])),
    ("Patient.name[0]", "invariant", patient(name=[{}])),
    ("Patient.name[0]", "invariant", patient(name=[{"id": "only"}])),
    ("Patient.name[0].family", "structure", patient(name=[{"family": ""}])),
    ("Patient.name[0].period", "invariant", patient(name=[{"family": "x", "period": {}}])),
    ("Patient.name[0].given[0]", "structure", patient(name=[{"given": [None, "x"]}])),
    ("Patient.birthDate", "structure", patient(birthDate=None)),
    ("Patient.birthDate", "structure", patient(birthDate="")),
    ("Patient._birthDate", "invariant", patient(_birthDate={})),
    ("Patient.name[0]._given", "structure", patient(name=[{"given": ["x"], "_given": []}])),
    ("Patient.name[0]._given", "structure", patient(name=[{"given": ["x"], "_given": [None, {"id": "a"}]}])),
    ("Patient._gender.extension[0]", "invariant", patient(gender="male", _gender={"extension": [{"url": "x:y"}]})),
    # shapes of values
    ("Patient.id", "value", patient(id="a b")),
    ("Patient.id", "value", patient(id="x" * 65)),
    ("Patient.id", "value", patient(id="山田")),
    ("Patient.birthDate", "value", patient(birthDate="2021-02-29")),
    ("Patient.birthDate", "value", patient(birthDate="1900-02-29")),
    ("Patient.birthDate", "value", patient(birthDate="2021-13")),
    ("Patient.birthDate", "value", patient(birthDate="0000-01-01")),
    ("Patient.birthDate", "value", patient(birthDate="令和3年")),
    ("Patient.deceasedDateTime", "value", patient(deceasedDateTime="2021-04-31T10:00:00+09:00")),
    ("Patient.deceasedDateTime", "value", patient(deceasedDateTime="2021-04-30T10:00:00")),
    ("Observation.issued", "value", observation(issued="2021-02-30T00:00:00Z")),
    ("Observation.valueTime", "value", observation(valueTime="24:00:00")),
    ("Patient.photo[0].data", "value", patient(photo=[{"data": "@@@"}])),
    ("Patient.implicitRules", "value", patient(implicitRules="a b")),
    ("Patient.gender", "value", patient(gender="male ")),
    ("Patient.name[0].period", "invariant", patient(name=[{"period": {"start": "2021-02", "end": "2021-01"}}])),
    # required bindings
    ("Patient.gender", "code-invalid", patient(gender="女")),
    ("Patient.name[0].use", "code-invalid", patient(name=[{"use": "Official"}])),
    ("Patient.telecom[0].system", "code-invalid", patient(telecom=[{"system": "tel"}])),
    ("Patient.link[0].type", "code-invalid", patient(link=[{"other": {"reference": "Patient/x"}, "type": "same"}])),
    ("Task.status", "code-invalid", task(status="refused")),
    ("Task.intent", "code-invalid", task(intent="wish")),
    ("Condition.clinicalStatus", "code-invalid", {**CONDITION, "clinicalStatus": {"text": "active"}}),
    (
        "Condition.clinicalStatus",
        "code-invalid",
        {**CONDITION, "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "actif"}]}},
    ),
    (
        "Condition.clinicalStatus",
        "code-invalid",
        {**CONDITION, "clinicalStatus": {"coding": [{"system": "urn:other", "code": "active"}]}},
    ),
    ("Observation.valueQuantity.comparator", "code-invalid", observation(valueQuantity={"comparator": "="})),
    ("Bundle.entry[0].resource.status", "code-invalid", BUNDLED),
    # references
    ("Task.for.reference", "value", task(**{"for": {"reference": "a"}})),
    ("Task.for.reference", "value", task(**{"for": {"reference": "Patient/"}})),
    ("Task.for.reference", "value", task(**{"for": {"reference": "Patient/a b"}})),
    ("Task.for.reference", "value", task(**{"for": {"reference": "Person/x/y"}})),
    ("Task.for.reference", "value", task(**{"for": {"reference": "Household/x"}})),
    ("Task.owner.reference", "value", task(owner={"reference": "Group/x"})),
    ("Task.owner.reference", "value", task(owner={"reference": "Group?name=x"})),
    ("Task.owner.type", "value", task(owner={"type": "Group", "display": "x"})),
    ("Task.owner.type", "value", task(owner={"reference": "Organization/x", "type": "Patient"})),
    ("Condition.subject.reference", "value", {**CONDITION, "subject": {"reference": "Organization/x"}}),
    (
        "Group.member[0].entity.reference",
        "value",
        {
            "resourceType": "Group",
            "type": "person",
            "actual": True,
            "member": [{"entity": {"reference": "RelatedPerson/x"}}],
        },
    ),
    # extensions
    ("Patient.extension[0]", "invariant", patient(extension=[{"url": "urn:x"}])),
    (
        "Patient.extension[0]",
        "invariant",
        patient(extension=[{"url": "urn:x", "valueString": "x", "extension": [{"url": "y", "valueString": "x"}]}]),
    ),
    (
        "Patient.name[0].extension[0].valueReference.reference",
        "value",
        patient(name=[{"extension": [{"url": "urn:x", "valueReference": {"reference": "x"}}]}]),
    ),
    # contained
    ("Patient.managingOrganization.reference", "invariant", patient(managingOrganization={"reference": "#o"})),
    ("Patient.contained[0]", "invariant", containing(ORG)),
    ("Patient.contained[0].id", "required", containing({"resourceType": "Organization", "name": "x"})),
    (
        "Patient.contained[0].contained",
        "invariant",
        containing({**ORG, "contained": [ORG]}, managingOrganization={"reference": "#o"}),
    ),
    (
        "Patient.contained[0].meta.versionId",
        "invariant",
        containing({**ORG, "meta": {"versionId": "1"}}, managingOrganization={"reference": "#o"}),
    ),
    (
        "Patient.contained[0].telecom[0].use",
        "code-invalid",
        containing({**ORG, "telecom": [{"use": "x"}]}, managingOrganization={"reference": "#o"}),
    ),
    ("Patient.contained[0]", "structure", containing({"resourceType": "Household", "id": "o"})),
    # narrative
    ("Patient.text.div", "invariant", told("<script>alert(1)</script>")),
    ("Patient.text.div", "invariant", told("x", onclick="alert(1)")),
    ("Patient.text.div", "invariant", told("<p>x")),
    ("Patient.text.div", "invariant", told("<iframe src='https://example.org'/>")),
    ("Patient.text.div", "invariant", told("<img src='https://example.org/x.png'/>")),
    ("Patient.text.div", "invariant", told("<a href=' java&#x73;cript:alert(1)'>x</a>")),
    ("Patient.text.div", "invariant", told("<a href='data:text/html,x'>x</a>")),
    ("Patient.text.div", "invariant", told("x", style="background: url(https://example.org)")),
    ("Patient.text.div", "invariant", told("x", style="color: red;" * 1_000)),
    ("Patient.text.div", "invariant", told("<style>p {}</style>x")),
    ("Patient.text.div", "invariant", told("<s:svg xmlns:s='http://www.w3.org/2000/svg' onload='x'/>x")),
    ("Patient.text.div", "invariant", told("  ")),
    ("Patient.text.div", "invariant", patient(text={"status": "generated", "div": "<div>x</div>"})),
    ("Patient.text.div", "invariant", patient(text={"status": "generated", "div": f'<p xmlns="{DIV}">x</p>'})),
    (
        "Patient.text.div",
        "invariant",
        patient(text={"status": "generated", "div": f'<!DOCTYPE d [<!ENTITY e "x">]><div xmlns="{DIV}">&e;</div>'}),
    ),
]


@pytest.mark.parametrize("resource", GOOD, ids=lambda resource: resource["resourceType"])
def test_a_good_record_has_no_issue(spec: Spec, resource: dict[str, Any]) -> None:
    assert check(spec, resource) == []


@pytest.mark.parametrize("resource", GOOD, ids=lambda resource: resource["resourceType"])
def test_an_independent_model_accepts_it_too(resource: dict[str, Any]) -> None:
    type = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{type.lower()}"), type)
    assert model.model_validate_json(json.dumps(resource)).get_resource_type() == type


def test_every_served_type_is_among_the_good_ones(spec: Spec) -> None:
    assert spec.types <= {resource["resourceType"] for resource in GOOD}


@pytest.mark.parametrize(("at", "code", "resource"), BAD, ids=[f"{n}-{at}" for n, (at, _, _) in enumerate(BAD)])
def test_a_bad_record_is_refused_at_the_right_place(spec: Spec, at: str, code: str, resource: dict[str, Any]) -> None:
    issues = check(spec, resource)
    assert (at, code, "error") in [(issue.at, issue.code, issue.severity) for issue in issues]


@pytest.mark.parametrize("resource", [resource for _, _, resource in BAD])
def test_an_issue_is_told_in_two_languages_and_in_the_house_style(spec: Spec, resource: dict[str, Any]) -> None:
    for issue in check(spec, resource):
        assert not issue.text[0].isupper()
        assert not issue.text.endswith(".")
        assert any(ord(letter) > 0x3000 for letter in issue.ja)
        assert '"' not in issue.text


def test_a_fault_is_told_once_only(spec: Spec) -> None:
    for resource in (
        patient(deceasedBoolean=True, deceasedDateTime="2020"),
        patient(name=[{"family": ""}, {"given": [""]}]),
        patient(gender="male "),
    ):
        places = [issue.at for issue in check(spec, resource)]
        assert len(places) == len(set(places))


def test_the_callers_value_is_quoted_and_cut(spec: Spec) -> None:
    (issue,) = check(spec, patient(gender="x" * 5000))
    assert issue.text.startswith("`xxx")
    assert len(issue.text) < 500


def test_a_narrative_may_lead_to_what_is_contained(spec: Spec) -> None:
    """`binary-ref-internal` of HL7's cases for validators."""
    picture = {"resourceType": "Binary", "id": "p", "contentType": "image/png"}
    for inner, good in (('<img src="#p" alt=""/>', True), ("<a href='#p'>図</a>", True), ("#p", False)):
        shown = told(inner) | {"contained": [picture]}
        wrong = [issue.at for issue in validate.validate(spec, shown, orjson.dumps(shown)) if issue.severity == "error"]
        assert wrong == ([] if good else ["Patient.contained[0]"]), inner


def test_references_that_leave_the_server_are_left_alone(spec: Spec) -> None:
    for literal in (
        "https://example.org/fhir/Organization/x",
        "https://example.org/x",
        "urn:uuid:0e8c0c47-8a3a-4c41-8a9a-6a5a9d2b3c11",
        "urn:oid:1.2",
    ):
        assert check(spec, task(owner={"reference": literal})) == []


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        ("2021-02-05", "2021-02", True),
        ("2021", "2021-01-01", True),
        ("2021-02-05", "2021-02-04", False),
        ("2021-01-02T00:30:00+09:00", "2021-01-01T23:00:00Z", True),
        ("2021-01-01T23:00:00Z", "2021-01-02T00:30:00+09:00", False),
        ("2021-01-02", "2021-01-01T23:00:00Z", True),
        ("2021-01-01T23:59:60Z", "2021-01-01T23:59:59Z", False),
        ("2021-01-01T23:59:60Z", "2021-01-02T00:00:00Z", True),
        ("2021-01-03", "2021-01-01T23:00:00Z", False),
    ],
)
def test_a_period_is_judged_by_instants_where_both_ends_have_one(spec: Spec, start: str, end: str, good: bool) -> None:
    issues = check(spec, patient(name=[{"text": "x", "period": {"start": start, "end": end}}]))
    assert [issue.at for issue in issues] == ([] if good else ["Patient.name[0].period"])


def test_an_open_value_set_accepts_any_code(spec: Spec) -> None:
    assert check(spec, patient(photo=[{"contentType": "application/x-ours"}])) == []


def test_bytes_that_are_not_json_are_an_issue_and_no_exception(spec: Spec) -> None:
    (issue,) = validate.validate(spec, {"resourceType": "Patient"}, b'{"resourceType":')
    assert issue.code == "structure"


def test_a_key_given_twice_is_told(spec: Spec) -> None:
    issues = validate.validate(spec, patient(active=True), b'{"resourceType":"Patient","active":true,"active":true}')
    assert [issue.at for issue in issues] == ["Patient.active"]


WORDS = """
id meta text div contained extension modifierExtension url valueReference valueCode reference type identifier name given
_given period start end gender birthDate status subject focus item answer code coding system entry resource parameter
part clinicalStatus value x _x
"""
NAMES = st.sampled_from(WORDS.split())
LEAF = st.sampled_from(["", "#", "#o", "Patient/x", "Task", "Patient", "male", "2021-02-30", "<div>", " ", "0000"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats(allow_nan=False, allow_infinity=False) | LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
TYPES = st.sampled_from(
    ["Patient", "Task", "Bundle", "Parameters", "Condition", "Questionnaire", "CarePlan", "Nothing"]
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(NAMES, ANY, max_size=8), TYPES | ANY)
def test_no_object_makes_it_raise(spec: Spec, members: dict[str, Any], type: Any) -> None:
    for issue in check(spec, {**members, "resourceType": type}):
        assert issue.text
        assert issue.ja


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(GOOD), st.data())
def test_a_good_record_with_one_value_replaced_makes_it_not_raise(
    spec: Spec, resource: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(resource)))
    assert isinstance(check(spec, {**resource, name: data.draw(ANY)}), list)


@pytest.mark.parametrize("depth", [10, 100, 5000])
def test_deep_nesting_does_not_make_it_raise(spec: Spec, depth: int) -> None:
    body = b'{"resourceType":"Questionnaire","status":"draft"' + b',"item":[{"linkId":"x","type":"group"' * depth
    body += b',"item":[{"linkId":"y","type":"display"}]' + b"}]" * depth + b"}"
    resource: dict[str, Any] = {}
    if depth <= 100:
        resource = json.loads(body)
    issues = validate.validate(spec, resource, body)
    assert ({issue.text[:8] for issue in issues} == {"`que-2` "}) == (depth <= 100)
