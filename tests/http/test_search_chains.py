"""Chains, reverse chains and includes over HTTP: what they find, what comes with it, and where they end.

https://hl7.org/fhir/R4/search.html#chaining
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from demo.answer import Answer
from demo.journey.city import City
from demo.people import AUDIT, People
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.http.refused import refused
from tests.world import casework


@pytest.fixture(scope="module")
def signed(standing: City) -> City:
    """The household, of which the mother has signed that the health center may see what concerns her."""
    assert casework.sign(standing).done
    return standing


def asked(asking: Asking, city: City, query: str) -> Answer:
    """A search within the household of the test."""
    for name, value in city.known.items():
        query = query.replace("{" + name + "}", value)
    tag = quote(city.known["tag"])
    answer = asking.ask("GET", f"{query}{'&' if '?' in query else '?'}_tag={tag}")
    assert answer.status == 200, answer.text
    return answer


def found(city: City, answer: Answer, mode: str = "match") -> set[str]:
    """The names of the scenario of what was found, or came with it."""
    names = {reference: name for name, reference in city.known.items() if "/" in reference}
    entries: list[dict[str, Any]] = answer.json.get("entry", [])
    references = [
        f"{each['resource']['resourceType']}/{each['resource']['id']}"
        for each in entries
        if each["search"]["mode"] == mode
    ]
    assert len(references) == len(set(references))
    return {names.get(each, each) for each in references}


CHAINS = {
    "Condition?subject:Patient.family=水無瀬": {"mother-mental-health", "sister-income-work", "son-child-rearing"},
    "Condition?subject:Patient.given=はると": {"son-child-rearing"},
    "Condition?subject.given=はると": {"son-child-rearing"},
    "Condition?patient.given=みどり,はると": {"sister-income-work", "son-child-rearing"},
    "Condition?subject:Patient.birthdate=ge1980": {"sister-income-work", "son-child-rearing"},
    "Condition?subject:Patient.gender:not=male": {"mother-mental-health", "sister-income-work"},
    "Condition?subject:Patient.death-date:missing=false": set(),
    "Condition?subject:Patient._id={id:son}": {"son-child-rearing"},
    "RelatedPerson?patient.given=かおり": {"sister-kin", "son-kin"},
    "QuestionnaireResponse?subject:Group.member:Patient.given=はると": {"sheet"},
    "QuestionnaireResponse?subject:Group.member:Patient.link:RelatedPerson.relationship=SON": {"sheet"},
    "Patient?_has:Condition:subject:code=child-rearing": {"son"},
    "Patient?_has:Condition:patient:code=nothing": set(),
    "Patient?_has:Condition:subject:code=child-rearing,income-work": {"son", "sister"},
    "Patient?_has:Group:member:_has:QuestionnaireResponse:subject:status=completed": {"mother", "sister", "son"},
    "Group?member:Patient._has:Condition:subject:code=child-rearing": {"household"},
    "Patient?_has:Condition:subject:code=child-rearing&_has:Condition:subject:code=income-work": set(),
    "Patient?_has:Condition:subject:code:missing=true": set(),
}


@pytest.mark.parametrize("query", CHAINS)
def test_a_chain_finds_by_what_the_other_record_says(query: str, standing: City, asking: Asking) -> None:
    asking_for = query.replace("{id:son}", standing.known["son"].partition("/")[2])
    answer = asked(asking, standing, asking_for)
    assert found(standing, answer) == CHAINS[query]
    assert answer.total == len(CHAINS[query])
    assert found(standing, asked(asking, standing, f"{asking_for}&_count=1")) <= CHAINS[query]


INCLUDES = {
    "Condition?code=child-rearing&_include=Condition:subject": {"son"},
    "Condition?code=child-rearing&_include=Condition:subject:Patient": {"son"},
    "Condition?code=child-rearing&_include=Condition:subject:Group": set(),
    "Condition?code=child-rearing&_include=*": {"son"},
    "Condition?code=child-rearing&_include=Condition:*": {"son"},
    "Condition?code=child-rearing&_include=Condition:subject&_include:iterate=Patient:link": {"son", "son-kin"},
    "Patient?given=はると&_revinclude=Condition:subject": {"son-child-rearing"},
    "Patient?given=はると&_revinclude=Condition:*": {"son-child-rearing"},
    "Patient?given=はると&_revinclude=Group:member&_revinclude:iterate=QuestionnaireResponse:subject": {
        "household",
        "sheet",
    },
    "QuestionnaireResponse?_include=QuestionnaireResponse:subject&_include:iterate=Group:member": {
        "household",
        "mother",
        "sister",
        "son",
    },
    "Patient?_revinclude=Condition:subject": {"mother-mental-health", "sister-income-work", "son-child-rearing"},
    "Patient?_summary=count&_revinclude=Condition:subject": set(),
}


@pytest.mark.parametrize("query", INCLUDES)
def test_what_is_included_comes_once_and_does_not_count(query: str, standing: City, asking: Asking) -> None:
    with_it = asked(asking, standing, query)
    assert found(standing, with_it, "include") == INCLUDES[query]
    alone = asked(asking, standing, query.partition("&_include")[0].partition("&_revinclude")[0].partition("_rev")[0])
    if "_summary" not in query:
        assert found(standing, with_it) == found(standing, alone)
    assert with_it.total == alone.total


def test_everything_that_leads_to_a_person_comes_with_them(standing: City, asking: Asking) -> None:
    answer = asked(asking, standing, "Patient?given=はると&_revinclude=*")
    assert found(standing, answer, "include") >= {"son-child-rearing", "household"}


REFUSED = (
    ("Condition?subject:Patient.colour=x", "colour"),
    ("Condition?subject:Nope.name=x", "subject:Nope.name"),
    ("Condition?code.name=x", "code.name"),
    ("Condition?subject.=x", "subject."),
    ("Condition?subject:Patient.organization:Organization.partof:Organization.partof:Organization.name=x", "partof"),
    ("Patient?_has:Condition:code:code=x", "_has:Condition:code:code"),
    ("Patient?_has:Condition:subject=x", "_has:Condition:subject"),
    ("Patient?_has:Claim:patient:status=x", "_has:Claim:patient:status"),
    ("Patient?_has:AuditEvent:patient:agent=x", "_has:AuditEvent:patient:agent"),
    ("Patient?_has:Task:encounter:status=x", "_has:Task:encounter:status"),
    ("Patient?_include=Patient:name", "_include"),
    ("Patient?_include=Patient:colour", "_include"),
    ("Patient?_include=Patient", "_include"),
    ("Patient?_include=Condition:subject", "_include"),
    ("Patient?_include=Patient:link:Group", "_include"),
    ("Patient?_include:recurse=Patient:link", "_include"),
    ("Patient?_revinclude=Claim:patient", "_revinclude"),
    ("QuestionnaireResponse?questionnaire.title=x", "questionnaire.title"),
)


@pytest.mark.parametrize(("query", "at"), REFUSED)
def test_a_chain_that_leads_nowhere_is_refused(query: str, at: str, asking: Asking) -> None:
    answer = asking.ask("GET", query)
    assert answer.status == 400, answer.text
    issue = answer.json["issue"][0]
    assert at in str(issue["expression"]), issue
    assert issue["diagnostics"]


def test_a_chain_asks_of_no_record_that_its_asker_may_not_find(signed: City, people: People) -> None:
    with Asking(people.base, people.officer("health-center").token()) as asking:
        assert found(signed, asked(asking, signed, "Condition?")) == {"mother-mental-health"}
        for query in (
            "Patient?_has:Condition:subject:code=child-rearing",
            "Patient?_has:Group:member:_has:QuestionnaireResponse:subject:status=completed",
            "Patient?_has:RelatedPerson:patient:relationship=SON",
            "Condition?subject:Patient.given=はると",
            "Condition?subject:Patient._has:Group:member:type=person",
        ):
            assert found(signed, asked(asking, signed, query)) == set(), query
        assert found(signed, asked(asking, signed, "Condition?subject:Patient.given=かおり")) == {
            "mother-mental-health"
        }
        everything = "Patient?_revinclude=*&_revinclude:iterate=Group:*&_revinclude:iterate=Condition:*&_include=*"
        came = found(signed, asked(asking, signed, everything), "include")
        assert came
        assert not came & {"son", "son-child-rearing", "sister", "household", "sheet"}


def test_what_comes_along_is_on_the_trail(standing: City, asking: Asking, people: People) -> None:
    asked(asking, standing, "Condition?code=child-rearing&_include=Condition:subject")
    auditor = people.officer("auditor", AUDIT)
    told = str(auditor.get("AuditEvent", entity=standing.known["son"], _sort="-date", _count="1").json["entry"][0])
    assert standing.known["son"] in told
    assert standing.known["son-child-rearing"] in told


def test_a_token_for_concerns_alone_asks_nothing_of_persons(standing: City, people: People) -> None:
    with Asking(people.base, people.officer("yorisoi", scope="user/Condition.rs").token()) as narrow:
        assert asked(narrow, standing, "Condition?code=child-rearing").total == 1
        for query in (
            "Condition?subject:Patient.given=x",
            "Condition?_has:RelatedPerson:patient:relationship=SON",
            "Condition?_include=Condition:subject:Patient",
            "Condition?_revinclude=Task:focus",
        ):
            answer = narrow.ask("GET", query)
            if "_has" in query:
                assert answer.status == 400
            else:
                assert answer.status == 403, (query, answer.text)
                assert (answer.status, "insufficient_scope" in answer.headers["www-authenticate"]) == (403, True)
        assert found(standing, asked(narrow, standing, "Condition?code=child-rearing&_include=*"), "include") == set()


def test_nobody_asks_through_a_chain_who_has_not_signed_in(people: People) -> None:
    with Asking(people.base) as anybody:
        refused(anybody.ask("GET", "Organization?_has:Task:owner:status=requested"), 401, "login", "", "ja")
        answer = anybody.ask("GET", "HealthcareService?_include=*&_count=2")
        assert {each["search"]["mode"] for each in answer.json["entry"]} == {"match", "include"}


def test_an_area_is_asked_for_with_all_that_lies_in_it(asking: Asking) -> None:
    below = asking.ask("GET", "Location?partof:below=area-el-03&_count=500").references
    ward = asking.ask("GET", "Location/area-el-03").json["partOf"]["reference"]
    wider = asking.ask("GET", f"Location?partof:below={ward}&_count=500").references
    assert "Location/area-el-03" in wider
    assert set(below) < set(wider)
    city = asking.ask("GET", "Location?partof:missing=true&_count=500").references
    every = {each for one in city for each in asking.ask("GET", f"Location?partof:below={one}&_count=500").references}
    whole = asking.ask("GET", "Location?partof:missing=false&_count=500").references
    assert every == set(whole)


def test_an_area_is_asked_for_with_all_that_it_lies_in(asking: Asking) -> None:
    over = asking.ask("GET", "Location?partof:above=Location/area-el-03&_count=500")
    assert over.status == 200
    chain, at = [], "Location/area-el-03"
    while at:
        chain.append(at)
        at = asking.ask("GET", at).json.get("partOf", {}).get("reference", "")
    assert set(over.references) >= set(chain[:-1])
    assert len(chain) > 3


def test_a_stranger_asks_for_desks_of_an_area_and_of_what_lies_in_it(server: Running) -> None:
    with Asking(server.base) as stranger:
        one = stranger.ask("GET", "HealthcareService?coverage-area:above=area-el-03&_summary=count")
        assert one.status == 200, one.text
        assert one.total
        assert stranger.ask("GET", "Condition?encounter:below=x").status == 401


def test_a_filter_ends_and_differs_and_asks_of_one_record(signed: City, asking: Asking) -> None:
    for said, names in {
        "subject:Patient[gender eq female].given eq みどり": {"sister-income-work"},
        "subject:Patient[family ew 瀬 and birthdate ge 1980].gender ne male": {"sister-income-work"},
        "subject:Patient.family ew 瀬": {"mother-mental-health", "sister-income-work", "son-child-rearing"},
        "subject:Patient.family ew 無": set(),
    }.items():
        assert found(signed, asked(asking, signed, f"Condition?_filter={quote(said)}")) == names, said


def test_of_whom_somebody_else_may_not_see_a_filter_tells_them_nothing(signed: City, people: People) -> None:
    said = quote("subject:Patient[gender eq male].given ne かおり")
    with Asking(people.base, people.officer("health-center").token()) as other:
        assert found(signed, asked(other, signed, f"Condition?_filter={said}")) == set()
