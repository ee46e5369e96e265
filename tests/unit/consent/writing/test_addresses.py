"""How a reference is written: from this server's own address, and as a search, and what each leads to.

https://hl7.org/fhir/R4/references.html#literal
"""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, concern, patient

P = actor("p")
HERE = "https://records.example/fhir/"


def refused(town: Town, change: Change) -> Problem:
    with pytest.raises(Problem) as caught:
        town.commit(P, change)
    return caught.value


@pytest.mark.parametrize("version", ["", "/_history/1"])
def test_a_reference_with_the_address_of_this_server_is_kept_without_it(town: Town, version: str) -> None:
    town.write(P, patient("1"))
    absolute = concern("c", "1") | {"subject": ref(f"https://records.example/fhir/Patient/1{version}")}
    town.write(P, absolute)
    assert town.read(P, "Condition/c")["subject"] == ref(f"Patient/1{version}")
    assert town.search(P, "Condition", ("patient", "1")) == ["Condition/c"]
    hidden = concern("d", "1") | {"subject": ref("https://records.example/fhir/Patient/2")}
    problem = refused(town, Change("create", "Condition", "d", orjson.dumps(hidden)))
    assert (problem.issues[0].code, problem.issues[0].at) == ("not-found", "Condition.subject")


@pytest.mark.parametrize(
    "address",
    [
        "HTTPS://Records.Example/fhir/Patient/1",
        "https://records.example:443/fhir/Patient/1",
        "https://records.example:/fhir/Patient/1",
        "https://records.example/fhir/%50atient/%31",
        "https://records.example/%66hir/./Group/../Patient/1",
        "https://records.example/fhir/Patient?identifier=urn:n|1",
        "HTTPS://records.example:443/fhir/Patient?identifier=urn%3An%7C1",
    ],
)
def test_a_spelling_that_is_the_same_address_is_the_same_reference(town: Town, address: str) -> None:
    town.write(P, patient("1", identifier=[{"system": "urn:n", "value": "1"}]))
    town.write(P, concern("c", "1") | {"subject": ref(address)})
    assert town.read(P, "Condition/c")["subject"] == ref("Patient/1")
    if "?" not in address:
        assert town.search(P, "Condition", ("subject", address)) == ["Condition/c"]
    hidden = concern("d", "1") | {"subject": ref(address.replace("%31", "1").replace("1", "2"))}
    problem = refused(town, Change("create", "Condition", "d", orjson.dumps(hidden)))
    assert problem.issues[0].at == "Condition.subject"


@pytest.mark.parametrize(
    "address",
    [
        "https://records.example/fhir//Patient/1",
        "https://records.example/fhir/Patient/1/",
        "https://records.example/fhir/Patient%2F1",
        "https://records.example/FHIR/Patient/1",
        "https://somebody@records.example/fhir/Patient/1",
        "https://records.example/fhir/Patient/1?_format=json",
        "https://records.example/fhir/patient/1",
        "https://records.example/fhir/Patient/1#here",
    ],
)
def test_one_that_writes_that_address_in_another_way_is_told_to_leave_it_out(town: Town, address: str) -> None:
    town.write(P, patient("1"))
    change = Change("create", "Condition", "c", orjson.dumps(concern("c", "1") | {"subject": ref(address)}))
    problem = refused(town, change)
    assert (problem.kind, problem.issues[0].at) == ("invalid", "Condition.subject")


@pytest.mark.parametrize("element", ["subject", "evidence"])
def test_a_search_that_has_a_slash_is_followed_as_any_other(town: Town, element: str) -> None:
    town.write(P, patient("1", name=[{"text": "a/b"}]))
    for asked, found in (("Patient?name=a/b", True), (f"{HERE}Patient?name=a/b", True), ("Patient?name=x/y", False)):
        named = ref(asked) if element == "subject" else [{"detail": [ref(asked)]}]
        id = f"c{len(asked)}"
        change = Change("create", "Condition", id, orjson.dumps(concern(id, "1") | {element: named}))
        if found:
            town.commit(P, change)
            assert "Patient/1" in str(town.read(P, f"Condition/{id}")[element])
            continue
        assert refused(town, replace(change, id="d")).kind == "invalid"
