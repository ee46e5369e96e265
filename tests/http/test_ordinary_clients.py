"""What ordinary clients send, in whatever way they write it, is understood; what is asked and not here is said.

https://hl7.org/fhir/R4/http.html; docs/clients.md
"""

from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import concern, refused, text
from tests.http.stored import Stored

_EMPTY = orjson.dumps({"resourceType": "Bundle", "type": "transaction"})


@pytest.mark.parametrize("path", ["/", ""])
def test_a_slash_at_the_end_is_the_same_address(path: str, asking: Asking) -> None:
    assert asking.ask("POST", path and "?", _EMPTY).json["type"] == "transaction-response"
    assert asking.ask("GET", f"Patient{path}?_count=1").json["type"] == "searchset"
    assert asking.ask("GET", f"metadata{path}").status == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/fhir+json; fhirVersion=4.0", 201),
        ("APPLICATION/FHIR+JSON; Charset=UTF-8", 201),
        ('application/json;charset="utf-8";fhirVersion="4.0"', 201),
        ("application/fhir+json; fhirVersion=5.0", 415),
        ("application/fhir+json; charset=shift_jis", 415),
    ],
)
def test_a_body_says_what_it_is(kind: str, status: int, city: City, asking: Asking) -> None:
    assert asking.ask("POST", "Condition", text(city), {"Content-Type": kind}).status == status


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("APPLICATION/FHIR+JSON", 200),
        ("application/fhir+json;fhirVersion=4.0;q=0.9, */*;q=0.1", 200),
        ("text/html, application/json;q=0.5", 200),
        ("application/fhir+json; fhirVersion=5.0", 406),
        ("application/fhir+json;q=0", 406),
        ("application/fhir+xml;q=0.5, text/html", 200),
        ("application/fhir+xml; fhirVersion=3.0", 406),
        ("text/html", 406),
    ],
)
def test_an_answer_comes_as_it_is_accepted(accept: str, status: int, asking: Asking) -> None:
    assert asking.ask("GET", "Patient?_count=1", headers={"Accept": accept}).status == status


@pytest.mark.parametrize("format", ["json", "application/fhir+json", "application/fhir%2Bjson", "application/json"])
def test_a_format_may_be_written_with_a_bare_plus(format: str, asking: Asking) -> None:
    assert asking.ask("GET", f"Patient?_count=1&_format={format}", headers={"Accept": "text/html"}).status == 200


@pytest.mark.parametrize(
    ("prefer", "comes"),
    [
        ("return=minimal, handling=strict", ""),
        ('handling="lenient",Return="Minimal"', ""),
        ("return=OPERATIONOUTCOME", "OperationOutcome"),
        ("return=representation; return=minimal", "Condition"),
        ("wait=10, return=nonsense", "Condition"),
    ],
)
def test_a_wish_is_followed_however_it_is_written(prefer: str, comes: str, city: City, asking: Asking) -> None:
    answer = asking.ask("POST", "Condition", text(city), {"Prefer": prefer})
    assert answer.status == 201
    assert (answer.json["resourceType"] if answer.text else "") == comes


def test_nobody_waits_in_vain_for_an_answer_that_is_to_come_later(asking: Asking) -> None:
    refused(asking.ask("GET", "Patient", headers={"Prefer": "respond-async"}), 400, "not-supported", "", "ja")


def test_what_is_unknown_is_left_out_and_said_where_that_is_wished(city: City, asking: Asking) -> None:
    tag = city.known["tag"].replace("|", "%7C")
    asked = f"Patient?_tag={tag}&_totalMethod=count&colour=blue&_count=1"
    refused(asking.ask("GET", asked), 400, "not-supported", "_totalMethod", "ja")
    answer = asking.ask("GET", asked, headers={"Prefer": "handling=lenient"})
    assert answer.status == 200
    *matches, outcome = answer.json["entry"]
    assert [each["search"]["mode"] for each in matches] == ["match"]
    assert outcome["search"] == {"mode": "outcome"}
    said = outcome["resource"]["issue"]
    assert [each["expression"] for each in said] == [["_totalMethod"], ["colour"]]
    assert {each["severity"] for each in said} == {"warning"}
    relations = {link["relation"]: link["url"] for link in answer.json["link"]}
    assert "colour" not in relations["self"]
    assert asking.ask("GET", relations["self"].removeprefix(f"{asking.base}/")).total == answer.total
    known = asking.ask("GET", "Patient?birthdate=banana", headers={"Prefer": "handling=lenient"})
    refused(known, 400, "structure", "birthdate", "ja")


