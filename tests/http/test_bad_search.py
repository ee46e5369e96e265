"""A search or an operation that is not understood is refused: it is never a list of everything.

https://hl7.org/fhir/R4/search.html#errors
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import refused

SEARCHES = (
    ("colour=blue", "not-supported", "colour"),
    ("name:fuzzy=a", "not-supported", "name"),
    ("birthdate=tomorrow", "structure", "birthdate"),
    ("birthdate=2026-13", "structure", "birthdate"),
    ("death-date=2026-02-30", "structure", "death-date"),
    ("name=", "structure", "name"),
    ("name=a,,b", "structure", "name"),
    ("name=" + "a" * 3000, "structure", "name"),
    ("_id=a|b|c", "structure", "_id"),
    ("identifier=|", "structure", "identifier"),
    ("general-practitioner=x/y/z", "structure", "general-practitioner"),
    ("general-practitioner:Nope=1", "structure", "general-practitioner"),
    ("address:missing=maybe", "structure", "address"),
    ("_sort=colour", "not-supported", "_sort"),
    ("_sort=_id&_sort=_id", "structure", "_sort"),
    ("_count=-1", "structure", "_count"),
    ("_count=%D9%A3", "structure", "_count"),
    ("_total=some", "structure", "_total"),
    ("_include=colour", "structure", "_include"),
    ("_sort=name,name", "structure", "_sort"),
    ("_sort=a,b,c,d,e", "structure", "_sort"),
    ("_elements=colour", "structure", "_elements"),
    ("_elements=name&_elements=name", "structure", "_elements"),
    ("_summary=some", "not-supported", "_summary"),
    ("_summary=text&_include=Patient:link", "not-supported", "_summary"),
    ("_filter=name", "structure", "_filter"),
    ("_filter=name%20eq", "structure", "_filter"),
    ("_filter=name%20eq%20%22a", "structure", "_filter"),
    ("_filter=(name%20eq%20a", "structure", "_filter"),
    ("_filter=name%20eq%20a)", "structure", "_filter"),
    ("_filter=name%20eq%20a%20xor%20name%20eq%20b", "structure", "_filter"),
    ("_filter=not%20name%20eq%20a", "structure", "_filter"),
    ("_filter=name%20gt%20a", "structure", "_filter"),
    ("_filter=_list%20gt%20a", "structure", "_filter"),
    ("_filter=birthdate%20eq%20yesterday", "structure", "_filter"),
    ("_filter=colour%20eq%20a", "not-supported", "_filter"),
    ("_filter=general-practitioner%5Bactive%20eq%20true%5D.name%20eq%20a", "not-supported", "_filter"),
    ("_filter=" + "(" * 12 + "name%20eq%20a" + ")" * 12, "structure", "_filter"),
    ("_filter=" + "%20or%20".join(["name%20eq%20a"] * 51), "structure", "_filter"),
    ("_query=everybody", "not-supported", "_query"),
    ("_contained=true", "not-supported", "_contained"),
    ("_containedType=contained", "not-supported", "_containedType"),
    ("name:%3D=a", "not-supported", "name"),
    ("_has:Condition:code:code=a", "not-supported", "_has:Condition:code:code"),
    ("organization.colour=a", "not-supported", "colour"),
    ("_cursor=abc", "structure", "_cursor"),
    ("_cursor=%E3%81%82", "structure", "_cursor"),
    ("&".join(f"name=a{n}" for n in range(101)), "structure", ""),
    ("name=" + ",".join(["ab"] * 201), "structure", "name"),
)


@pytest.mark.parametrize(("query", "code", "at"), SEARCHES, ids=lambda value: str(value)[:24])
def test_a_search_that_is_not_understood_is_no_list_of_everything(
    query: str, code: str, at: str, asking: Asking
) -> None:
    for language in ("ja", "en"):
        refused(asking.ask("GET", f"Patient?{query}", language=language), 400, code, at, language)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = asking.ask("POST", "Patient/_search", query.encode(), form)
    refused(posted, 400, code, at, "ja")


@pytest.mark.parametrize(
    "query", ["mode=terminology", "mode=normative", "mode=", "mode=full&mode=other", "colour=blue"]
)
def test_a_mode_or_parameter_of_the_metadata_that_is_not_known_is_refused(query: str, asking: Asking) -> None:
    name = "colour" if "colour" in query else "mode"
    for language in ("ja", "en"):
        answer = asking.ask("GET", f"metadata?{query}", language=language)
        refused(answer, 400, "not-supported", name, language)
    assert asking.ask("GET", "metadata?mode=full&_format=json").status == 200


@pytest.mark.parametrize("path", ["_search", "_search?name=a"])
def test_a_form_that_is_no_form_is_refused(path: str, asking: Asking) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(asking.ask("POST", f"Patient/{path}", b"\xff\xfe", form), 400, "structure", "", "ja")
    refused(asking.ask("POST", f"Patient/{path}", b"name=a"), 415, "not-supported", "", "ja")
    refused(asking.ask("POST", f"Patient/{path}", b"name=" + b"a" * 6_000_000, form), 413, "too-long", "", "ja")


def test_a_cursor_is_good_for_its_own_search_only(standing: City, asking: Asking) -> None:
    tag = standing.known["tag"].replace("|", "%7C")
    first = asking.ask("GET", f"Condition?_tag={tag}&_count=1").json
    following = {link["relation"]: link["url"] for link in first["link"]}["next"]
    cursor = following.partition("_cursor=")[2]
    assert asking.ask("GET", following.removeprefix(f"{asking.base}/")).status == 200
    for other in (f"Condition?_count=1&_cursor={cursor}", f"Patient?_tag={tag}&_count=1&_cursor={cursor}"):
        refused(asking.ask("GET", other), 400, "structure", "_cursor", "ja")
    changed = ("A" if cursor[-1] != "A" else "B") + cursor[1:]
    refused(asking.ask("GET", f"Condition?_tag={tag}&_count=1&_cursor={changed}"), 400, "structure", "_cursor", "ja")


@pytest.mark.parametrize(
    ("path", "status", "code", "at"),
    [
        ("HealthcareService/$route?field=nonsense", 400, "structure", "field"),
        ("HealthcareService/$route?field=housing&field=care", 400, "not-supported", "field"),
        ("HealthcareService/$route?colour=blue", 400, "not-supported", "colour"),
        ("HealthcareService/$route?area=Patient/1", 400, "structure", "area"),
        ("HealthcareService/$route?area=a/b/c", 400, "structure", "area"),
        ("HealthcareService/$route?area=%00", 400, "structure", "area"),
        ("HealthcareService/$route?area=", 400, "structure", "area"),
        ("HealthcareService/$route?area=area-el-99999", 404, "not-found", ""),
        ("{mother}/$explain-access?actor=somebody", 400, "structure", "actor"),
        ("{mother}/$explain-access?actor=Patient/1", 400, "structure", "actor"),
        ("{mother}/$explain-access?actor=Organization/council", 403, "forbidden", ""),
        ("{mother}/$explain-access?at=yesterday", 400, "structure", "at"),
        ("{mother}/$explain-access?at=2026-01-01", 400, "structure", "at"),
        ("{mother}/$explain-access?at=0001-01-01T00:00:00%2B09:00", 400, "structure", "at"),
        ("{mother}/$explain-access?at=9999-12-31T23:59:59-09:00", 400, "structure", "at"),
        ("CarePlan/nope/$timetable", 404, "not-found", ""),
        ("CarePlan/%00/$timetable", 404, "not-found", ""),
        ("QuestionnaireResponse/%00/$extract", 404, "not-found", ""),
    ],
)
def test_an_operation_names_what_it_cannot_take(
    path: str, status: int, code: str, at: str, standing: City, asking: Asking
) -> None:
    for language in ("ja", "en"):
        answer = asking.ask("GET", path.replace("{mother}", standing.known["mother"]), language=language)
        refused(answer, status, code, at, language)


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": [{"name": "questionnaire-response", "valueString": "x"}]},
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "questionnaire-response", "resource": {"resourceType": "Patient"}}],
        },
    ],
    ids=["a patient", "nothing", "a string", "a patient inside"],
)
def test_only_a_sheet_can_be_extracted(body: dict[str, Any], asking: Asking) -> None:
    answer = asking.ask("POST", "QuestionnaireResponse/$extract", orjson.dumps(body))
    refused(answer, 400, "structure", "questionnaire-response", "ja")
