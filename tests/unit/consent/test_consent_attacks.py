"""What was tried against consents: labels and codes that miss, provisions without end, periods that are over."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.labels import MOST
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import CONFIDENTIALITY, V3, concept, ref
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent
from tests.world import slipped

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
OWN = "https://tsunagu.example/fhir/CodeSystem/secrecy-label"


def level(code: str, system: str = CONFIDENTIALITY) -> Json:
    return {"system": system, "code": code} if system else {"code": code}


def refused(town: Town, *resources: Json) -> Problem:
    with pytest.raises(Problem) as caught:
        town.write(P, *resources)
    return caught.value


@pytest.fixture
def open_to_all(town: Town) -> Town:
    town.write(P, patient("1"))
    town.sign(P, consent("a", provision={"type": "permit"}))
    return town


UNTOLD = [
    level("X"),
    level("R", ""),
    level("ETHUDD", f"{V3}v3-ActCode"),
    level("address-secret", f"{OWN}s"),
    level("address-secret", "urn:elsewhere"),
    level("SDV", ""),
    level("sdv", f"{V3}v3-ActCode"),
]


@pytest.mark.parametrize("label", UNTOLD)
def test_a_label_that_cannot_be_told_is_refused_with_its_place(town: Town, label: Json) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    for record in (
        concern("d", "1", meta={"security": [level("N"), label]}),
        concern("c", "1", meta={"versionId": "1", "security": [level("N"), label]}),
    ):
        problem = refused(town, record)
        assert problem.kind == "business-rule"
        assert [(each.at, each.rule) for each in problem.issues] == [("Condition.meta.security[1]", "D1")]
    assert refused(town, patient("2", meta={"security": [label]})).issues[0].at == "Patient.meta.security[0]"


def test_a_label_that_our_own_closed_system_lacks_is_refused_as_such_a_code_is_anywhere(town: Town) -> None:
    problem = refused(town, patient("1", meta={"security": [level("adress-secret", OWN)]}))
    assert [each.at for each in problem.issues] == ["Patient.meta.security[0].code"]


def test_labels_that_can_be_told_and_those_of_open_systems_are_taken(town: Town) -> None:
    told = [level("R"), level("ETH", f"{V3}v3-ActCode"), level("x", "urn:open")]
    town.write(P, patient("1"), concern("c", "1", meta={"security": told}))
    assert town.read(P, "Condition/c")["meta"]["security"] == told


@pytest.mark.parametrize("label", [level("X"), level("R", ""), level("ETHUDD", f"{V3}v3-ActCode")])
@pytest.mark.parametrize("shape", ["root", "exception"])
def test_what_lies_there_with_such_a_label_is_withheld_by_a_deny_of_labels(
    open_to_all: Town, label: Json, shape: str
) -> None:
    town = open_to_all
    town.write(P, concern("c", "1"))
    assert town.search(Q, "Condition") == ["Condition/c"]
    deny: Json = {"type": "deny", "securityLabel": [level("V")]}
    form = consent("no", provision=deny if shape == "root" else {"type": "permit", "provision": [deny]})
    town.sign(P, form)
    assert town.search(Q, "Condition") == ["Condition/c"]
    town.run(slipped.slip(town.store, "Condition/c", {"meta": {"security": [label]}}))
    assert town.search(Q, "Condition") == []
    assert town.search(P, "Condition") == ["Condition/c"]


def test_and_no_permit_of_labels_opens_it(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1", meta={"security": [level("N")]}))
    town.sign(P, consent("a", provision={"type": "permit", "securityLabel": [level("R")]}))
    assert town.search(Q, "Condition") == ["Condition/c"]
    town.run(slipped.slip(town.store, "Condition/c", {"meta": {"security": [level("N"), level("X")]}}))
    assert town.search(Q, "Condition") == []


DEBTS = concept("concern-field", "debts")


@pytest.mark.parametrize(
    "record",
    [
        concern("c", "1", code={"text": "other"}, evidence=[{"code": [DEBTS]}]),
        {
            "resourceType": "Observation",
            "id": "c",
            "status": "final",
            "subject": ref("Patient/1"),
            "code": {"text": "x"},
        }
        | {"component": [{"code": {"text": "y"}, "valueCodeableConcept": DEBTS}]},
        {"resourceType": "Task", "id": "c", "status": "draft", "intent": "order", "for": ref("Patient/1")}
        | {"input": [{"type": {"text": "x"}, "valueCodeableConcept": DEBTS}]},
        {"resourceType": "QuestionnaireResponse", "id": "c", "status": "completed", "subject": ref("Patient/1")}
        | {"item": [{"linkId": "1", "item": [{"linkId": "2", "answer": [{"valueCoding": DEBTS["coding"][0]}]}]}]},
    ],
)
def test_a_code_is_withheld_wherever_it_stands_and_permitted_where_it_is_the_records_own(
    open_to_all: Town, record: Json
) -> None:
    town, name = open_to_all, f"{record['resourceType']}/c"
    town.write(P, record)
    assert town.search(Q, record["resourceType"]) == [name]
    town.sign(P, consent("no", provision={"type": "deny", "code": [DEBTS]}))
    assert town.search(Q, record["resourceType"]) == []


def test_a_permit_by_code_opens_nothing_for_a_code_somewhere_in_it(town: Town) -> None:
    hidden = concern("c", "1", code={"text": "other"}, evidence=[{"code": [DEBTS]}])
    town.write(P, patient("1"), hidden, concern("d", "1"))
    town.sign(P, consent("a", provision={"type": "permit", "code": [DEBTS]}))
    assert town.search(Q, "Condition") == ["Condition/d"]


@pytest.mark.parametrize(
    ("provision", "at"),
    [
        (
            {"code": [{"coding": [{"system": "urn:x", "code": str(n)}]} for n in range(20_000)]},
            "Consent.provision.code",
        ),
        (
            {"code": [{"coding": [{"system": "urn:x", "code": str(n)} for n in range(20_000)]}]},
            "Consent.provision.code",
        ),
        ({"actor": [{"reference": ref(f"Organization/{n}")} for n in range(501)]}, "Consent.provision.actor"),
        (
            {"data": [{"meaning": "instance", "reference": ref(f"Task/{n}")} for n in range(501)]},
            "Consent.provision.data",
        ),
        ({"provision": [{"type": "deny"}] * 51}, "Consent.provision.provision"),
        ({"provision": [{"type": "deny", "purpose": [{"code": "x"}] * 501}]}, "Consent.provision.provision[0].purpose"),
    ],
)
@pytest.mark.parametrize("status", ["active", "draft"])
def test_a_provision_that_says_too_much_is_refused_before_any_work(
    town: Town, provision: Json, at: str, status: str
) -> None:
    town.write(P, patient("1"))
    form = consent("a", status=status, provision={"type": "permit"} | provision)
    problem = refused(town, form)
    assert problem.kind == "too-costly"
    assert [each.at for each in problem.issues] == [at]


def test_labels_that_are_sent_are_bounded_like_those_that_are_added(town: Town) -> None:
    town.write(P, patient("1"))
    tags = [{"system": "urn:t", "code": str(each)} for each in range(MOST + 1)]
    for version in ({}, {"versionId": "1"}):
        problem = refused(town, patient("1", meta={"tag": tags} | version))
        assert (problem.kind, problem.issues[0].at) == ("invalid", "Patient.meta.tag")
    town.write(P, patient("1", meta={"tag": tags[:MOST], "versionId": "1"}))


@pytest.mark.parametrize("end", ["0001", "2019-02-12"])
def test_a_consent_whose_period_is_over_is_filed_and_grants_nothing(town: Town, end: str) -> None:
    """Whether it counts is derived, and not its status: a paper of the past is filed as it was signed."""
    town.write(P, patient("1"), concern("c", "1"))
    (done,) = town.sign(P, consent("a", provision=consent("a")["provision"] | {"period": {"end": end}}))
    assert orjson.loads(done.version.body)["status"] == "active"
    assert town.search(Q, "Condition") == []


def test_a_body_that_is_no_object_of_that_kind_is_not_tripped_over(town: Town) -> None:
    for broken in ({"provision": ["x"]}, {"provision": {"code": "x", "provision": "y"}}, {"meta": "x"}):
        body = orjson.dumps(consent("a") | broken)
        with pytest.raises(Problem):
            town.commit(P, Change("create", "Consent", "a", body))