@pytest.mark.parametrize("query", ["name=%8e%52", "name=%ff", "name=a%00b", "name=%EF%BF%BE", "na%01me=a"])
def test_a_question_that_is_no_text_is_refused(query: str, asking: Asking) -> None:
    refused(asking.ask("GET", f"Patient?{query}"), 400, "structure", "", "ja")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(asking.ask("POST", "Patient/_search", query.encode(), form), 400, "structure", "", "ja")


@pytest.mark.parametrize("letter", ["\\ufffe", "\\uFFFF", "￾", "￿", "\\u0001"])
def test_a_body_with_what_is_no_character_is_refused(letter: str, asking: Asking) -> None:
    body = '{"resourceType":"Patient","name":[{"family":"a' + letter + '"}]}'
    refused(asking.ask("POST", "Patient", body.encode()), 400, "structure", "Patient.name[0].family", "ja")


def test_the_mark_of_utf_8_before_a_body_is_no_part_of_it(city: City, asking: Asking) -> None:
    assert asking.ask("POST", "Condition", b"\xef\xbb\xbf" + text(city)).status == 201


def test_an_operation_takes_a_reference_with_the_address_of_the_server(city: City, asking: Asking) -> None:
    subject = {"name": "subject", "valueReference": {"reference": f"{asking.base}/{city.known['household']}"}}
    asked = orjson.dumps({"resourceType": "Parameters", "parameter": [subject]})
    answer = asking.ask("POST", "Questionnaire/tsunagu-sheet/$populate", asked)
    assert answer.status == 200, answer.text
    assert f'"reference":"{city.known["household"]}"' in answer.text


@pytest.mark.parametrize("form", ["Patient?{}", "?{}", "{base}/Patient?{}", "/Patient?{}"])
def test_a_create_says_its_condition_as_clients_do(form: str, city: City, asking: Asking) -> None:
    found = form.format(f"_id={city.known['mother'].removeprefix('Patient/')}", base=asking.base)
    patient = orjson.dumps({"resourceType": "Patient", "name": [{"text": "まちがい"}]})
    answer = asking.ask("POST", "Patient", patient, {"If-None-Exist": found})
    assert (answer.status, answer.created) == (200, (city.known["mother"],))


@pytest.mark.parametrize("place", ["Group", "https://elsewhere.example/fhir/Patient", "Patient/_search"])
def test_a_condition_of_another_place_is_none(place: str, city: City, asking: Asking) -> None:
    patient = orjson.dumps({"resourceType": "Patient", "name": [{"text": "まちがい"}]})
    answer = asking.ask("POST", "Patient", patient, {"If-None-Exist": f"{place}?identifier=urn:x|1"})
    refused(answer, 400, "structure", "If-None-Exist", "ja")


def test_a_form_says_how_its_answer_is_written(asking: Asking) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("Patient/_search", "_search?_type=Patient"):
        asked = asking.ask("POST", path, b"_count=1&_format=xml", form | {"Accept": "application/fhir+json"})
        assert asked.text.startswith("<?xml")
        asked = asking.ask(
            "POST", path, b"_count=1&_format=json&_pretty=true", form | {"Accept": "application/fhir+xml"}
        )
        assert asked.text.startswith('{\n  "resourceType"')
    assert asking.ask("POST", "Patient/_search", b"_format=html", form).status == 406


