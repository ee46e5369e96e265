"""`_summary` and `_elements` are for every interaction that answers records: read, vread, history and metadata too.

https://hl7.org/fhir/R4/http.html#parameters
"""

from __future__ import annotations

from urllib.parse import quote

import orjson
import pytest

from demo.people import People
from tests.http.asking import Asking
from tests.http.refused import refused

NARRATIVE = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">海辺</div>'}
PERSON = {
    "resourceType": "Patient",
    "text": NARRATIVE,
    "active": True,
    "name": [{"family": "浜野"}],
    "gender": "female",
    "contact": [{"name": {"text": "隣の人"}}],
}


@pytest.fixture(scope="module")
def person(people: People) -> str:
    """A person with two versions: in the second she has a date of birth."""
    with Asking(people.base, people.officer("yorisoi").token()) as asking:
        made = asking.ask("POST", "Patient", orjson.dumps(PERSON))
        [name] = made.created
        again = PERSON | {"id": name.partition("/")[2], "birthDate": "1980-02-03"}
        assert asking.ask("PUT", name, orjson.dumps(again)).status == 200
    return str(name)


@pytest.mark.parametrize("suffix", ["", "/_history/2"])
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("_summary=true", {"active", "name", "gender", "birthDate"}),
        ("_summary=text", {"text"}),
        ("_summary=data", {"active", "name", "gender", "contact", "birthDate"}),
        ("_summary=false", {"text", "active", "name", "gender", "contact", "birthDate"}),
        ("_elements=name,birthDate", {"name", "birthDate", "active"}),
        ("_elements=contact&_summary=false", {"contact", "active"}),
    ],
)
def test_one_record_is_read_in_part(suffix: str, asked: str, shown: set[str], person: str, asking: Asking) -> None:
    answer = asking.ask("GET", f"{person}{suffix}?{asked}")
    assert answer.status == 200, answer.text
    assert answer.json.keys() - {"resourceType", "id", "meta"} == shown
    marked = {each["code"] for each in answer.json["meta"].get("tag", ())}
    assert marked == (set() if asked == "_summary=false" else {"SUBSETTED"})
    assert answer.headers["etag"] == 'W/"2"'
    assert "xhtml" not in asking.ask("GET", f"{person}{suffix}?_elements=name&_format=xml").text


@pytest.mark.parametrize("suffix", ["", "/_history/1"])
@pytest.mark.parametrize(
    ("asked", "code", "at"),
    [
        ("_summary=count", "not-supported", "_summary"),
        ("_summary=all", "not-supported", "_summary"),
        ("_summary=true&_summary=text", "structure", "_summary"),
        ("_elements=name&_elements=gender", "structure", "_elements"),
        ("_elements=nothing", "structure", "_elements"),
        ("_elements=", "structure", "_elements"),
        ("colour=blue", "not-supported", "colour"),
    ],
)
def test_a_part_that_cannot_be_told_is_refused(
    suffix: str, asked: str, code: str, at: str, person: str, asking: Asking
) -> None:
    for language in ("ja", "en"):
        refused(asking.ask("GET", f"{person}{suffix}?{asked}", language=language), 400, code, at, language)


def test_a_record_that_is_not_for_the_reader_is_not_there_in_part_either(person: str, people: People) -> None:
    assert people.officer("health-center").get(f"{person}?_elements=name").status == 404


def test_a_part_of_what_has_not_changed_is_not_sent_again(person: str, asking: Asking) -> None:
    answer = asking.ask("GET", f"{person}?_elements=name", headers={"If-None-Match": 'W/"2"'})
    assert (answer.status, answer.text) == (304, "")


def test_an_entry_of_a_batch_reads_in_part(person: str, asking: Asking) -> None:
    entries = [{"request": {"method": "GET", "url": f"{person}?_elements=gender"}}]
    for kind in ("batch", "transaction"):
        sent = orjson.dumps({"resourceType": "Bundle", "type": kind, "entry": entries})
        [found] = asking.ask("POST", "", sent).json["entry"]
        assert found["resource"].keys() == {"resourceType", "id", "meta", "gender", "active"}


@pytest.mark.parametrize("asked", ["_elements=name", "_summary=true"])
def test_a_history_comes_in_parts(asked: str, person: str, asking: Asking) -> None:
    for path in (f"{person}/_history", "Patient/_history", *(() if "_elements" in asked else ("_history",))):
        answer = asking.ask("GET", f"{path}?{asked}&_count=2")
        assert answer.status == 200, answer.text
        for each in answer.json["entry"]:
            assert "contact" not in each["resource"]
            assert each["resource"]["meta"]["tag"][-1]["code"] == "SUBSETTED"
        [own] = [link["url"] for link in answer.json["link"] if link["relation"] == "self"]
        assert asked in own


def test_elements_are_of_one_type(asking: Asking) -> None:
    refused(asking.ask("GET", "_history?_elements=name"), 400, "not-supported", "_elements", "ja")


def test_only_the_number_of_versions_is_told(person: str, asking: Asking) -> None:
    answer = asking.ask("GET", f"{person}/_history?_summary=count")
    assert (answer.json["total"], answer.json.get("entry")) == (2, None)


def test_the_history_of_a_record_begins_at_an_instant(person: str, asking: Asking) -> None:
    newer, older = asking.ask("GET", f"{person}/_history").json["entry"]
    moments = [each["resource"]["meta"]["lastUpdated"] for each in (newer, older)]
    for since, count in [*zip(moments, (1, 2), strict=True), ("2020", 2)]:
        answer = asking.ask("GET", f"{person}/_history?_since={quote(since)}")
        assert len(answer.json["entry"]) == count, since
        assert "total" not in answer.json
    late = asking.ask("GET", f"{person}/_history?_since=2100-01-01T00:00:00Z")
    assert (late.status, late.json.get("entry")) == (200, None)
    first = asking.ask("GET", f"{person}/_history?_since={quote(moments[1])}&_count=1").json
    [following] = [link["url"] for link in first["link"] if link["relation"] == "next"]
    rest = asking.ask("GET", following.removeprefix(f"{asking.base}/")).json
    assert [each["resource"]["meta"]["versionId"] for each in rest["entry"]] == ["1"]


def test_of_versions_before_the_instant_nobody_else_learns_anything(person: str, people: People) -> None:
    answer = people.officer("health-center").get(f"{person}/_history?_since=2020")
    assert answer.status == 404


def test_the_statement_comes_in_part(asking: Asking) -> None:
    answer = asking.ask("GET", "metadata?_elements=fhirVersion")
    assert answer.json["fhirVersion"] == "4.0.1"
    assert "rest" not in answer.json
    assert "rest" in asking.ask("GET", "metadata?_summary=false").json
    refused(asking.ask("GET", "metadata?_summary=count"), 400, "not-supported", "_summary", "ja")
