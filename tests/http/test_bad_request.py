"""A request that does not fit its address, its headers or its version is refused, and nothing of it is stored.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import pytest

from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import Case, mother, refused, text, try_case
from tests.http.stored import Stored

HEADERS = (
    Case("plain text", 415, "not-supported", body=text, headers={"Content-Type": "text/plain"}),
    Case("no xml", 400, "structure", body=text, headers={"Content-Type": "application/fhir+xml"}),
    Case("no kind", 415, "not-supported", body=text, headers={"Content-Type": ""}),
    Case(
        "another charset", 415, "not-supported", body=text, headers={"Content-Type": "application/json; charset=utf-16"}
    ),
    Case("an encoding", 415, "not-supported", body=text, headers={"Content-Encoding": "br"}),
    Case("no gzip", 400, "structure", body=text, headers={"Content-Encoding": "gzip"}),
    Case(
        "a json patch to create",
        415,
        "not-supported",
        body=text,
        headers={"Content-Type": "application/json-patch+json"},
    ),
    Case("Accept html", 406, "not-supported", method="GET", headers={"Accept": "text/html"}),
    Case("_format turtle", 406, "not-supported", "_format", method="GET", path="Condition?_format=ttl"),
    Case("_format turtle on a write", 406, "not-supported", "_format", path="Condition?_format=ttl", body=text),
    Case("_include on a read", 400, "not-supported", "_include", "GET", "{mother}?_include=Patient:organization"),
    Case("a version's _sort", 400, "not-supported", "_sort", "GET", "{mother}/_history/1?_sort=name"),
    Case("a search on a create", 400, "not-supported", "identifier", path="Condition?identifier=a", body=text),
    Case("a word on an update", 400, "not-supported", "colour", "PUT", "{mother}?colour=blue", mother()),
    Case("a cascade on a delete", 400, "not-supported", "_cascade", "DELETE", "{mother}?_cascade=delete"),
    Case("an If-None-Exist of nothing", 400, "structure", body=text, headers={"If-None-Exist": "?"}),
    Case("an unknown If-None-Exist", 400, "not-supported", "a", body=text, headers={"If-None-Exist": "a=b"}),
    Case("a stale If-Match", 412, "conflict", "", "PUT", "{mother}", mother(), {"If-Match": 'W/"9"'}),
    Case("an If-Match of no version", 400, "structure", "", "PUT", "{mother}", mother(), {"If-Match": "banana"}),
    Case("a stale If-Match on delete", 412, "conflict", "", "DELETE", "{mother}", None, {"If-Match": 'W/"9"'}),
)

ADDRESSES = (
    Case("another id", 400, "structure", "Patient.id", "PUT", "{mother}", mother(id="somebody-else")),
    Case("no id", 400, "structure", "Patient.id", "PUT", "{mother}", mother(id=None)),
    Case("an id the client made up", 404, "not-found", "", "PUT", "Patient/mine", mother(id="mine")),
    Case("an unknown type", 404, "not-supported", path="Nope", body=text),
    Case("an unknown type to update", 404, "not-supported", "", "PUT", "Nope/1", text),
    Case("an unknown type to delete", 404, "not-supported", "", "DELETE", "Nope/1"),
    Case("an unknown type to search", 404, "not-supported", "", "GET", "Nope"),
    Case("a type in lower case", 404, "not-supported", "", "GET", "patient"),
    Case("an unknown operation", 404, "not-found", "", "GET", "{mother}/$nope"),
    Case("an unknown operation of the system", 404, "not-supported", "", "GET", "$nope"),
    Case("an operation of another type", 404, "not-found", "", "GET", "{mother}/$timetable"),
    Case("no compartment", 404, "not-supported", "", "GET", "{mother}/Organization"),
    Case("a version that is no number", 404, "not-found", "", "GET", "{mother}/_history/first"),
    Case("a version to come", 404, "not-found", "", "GET", "{mother}/_history/9"),
    Case("PATCH by a record", 400, "structure", "", "PATCH", "{mother}", text),
    Case("TRACE", 405, "not-supported", "", "TRACE", "{mother}"),
    Case("a method of one's own", 405, "not-supported", "", "FOO", "{mother}"),
    Case("PUT on a type", 400, "structure", "", "PUT", "Condition", text),
    Case("DELETE on a type", 400, "structure", "", "DELETE", "Condition"),
    Case("PUT on a page", 400, "structure", "", "PUT", "Condition?_count=1", text),
    Case("DELETE on the base", 405, "not-supported", "", "DELETE", ""),
    Case("GET on the base, of no type", 400, "structure", "_type", "GET", ""),
    Case("PUT on the base", 405, "not-supported", "", "PUT", ""),
)

ABSURD = (
    "a" * 65,
    "a" * 8000,
    "a_b",
    "%20",
    "%00",
    "a%00b",
    "あ",
    "a%0d%0aX-Evil:%201",
    "$x",
    "'",
    "*",
    "%7B%7D",
)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("case", [*HEADERS, *ADDRESSES], ids=lambda case: case.name)
def test_a_bad_request_is_refused_and_stores_nothing(
    case: Case, language: str, standing: City, asking: Asking, stored: Stored
) -> None:
    try_case(case, language, standing, asking, stored)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("id", ABSURD, ids=lambda id: id[:12])
@pytest.mark.parametrize(
    "below", ["", "/_history", "/_history/1", "/$explain-access"], ids=["", "history", "vread", "why"]
)
def test_an_absurd_id_is_of_nothing(method: str, id: str, below: str, asking: Asking, stored: Stored) -> None:
    before = stored.count()
    answer = asking.ask(method, f"Patient/{id}{below}")
    known = method == "GET" or not below
    refused(answer, 404 if known else 405, "not-found" if known else "not-supported", "", "ja")
    assert "x-evil" not in answer.headers
    assert len(answer.text) < 1000
    assert stored.count() == before


def test_a_405_says_what_the_address_knows(standing: City, asking: Asking) -> None:
    assert asking.ask("POST", standing.known["mother"]).headers["allow"] == "DELETE, GET, HEAD, PATCH, PUT"
    assert asking.ask("POST", "Condition/1").headers["allow"] == "DELETE, GET, HEAD, PATCH, PUT"


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("PUT", "$break-glass", "POST"),
        ("PUT", "metadata", "GET, HEAD"),
        ("DELETE", "_history", "GET, HEAD"),
        ("PUT", "_search", "POST"),
        ("PUT", "Patient/$match", "POST"),
        ("PUT", "Patient/_history", "GET, HEAD"),
        ("DELETE", "Patient/$meta", "GET, HEAD, POST"),
        ("PATCH", "Consent/$fileConsent", "POST"),
        ("PUT", "HealthcareService/$route", "GET, HEAD, POST"),
        ("DELETE", "Patient/1/$everything", "GET, HEAD, POST"),
    ],
)
def test_what_is_a_name_of_the_table_is_no_id_for_another_method(
    method: str, path: str, known: str, asking: Asking
) -> None:
    answer = asking.ask(method, path, b"{}")
    refused(answer, 405, "not-supported", "", "ja")
    assert answer.headers["allow"] == known


def test_head_answers_as_get_without_the_body(standing: City, asking: Asking) -> None:
    full, head = (asking.ask(method, standing.known["mother"]) for method in ("GET", "HEAD"))
    passing = ("date", "x-request-id")
    kept = [{name: value for name, value in each.headers.items() if name not in passing} for each in (full, head)]
    assert kept[0] == kept[1]
    assert (head.status, head.text) == (200, "")
    assert asking.ask("HEAD", "Patient/nope").status == 404


def test_nothing_a_client_says_becomes_a_header_or_an_address(standing: City, asking: Asking) -> None:
    evil = b"X-Forwarded-Host: evil.example"
    line = b"GET /fhir/HealthcareService/$route?field=housing&area=area-el-03 HTTP/1.1"
    answer = asking.raw(b"\r\n".join((line, b"Host: evil.example", evil, b"Connection: close", b"", b"")))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"evil.example" not in answer
    said = asking.raw(asking.authorized(b"GET /fhir/Patient?name=%0d%0aX-Evil:%201&_count=0 HTTP/1.1"))
    assert b"\r\nx-evil" not in said.lower()


def test_an_endless_address_or_header_is_cut_off(asking: Asking) -> None:
    def status(*request: bytes) -> bytes:
        return asking.raw(asking.authorized(*request)).split(b" ")[1]

    assert status(b"GET /fhir/Patient?name=" + b"a" * 70_000 + b" HTTP/1.1") == b"414"
    assert status(b"GET /fhir/Patient/" + b"a" * 60_000 + b" HTTP/1.1") == b"404"
    assert status(b"GET /fhir/Patient HTTP/1.1", b"X-Long: " + b"a" * 1_000_000) in (b"400", b"431")
    assert asking.raw(b"BLAH\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert asking.ask("GET", "Patient?_count=0").status == 200


def test_a_body_without_a_length_is_measured_as_it_comes(asking: Asking, standing: City, stored: Stored) -> None:
    before = stored.count()
    parts = (b'{"resourceType":"Condition","note":"' if n == 0 else b"a" * 100_000 for n in range(60))
    refused(asking.ask("POST", "Condition", parts), 413, "too-long", "", "ja")
    assert stored.count() == before