_XML = {"Accept": "application/fhir+xml"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "Patient?colour=blue", None, _XML, 400),
        ("GET", "Patient?colour=blue&_format=xml", None, {}, 400),
        ("GET", "Patient?name=%83", None, _XML, 400),
        ("GET", "Patient/nobody", None, _XML, 404),
        ("GET", "nothing/at/all/here", None, _XML, 404),
        ("GET", "nothing/at/all/here?_format=xml", None, {}, 404),
        ("PUT", "metadata", b"{}", _XML, 405),
        ("GET", "Patient?_format=html", None, _XML, 406),
        ("POST", "Patient/_search", b"colour=blue&_format=xml", _FORM, 400),
        ("POST", "_search?_type=Patient", b"colour=blue&_format=xml", _FORM, 400),
        ("POST", "Patient/_search", b"name=x", _XML | {"Content-Type": "text/plain"}, 415),
        ("POST", "Patient", b"{}", _XML | {"Content-Type": "text/plain"}, 415),
        ("POST", "Patient", b"{", _XML | {"Content-Type": "application/fhir+json"}, 400),
        ("GET", "CarePlan/nobody/$timetable?colour=blue", None, _XML, 400),
    ],
)
def test_a_refusal_comes_as_it_is_accepted(
    method: str, path: str, body: bytes | None, headers: dict[str, str], status: int, asking: Asking
) -> None:
    answer = asking.ask(method, path, body, headers)
    assert answer.status == status, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+xml")
    assert "<OperationOutcome" in answer.text


def test_a_search_by_form_may_have_no_form(asking: Asking) -> None:
    kind = {"Content-Type": ""}
    assert asking.ask("POST", "Patient/_search?_count=1", b"", kind).json["type"] == "searchset"


def test_each_page_says_which_it_is(city: City, asking: Asking) -> None:
    first = asking.ask("GET", f"Patient?_tag={city.known['tag'].replace('|', '%7C')}&_count=1")
    following = {link["relation"]: link["url"] for link in first.json["link"]}["next"]
    second = asking.ask("GET", following.removeprefix(f"{asking.base}/"))
    assert {link["relation"]: link["url"] for link in second.json["link"]}["self"] == following
    history = asking.ask("GET", f"{city.known['mother']}/_history?_count=1")
    assert history.json["link"][0]["url"].endswith("/_history?_count=1")


def test_a_type_that_is_not_in_the_metadata_is_said_to_be_none_of_ours(asking: Asking) -> None:
    for path in ("Claim", "Claim/1", "Bundle/1/_history", "Nope"):
        refused(asking.ask("GET", path), 404, "not-supported", "", "ja")


