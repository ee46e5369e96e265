"""Batches and transactions as clients send them: links, conditions, reads, wishes.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import concern, refused, seen
from tests.http.stored import Stored
from tests.http.test_bad_bundle import entry, new

_SYSTEM = "urn:of:somebody"
_DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><a title="%s" href=\'%s\'>%s</a> href="%s"</div>'


def send(asking: Asking, *entries: dict[str, Any], kind: str = "transaction", **headers: str) -> Answer:
    body = {"resourceType": "Bundle", "type": kind} | ({"entry": list(entries)} if entries else {})
    return asking.ask("POST", "", orjson.dumps(body), {name.replace("_", "-"): said for name, said in headers.items()})


def person(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "active": True} | elements


def identified(number: str) -> dict[str, Any]:
    return person(identifier=[{"system": _SYSTEM, "value": number}])


def statuses(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [each["response"]["status"][:3] for each in answer.json["entry"]]


@pytest.mark.parametrize(
    ("full_url", "link"),
    [
        ("urn:uuid:3f1c9a3e-0d2b-4a55-9d3c-7b6c1f0e2a11", "urn:uuid:3f1c9a3e-0d2b-4a55-9d3c-7b6c1f0e2a11"),
        ("http://source.example/fhir/Patient/p1", "http://source.example/fhir/Patient/p1"),
        ("http://source.example/fhir/Patient/p1", "Patient/p1"),
        ("Patient/p1", "Patient/p1"),
    ],
)
def test_links_are_replaced_where_r4_says_and_nowhere_else(
    full_url: str, link: str, city: City, asking: Asking
) -> None:
    base = full_url.partition("Patient/")[0]
    whole = "http://source.example/fhir/Condition/c1" if base.startswith("http") else f"urn:uuid:{uuid4()}"
    linking = concern(
        city,
        subject={"reference": link},
        text={"status": "generated", "div": _DIV % (link, link, link, link)},
        note=[{"text": link}],
        identifier=[{"system": "https://source.example/links", "value": link}],
        extension=[
            {"url": "urn:a", "valueUri": link},
            {"url": "urn:b", "valueUrl": link},
            {"url": "urn:c", "valueString": link},
            {"url": "urn:d", "valueMarkdown": link},
            {"url": "urn:e", "valueCanonical": link},
            {"url": "urn:f", "valueDecimal": 0.10},
        ],
    )
    answer = send(asking, new(linking, fullUrl=whole), new(person(), fullUrl=full_url))
    assert statuses(answer) == ["201", "201"]
    made, found = answer.created
    read = asking.ask("GET", made).json
    assert read["subject"]["reference"] == found
    assert read["text"]["div"] == (_DIV % (link, link, link, link)).replace(f"href='{link}'", f'href="{found}"')
    assert (read["note"][0]["text"], read["identifier"][0]["value"]) == (link, link)
    values = [next(value for key, value in each.items() if key != "url") for each in read["extension"]]
    assert values[:5] == [found, found, link, link, link]


def test_a_reference_by_search_is_resolved_wherever_it_stands(city: City, asking: Asking, stored: Stored) -> None:
    number = str(uuid4())
    named = {"reference": f"Patient?identifier={_SYSTEM}|{number}"}
    desk = {"reference": "Organization?_id=lead-section"}
    before = seen(asking, stored)
    refused(asking.ask("POST", "Condition", orjson.dumps(concern(city, subject=named))), 422, "not-found", "", "ja")
    nobody = {"reference": "Practitioner?identifier=urn:nobody|1"}
    written = asking.ask("POST", "Condition", orjson.dumps(concern(city, asserter=nobody)))
    refused(written, 422, "not-found", "Condition.asserter", "ja")
    assert seen(asking, stored) == before
    answer = send(asking, new(concern(city, subject=named)), new(identified(number)))
    assert statuses(answer) == ["201", "201"]
    made, found = answer.created
    assert asking.ask("GET", made).json["subject"]["reference"] == found
    task = {
        "resourceType": "Communication",
        "status": "completed",
        "subject": {"reference": found},
        "recipient": [desk],
    }
    sent = asking.ask("POST", "Communication", orjson.dumps(task))
    assert sent.status == 201, sent.text
    assert asking.ask("GET", sent.created[0]).json["recipient"] == [{"reference": "Organization/lead-section"}]


def test_a_create_on_a_condition_makes_one_record(asking: Asking, stored: Stored) -> None:
    number = str(uuid4())
    condition = {"If-None-Exist": f"identifier={_SYSTEM}|{number}"}
    first = asking.ask("POST", "Patient", orjson.dumps(identified(number)), condition)
    assert first.status == 201
    before = stored.count()
    again = asking.ask("POST", "Patient", orjson.dumps(identified(number)), condition)
    assert (again.status, again.json["id"]) == (200, first.json["id"])
    assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], 'W/"1"')
    assert stored.count() == before
    assert asking.ask("POST", "Patient", orjson.dumps(identified(number))).status == 201
    several = asking.ask("POST", "Patient", orjson.dumps(identified(number)), condition)
    refused(several, 412, "multiple-matches", "", "ja")
    for bad in ("colour=blue", "", "_count=1", "identifier="):
        body = orjson.dumps(identified(number))
        assert asking.ask("POST", "Patient?", body, {"If-None-Exist": bad or "?"}).status == 400, bad


def test_what_one_cannot_see_is_no_match(city: City, asking: Asking) -> None:
    number = str(uuid4())
    condition = {"If-None-Exist": f"identifier={_SYSTEM}|{number}"}
    mine = asking.ask("POST", "Patient", orjson.dumps(identified(number)), condition)
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other:
        theirs = other.ask("POST", "Patient", orjson.dumps(identified(number)), condition)
        assert (mine.status, theirs.status) == (201, 201), "as if the other were not there"
        changed = other.ask("PUT", f"Patient?identifier={_SYSTEM}|{number}", orjson.dumps(identified(number)))
        assert (changed.status, changed.json["id"]) == (200, theirs.json["id"])
        assert other.ask("DELETE", f"Condition?_id={city.known['son-child-rearing'].partition('/')[2]}").status == 204
    assert asking.ask("GET", city.known["son-child-rearing"]).status == 200
    assert asking.ask("GET", mine.created[0]).headers["etag"] == 'W/"1"'


def test_an_update_and_a_deletion_find_their_record_by_a_condition(city: City, asking: Asking) -> None:
    number = str(uuid4())
    where = f"?identifier={_SYSTEM}|{number}"
    made = asking.ask("PUT", f"Patient{where}", orjson.dumps(identified(number)))
    assert made.status == 201
    body = identified(number) | {"gender": "female"}
    again = asking.ask("PUT", f"Patient{where}", orjson.dumps(body), {"If-Match": 'W/"1"'})
    assert (again.status, again.json["id"], again.json["gender"]) == (200, made.json["id"], "female")
    assert asking.ask("PUT", f"Patient{where}", orjson.dumps(body), {"If-Match": 'W/"1"'}).status == 412
    assert asking.ask("PUT", f"Patient{where}", orjson.dumps(body | {"id": "another"})).status == 400
    assert asking.ask("PUT", "Patient?identifier=urn:a|none", orjson.dumps(body | {"id": "another"})).status == 404
    assert asking.ask("PUT", "Patient", orjson.dumps(body)).status == 400
    record = concern(city, identifier=[{"system": _SYSTEM, "value": number}])
    name = asking.ask("POST", "Condition", orjson.dumps(record)).created[0]
    assert asking.ask("DELETE", f"Condition{where}").status == 204
    assert asking.ask("GET", name).status == 410
    assert asking.ask("DELETE", f"Condition{where}").status == 204
    refused(asking.ask("DELETE", "Condition"), 400, "structure", "", "ja")


def test_of_twenty_at_once_one_makes_the_record(asking: Asking) -> None:
    number = str(uuid4())
    condition = {"If-None-Exist": f"identifier={_SYSTEM}|{number}"}
    body = orjson.dumps(identified(number))
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: asking.ask("POST", "Patient", body, condition), range(20)))
    assert sorted(each.status for each in answers) == [200] * 19 + [201]
    assert len({each.json["id"] for each in answers}) == 1
    assert asking.ask("GET", f"Patient?identifier={_SYSTEM}|{number}").total == 1


def test_conditions_are_met_inside_a_transaction_and_links_follow(city: City, asking: Asking) -> None:
    number, urn = str(uuid4()), f"urn:uuid:{uuid4()}"
    known = asking.ask("POST", "Patient", orjson.dumps(identified(number))).created[0]
    condition = f"identifier={_SYSTEM}|{number}"
    linked = concern(city, subject={"reference": urn})
    met = send(asking, new(identified(number), fullUrl=urn, request={"ifNoneExist": condition}), new(linked))
    assert statuses(met) == ["200", "201"]
    assert met.json["entry"][0]["response"]["location"].endswith(f"{known}/_history/1")
    assert asking.ask("GET", met.created[1]).json["subject"]["reference"] == known
    put = entry("PUT", f"Patient?{condition}", identified(number) | {"gender": "male"}, fullUrl=urn)
    updated = send(asking, new(linked), put)
    assert statuses(updated) == ["201", "200"]
    assert asking.ask("GET", updated.created[0]).json["subject"]["reference"] == known
    assert asking.ask("GET", known).json["gender"] == "male"
    twice = new(identified(number), request={"ifNoneExist": condition})
    refused(send(asking, twice, twice), 400, "structure", "Bundle.entry", "ja")
    both = send(asking, put, entry("PUT", known, identified(number) | {"id": known.partition("/")[2]}))
    refused(both, 400, "structure", "Bundle.entry", "ja")
    gone = send(asking, entry("DELETE", f"Condition?_id={updated.created[0].partition('/')[2]}"), new(person()))
    assert statuses(gone) == ["204", "201"]


def test_many_conditions_mean_what_they_mean_in_the_transaction(city: City, asking: Asking) -> None:
    numbers = [str(uuid4()) for _ in range(8)]
    known = asking.ask("POST", "Patient", orjson.dumps(identified(numbers[0]))).created[0]
    urns = [f"urn:uuid:{uuid4()}" for _ in numbers]
    makes = [
        new(identified(number), fullUrl=urn, request={"ifNoneExist": f"identifier={_SYSTEM}|{number}"})
        for number, urn in zip(numbers, urns, strict=True)
    ]
    concerns = [concern(city, subject={"reference": f"Patient?identifier={_SYSTEM}|{number}"}) for number in numbers]
    met = send(asking, *makes, *(new(each) for each in concerns))
    assert statuses(met) == ["200", *["201"] * 15]
    people, made = [known, *met.created[1:8]], met.created[8:]
    assert [asking.ask("GET", each).json["subject"]["reference"] for each in made] == people
    assert statuses(send(asking, *makes)) == ["200"] * 8
    # What the transaction itself has done before counts, whatever was so when it came.
    taken = [{"op": "replace", "path": "/identifier/0/value", "value": str(uuid4())}]
    data = base64.b64encode(orjson.dumps(taken)).decode()
    patch = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    late = [entry("PUT", name, each | {"id": name[10:]}) for name, each in zip(made, concerns, strict=True)]
    refused(
        send(asking, entry("PATCH", known, patch), *late), 422, "not-found", "Bundle.entry[1].resource.subject", "ja"
    )
    assert asking.ask("GET", f"Patient?identifier={_SYSTEM}|{numbers[0]}").total == 1


def test_many_conditions_raced_make_each_record_once(asking: Asking) -> None:
    numbers = [str(uuid4()) for _ in range(6)]
    makes = [new(identified(number), request={"ifNoneExist": f"identifier={_SYSTEM}|{number}"}) for number in numbers]
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: statuses(send(asking, *makes)), range(8)))
    assert sorted(answers) == [["200"] * 6] * 7 + [["201"] * 6]
    assert [asking.ask("GET", f"Patient?identifier={_SYSTEM}|{each}").total for each in numbers] == [1] * 6


def operation(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": list(parts)}]}


@pytest.mark.parametrize(
    "full_url", ["urn:uuid:0b9d5c1e-6a34-4c8e-9a55-2f1f7f3f6c01", "http://source.example/fhir/Condition/c1"]
)
def test_links_inside_a_fhirpath_patch_lead_to_what_the_transaction_makes(
    full_url: str, city: City, asking: Asking
) -> None:
    add: list[dict[str, Any]] = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Condition"},
        {"name": "name", "valueString": "evidence"},
        {"name": "value", "part": [{"name": "detail", "valueReference": {"reference": full_url}}]},
    ]
    replace: list[dict[str, Any]] = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Condition.evidence[0].detail[0].reference"},
        {"name": "value", "valueString": full_url},
    ]
    note: list[dict[str, Any]] = [
        {"name": "type", "valueCode": "add"},
        {"name": "path", "valueString": "Condition"},
        {"name": "name", "valueString": "note"},
        {"name": "value", "part": [{"name": "text", "valueMarkdown": full_url}]},
    ]
    [changed] = send(asking, new(concern(city))).created
    for patch in (add, replace):
        answer = send(
            asking, new(concern(city), fullUrl=full_url), entry("PATCH", changed, operation(*patch), fullUrl=changed)
        )
        assert statuses(answer) == ["201", "200"]
        read = asking.ask("GET", changed).json
        assert read["evidence"][0]["detail"] == [{"reference": answer.created[0]}]
    noted = send(asking, new(concern(city), fullUrl=full_url), entry("PATCH", changed, operation(*note)))
    assert statuses(noted) == ["201", "200"]
    assert asking.ask("GET", changed).json["note"] == [{"text": full_url}]
    nowhere = {"name": "detail", "valueReference": {"reference": f"urn:uuid:{uuid4()}"}}
    lost: list[dict[str, Any]] = [*add[:3], {"name": "value", "part": [nowhere]}]
    refusal = send(asking, entry("PATCH", changed, operation(*lost)))
    at = "Bundle.entry[0].resource.parameter[0].part[3].part[0].valueReference.reference"
    refused(refusal, 400, "structure", at, "ja")


def test_several_types_are_searched_in_a_batch(city: City, asking: Asking) -> None:
    asked = f"?_type=Patient,Condition&_tag={city.known['tag']}&_count=50"
    alone = asking.ask("GET", asked)
    assert alone.total == 6
    for url in (asked, f"/{asked}", f"{asking.base}{asked}", f"{asking.base}/{asked}"):
        answer = send(asking, entry("GET", url), kind="batch")
        assert statuses(answer) == ["200"], url
        assert answer.json["entry"][0]["resource"]["entry"] == alone.json["entry"]
    within = send(asking, entry("POST", "?_type=Patient", {"resourceType": "Bundle", "type": "batch"}), kind="batch")
    assert statuses(within) == ["400"], "no Bundle inside a Bundle"
    refused(send(asking, entry("GET", asked)), 400, "not-supported", "Bundle.entry[0].request.url", "ja")


def test_a_transaction_that_only_reads_is_answered(city: City, asking: Asking) -> None:
    answer = send(asking, entry("GET", city.known["mother"]), entry("GET", "Patient?_summary=count"))
    assert statuses(answer) == ["200", "200"]
    refused(send(asking, entry("GET", "Patient/nothing")), 404, "not-found", "", "ja")


def test_a_transaction_reads_what_it_has_written(city: City, asking: Asking, stored: Stored) -> None:
    number = str(uuid4())
    answer = send(
        asking,
        entry("GET", f"Patient?identifier={_SYSTEM}|{number}"),
        entry("GET", city.known["mother"], request={"ifNoneMatch": 'W/"1"'}),
        entry("GET", f"{city.known['mother']}/_history"),
        new(identified(number)),
    )
    assert statuses(answer) == ["200", "304", "200", "201"]
    assert answer.json["entry"][0]["resource"]["total"] == 1
    assert answer.json["entry"][2]["resource"]["type"] == "history"
    before = seen(asking, stored)
    refused(send(asking, new(person()), entry("GET", "Patient/nothing")), 404, "not-found", "", "ja")
    refused(send(asking, new(person()), entry("GET", "Patient?colour=blue")), 400, "not-supported", "colour", "ja")
    assert seen(asking, stored) == before


def test_what_comes_back_of_a_transaction_is_as_prefer_says(asking: Asking) -> None:
    bare = send(asking, new(person())).json["entry"][0]
    assert set(bare) == {"response"}
    whole = send(asking, new(person()), Prefer="return=representation").json["entry"][0]
    assert whole["resource"]["id"] in whole["response"]["location"]
    told = send(asking, new(person()), Prefer="return=OperationOutcome").json["entry"][0]
    assert told["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert "resource" not in told


def test_the_entries_of_a_batch_are_nothing_to_each_other(city: City, asking: Asking) -> None:
    number = str(uuid4())
    answer = send(
        asking,
        new(identified(number), request={"ifNoneExist": f"identifier={_SYSTEM}|{number}"}),
        new(person() | {"colour": "blue"}),
        entry("GET", f"Patient?identifier={_SYSTEM}|{number}"),
        entry("GET", "Patient/nothing"),
        entry("GET", f"/{city.known['mother']}/_history/1"),
        entry("GET", f"{asking.base}/{city.known['mother']}"),
        entry("DELETE", "Condition/nothing"),
        entry("PUT", city.known["mother"], person() | {"id": "x"}, request={"ifMatch": 'W/"1"'}),
        entry("GET", f"{city.known['mother']}/$explain-access"),
        entry("POST", "Nope", person()),
        {"request": {"method": "GET", "url": "http://elsewhere.example/Patient/1"}},
        kind="batch",
    )
    assert statuses(answer) == ["201", "422", "200", "404", "200", "200", "204", "400", "200", "404", "400"]
    found = answer.json["entry"]
    assert found[1]["response"]["outcome"]["issue"][0]["expression"] == ["Patient.colour"]
    assert found[2]["resource"]["total"] == 1
    assert found[4]["response"]["etag"] == 'W/"1"'
    assert send(asking, kind="batch").json == {"resourceType": "Bundle", "type": "batch-response"}


def test_fifty_entries_go_at_once(asking: Asking) -> None:
    answer = send(asking, *(new(person()) for _ in range(50)))
    assert statuses(answer) == ["201"] * 50
    refused(send(asking, *(new(person()) for _ in range(51))), 422, "too-costly", "Bundle.entry", "ja")


def test_a_consent_counts_as_three_entries_since_agencies_are_told_of_it(asking: Asking) -> None:
    """Sixteen of them are looked at, one after the other; with three records more they would be too many."""
    consents = [entry("DELETE", f"Consent/nobody-s-{number}") for number in range(16)]
    assert statuses(send(asking, *consents, new(person()), new(person()))) == [*["204"] * 16, "201", "201"]
    many = send(asking, *consents, *(new(person()) for _ in range(3)))
    refused(many, 422, "too-costly", "Bundle.entry", "ja")
    assert "Consent は三件" in many.text
    reads = [entry("GET", "Consent?_count=0") for _ in range(17)]
    assert statuses(send(asking, *reads, new(person()))) == [*["200"] * 17, "201"]


def test_a_transaction_that_writes_reads_a_little_and_one_that_only_reads_as_much_as_it_has_entries(
    asking: Asking,
) -> None:
    reads = [entry("GET", "Patient?_count=0") for _ in range(21)]
    assert statuses(send(asking, *reads)) == ["200"] * 21
    assert statuses(send(asking, new(person()), *reads[1:])) == ["201", *["200"] * 20]
    refused(send(asking, new(person()), *reads), 422, "too-costly", "Bundle.entry", "ja")


def test_a_batch_takes_more_since_its_entries_are_done_one_by_one(asking: Asking) -> None:
    answer = send(asking, *(entry("GET", "Patient?_count=0") for _ in range(101)), kind="batch")
    assert statuses(answer) == ["200"] * 101
    many = send(asking, *(entry("GET", "Patient?_count=0") for _ in range(501)), kind="batch")
    refused(many, 422, "too-costly", "Bundle.entry", "ja")