def test_options_say_what_an_address_knows(standing: City, asking: Asking) -> None:
    answer = asking.ask("OPTIONS", standing.known["mother"])
    assert (answer.status, answer.text) == (204, "")
    assert {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"} <= set(answer.headers["allow"].split(", "))
    assert asking.ask("OPTIONS", "nothing/at/all/is/here").status == 404


def test_what_a_writer_rests_on_may_be_said_in_every_way_of_http(city: City, asking: Asking) -> None:
    name = city.known["mother"]
    body = asking.ask("GET", name).json

    def put(**headers: str) -> Answer:
        return asking.ask("PUT", name, orjson.dumps(body), {k.replace("_", "-"): v for k, v in headers.items()})

    assert put(If_Match="*").status == 200
    assert put(If_Match='"1", W/"2"').status == 200
    assert put(If_Match='"of-somebody-else"').status == 412
    refused(put(If_Match=","), 400, "structure", "", "ja")
    refused(put(If_None_Match="*"), 412, "conflict", "", "ja")
    assert put(If_None_Match='W/"1"').status == 200
    assert put(If_None_Match='W/"4"').status == 412
    changed = asking.ask("GET", name).headers["last-modified"]
    assert put(If_Unmodified_Since="Thu, 01 Jan 2015 00:00:00 GMT").status == 412
    refused(put(If_Unmodified_Since="yesterday"), 400, "structure", "", "ja")
    assert put(If_Unmodified_Since=changed).status == 200


def test_a_reader_has_what_has_not_changed_since(standing: City, asking: Asking) -> None:
    name = standing.known["mother"]
    changed = asking.ask("GET", name).headers["last-modified"]

    def status(**headers: str) -> int:
        return asking.ask("GET", name, headers={k.replace("_", "-"): v for k, v in headers.items()}).status

    assert status(If_Modified_Since=changed) == 304
    assert status(If_Modified_Since="Thu, 01 Jan 2015 00:00:00 GMT") == 200
    assert status(If_Modified_Since="yesterday") == 200
    assert status(If_Modified_Since=changed, If_None_Match='W/"7"') == 200, "If-None-Match counts alone"


def test_long_bodies_come_and_go_packed(city: City, asking: Asking) -> None:
    packed = {"Content-Encoding": "gzip"}
    long = text(city, note=[{"text": "長い" * 4000}])
    written = asking.ask("POST", "Condition", gzip.compress(long), packed)
    assert written.status == 201
    plain = asking.ask("GET", written.created[0], headers={"Accept-Encoding": "identity"})
    small = asking.ask("GET", written.created[0], headers={"Accept-Encoding": "gzip"})
    assert (small.headers["content-encoding"], small.json) == ("gzip", plain.json)
    assert "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) * 10 < int(plain.headers["content-length"])
    bomb = gzip.compress(b" " * 6_000_000)
    refused(asking.ask("POST", "Condition", bomb, packed), 413, "too-long", "", "ja")
    refused(asking.ask("POST", "Condition", gzip.compress(long)[:-9], packed), 400, "structure", "", "ja")


def test_to_delete_what_is_not_there_or_not_for_one_changes_nothing(city: City, asking: Asking, stored: Stored) -> None:
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other:
        name = asking.ask("POST", "Condition", text(city)).created[0]
        before = stored.count()
        answers = [other.ask("DELETE", each) for each in (name, "Condition/nothing", "Condition/nothing")]
        assert {(each.status, each.text, "etag" in each.headers) for each in answers} == {(204, "", False)}
        assert stored.count() == before
        assert asking.ask("GET", name).status == 200
    made: dict[str, Any] = {"resource": concern(city), "request": {"method": "POST", "url": "Condition"}}
    gone = {"request": {"method": "DELETE", "url": "Condition/nothing"}}
    both = {"resourceType": "Bundle", "type": "transaction", "entry": [gone, made]}
    said = asking.ask("POST", "", orjson.dumps(both)).json["entry"]
    assert [each["response"]["status"] for each in said] == ["204 No Content", "201 Created"]


def test_xml_is_taken_and_answered_and_json_is_kept(city: City, asking: Asking, stored: Stored) -> None:
    kind = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}
    subject = f'<subject><reference value="{city.known["mother"]}"/></subject>'
    score = '<extension url="urn:a"><valueDecimal value="0.10"/></extension>'
    body = f'<Condition xmlns="http://hl7.org/fhir">{score}{subject}<note><text value="一"/></note></Condition>'
    written = asking.ask("POST", "Condition", body.encode(), kind)
    assert written.status == 201, written.text
    assert written.headers["content-type"] == "application/fhir+xml; charset=utf-8"
    name = written.headers["location"].removeprefix(f"{asking.base}/").partition("/_history")[0]
    assert '"valueDecimal":0.10' in asking.ask("GET", name).text
    assert 'valueDecimal value="0.10"' in asking.ask("GET", f"{name}?_format=xml").text
    assert stored.resource(name)["note"] == [{"text": "一"}]
    found = asking.ask("GET", f"Condition?_id={name.partition('/')[2]}", headers={"Accept": "application/xml"})
    assert found.text.startswith('<?xml version="1.0" encoding="UTF-8"?><Bundle xmlns="http://hl7.org/fhir">')
    assert "<Condition><id value=" in found.text
    wrong = asking.ask("POST", "Condition", body.replace("note>", "nota>").encode(), kind)
    assert (wrong.status, wrong.headers["content-type"]) == (400, "application/fhir+xml; charset=utf-8")
    assert '<expression value="Condition.nota"/>' in wrong.text
    refused(asking.ask("GET", "Patient/nothing", headers={"Accept": "application/json"}), 404, "not-found", "", "ja")


def test_an_answer_is_written_in_lines_where_that_is_wished(standing: City, asking: Asking) -> None:
    pretty = asking.ask("GET", f"{standing.known['mother']}?_pretty=true")
    assert pretty.text.startswith('{\n  "resourceType": "Patient"')
    assert pretty.json == asking.ask("GET", f"{standing.known['mother']}?_pretty=false").json
