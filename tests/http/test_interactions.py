"""The RESTful interactions over HTTP, and that what is stored is what was sent.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import refused
from tests.http.stored import Stored
from tests.world import household

_SENT = (
    '{"resourceType":"Condition","language":"ja",'
    '"extension":[{"url":"urn:of:somebody","valueDecimal":0.10},{"url":"urn:b","valueDecimal":1.0E-3},'
    '{"url":"urn:c","valueDecimal":123456789012345678.900}],'
    '"subject":{"reference":"%s","display":"髙﨑 朗󠄁 👩‍👧‍👦 ｶﾅ"},'
    '"recordedDate":"2019-04","_recordedDate":{"extension":[{"url":"urn:about","valueString":"\\u65e5付"}]},'
    '"note":[{"text":"一行目\\n\\"二\\"行目\\t/\\\\ "},{"text":"﨑\\ud83d\\ude00"}],'
    '"code":{"text":"値"},'
    '"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",'
    '"code":"active"}]}}'
)


def test_what_is_stored_is_what_was_sent(city: City, asking: Asking, stored: Stored) -> None:
    sent = _SENT % city.known["mother"]
    written = asking.ask("POST", "Condition", sent.encode())
    assert written.status == 201, written.text
    for found in (asking.ask("GET", written.created[0]).text, stored.body(written.created[0]).decode()):
        head = re.match(r'\{"resourceType":"Condition","id":"[^"]+","meta":\{[^}]+\},', found)
        assert head is not None
        rest = found[head.end() :]
        assert _unescaped(rest) == _unescaped(sent.removeprefix('{"resourceType":"Condition",'))
    numbers = re.findall(r'"valueDecimal":([^}]+)\}', asking.ask("GET", written.created[0]).text)
    assert numbers == ["0.10", "1.0E-3", "123456789012345678.900"]


def test_an_update_keeps_the_digits_too(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", (_SENT % city.known["mother"]).encode()).created[0]
    text = asking.ask("GET", name).text.replace('"valueDecimal":0.10', '"valueDecimal":0.100')
    assert asking.ask("PUT", name, text.encode(), {"If-Match": 'W/"1"'}).status == 200
    assert '"valueDecimal":0.100}' in asking.ask("GET", name).text
    assert '"valueDecimal":0.10}' in asking.ask("GET", f"{name}/_history/1").text


def test_a_record_lives_from_create_to_delete(city: City, asking: Asking) -> None:
    created = asking.ask("POST", "Condition", _concern(city))
    name = created.created[0]
    assert created.status == 201
    assert created.headers["location"] == f"{asking.base}/{name}/_history/1"
    assert created.headers["etag"] == 'W/"1"'
    read = asking.ask("GET", name)
    assert (read.status, read.headers["etag"]) == (200, 'W/"1"')
    changed = parsedate_to_datetime(read.headers["last-modified"])
    assert read.json["meta"]["lastUpdated"].startswith(changed.strftime("%Y-%m-%dT%H:%M:%S"))
    updated = asking.ask("PUT", name, orjson.dumps(read.json | {"recordedDate": "2020"}), {"If-Match": 'W/"1"'})
    assert (updated.status, updated.headers["etag"]) == (200, 'W/"2"')
    assert "location" not in updated.headers
    assert asking.ask("GET", f"{name}/_history/1").text == read.text
    assert asking.ask("GET", f"{name}/_history/2").text == asking.ask("GET", name).text
    deleted = asking.ask("DELETE", name, headers={"If-Match": 'W/"2"'})
    assert (deleted.status, deleted.text, deleted.headers["etag"]) == (204, "", 'W/"3"')
    refused(asking.ask("GET", name), 410, "deleted", "", "ja")
    refused(asking.ask("GET", f"{name}/_history/3"), 410, "deleted", "", "ja")
    assert asking.ask("GET", f"{name}/_history/2").status == 200
    assert asking.ask("GET", f"Condition?_id={name.partition('/')[2]}").total == 0
    history = asking.ask("GET", f"{name}/_history").json
    assert (history["type"], history["total"]) == ("history", 3)
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "PUT", "POST"]
    assert [entry["response"]["etag"] for entry in history["entry"]] == ['W/"3"', 'W/"2"', 'W/"1"']
    assert ["resource" in entry for entry in history["entry"]] == [False, True, True]
    assert asking.ask("DELETE", name).status == 204, "there is nothing any more that it would change"
    assert asking.ask("GET", f"{name}/_history").total == 3


def test_a_history_comes_in_pages(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", _concern(city)).created[0]
    for year in range(2001, 2008):
        found = asking.ask("GET", name).json
        assert asking.ask("PUT", name, orjson.dumps(found | {"recordedDate": str(year)})).status == 200
    versions = [
        resource["meta"]["versionId"] for page in _pages(asking, f"{name}/_history?_count=3") for resource in page
    ]
    assert versions == [str(number) for number in range(8, 0, -1)]


def test_prefer_says_what_comes_back(city: City, asking: Asking) -> None:
    def answered(wish: str) -> Answer:
        return asking.ask("POST", "Condition", _concern(city), {"Prefer": wish})

    assert answered("return=minimal").text == ""
    assert answered("return=minimal").headers["location"]
    assert answered("return=representation").json["resourceType"] == "Condition"
    assert answered("return=OperationOutcome").json["resourceType"] == "OperationOutcome"
    assert answered("handling=strict; return=minimal").text == ""
    assert answered("return=nonsense").status == 201


def test_what_has_not_changed_is_not_sent_again(city: City, asking: Asking) -> None:
    def status(tag: str) -> tuple[int, str]:
        answer = asking.ask("GET", city.known["mother"], headers={"If-None-Match": tag})
        return answer.status, answer.text and "body"

    for tag in ('W/"1"', '"1"', 'W/"7", W/"1"', "*"):
        assert status(tag) == (304, "")
    for tag in ('W/"2"', '"11"', "1", "banana"):
        assert status(tag) == (200, "body")


def test_a_transaction_links_what_it_makes_in_any_order(city: City, asking: Asking) -> None:
    urn = "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e"
    concern = orjson.loads(_concern(city)) | {"subject": {"reference": urn}}
    old = asking.ask("POST", "Condition", _concern(city)).created[0]
    son = asking.ask("GET", city.known["son"]).json
    entries = [
        {
            "request": {"method": "PUT", "url": city.known["son"], "ifMatch": 'W/"1"'},
            "resource": son | {"active": False},
        },
        {"request": {"method": "POST", "url": "Condition"}, "resource": concern},
        {"request": {"method": "DELETE", "url": old}},
        {
            "fullUrl": urn,
            "request": {"method": "POST", "url": "Patient"},
            "resource": {"resourceType": "Patient", "active": True},
        },
    ]
    answer = asking.ask("POST", "", orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    assert answer.status == 200, answer.text
    assert answer.json["type"] == "transaction-response"
    said = [entry["response"] for entry in answer.json["entry"]]
    assert [each["status"] for each in said] == ["200 OK", "201 Created", "204 No Content", "201 Created"]
    assert [each["etag"] for each in said] == ['W/"2"', 'W/"1"', 'W/"2"', 'W/"1"']
    _, made, _, person = answer.created
    assert asking.ask("GET", made).json["subject"]["reference"] == person
    assert asking.ask("GET", old).status == 410
    assert asking.ask("GET", city.known["son"]).json["active"] is False


def test_pages_are_complete_and_without_repetition_while_rows_come_and_go(city: City, asking: Asking) -> None:
    first = {asking.ask("POST", "Condition", _concern(city)).created[0] for _ in range(4)}
    entry = {"request": {"method": "POST", "url": "Condition"}, "resource": orjson.loads(_concern(city))}
    bundle = orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 29})
    there = first.union(*(asking.ask("POST", "", bundle).created for _ in range(4)))
    assert len(there) == 120
    tag = city.known["tag"].replace("|", "%7C")
    for order in ("_id", "-_id", "_lastUpdated", "-_lastUpdated"):
        seen: list[str] = []
        lost = sorted(first)[("_id", "-_id", "_lastUpdated", "-_lastUpdated").index(order)]
        for number, page in enumerate(_pages(asking, f"Condition?_tag={tag}&code=violence&_count=11&_sort={order}")):
            seen += [f"Condition/{resource['id']}" for resource in page]
            asking.ask("POST", "Condition", _concern(city))
            if number == 3:
                assert asking.ask("DELETE", lost).status == 204
        assert len(seen) == len(set(seen))
        assert there - {lost} <= set(seen)
        there.discard(lost)


def test_a_search_says_what_it_understood(city: City, asking: Asking) -> None:
    answer = asking.ask("GET", "Patient?family=%E6%B0%B4%E7%84%A1%E7%80%AC&_format=json&_count=2&_sort=_id")
    assert answer.json["type"] == "searchset"
    assert answer.total is not None
    assert answer.total == len(answer.resources) or answer.total > 2
    assert {entry["search"]["mode"] for entry in answer.json["entry"]} == {"match"}
    assert all(entry["fullUrl"] == f"{asking.base}/Patient/{entry['resource']['id']}" for entry in answer.json["entry"])
    relations = {link["relation"]: link["url"] for link in answer.json["link"]}
    assert asking.ask("GET", relations["self"].removeprefix(f"{asking.base}/")).references == answer.references
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = asking.ask("POST", "Patient/_search?_count=2", "family=水無瀬&_sort=_id".encode(), form)
    assert posted.references == answer.references
    assert asking.ask("GET", "Patient?_summary=count").json.get("entry") is None


def test_an_update_by_one_who_sees_a_masked_record_keeps_what_is_hidden(
    city: City, asking: Asking, stored: Stored
) -> None:
    sister = city.known["sister"]
    place = [{"use": "temp", "text": household.SECRET[0], "city": "岡山市南区"}]
    assert asking.ask("PUT", sister, orjson.dumps(asking.ask("GET", sister).json | {"address": place})).status == 200
    assert household.protect_sister(city).status == 200
    hidden = stored.resource(sister)
    label = hidden["meta"]["security"]
    masked = asking.ask("GET", sister).json
    assert not {"address", "telecom"} & set(masked)
    assert "security" not in masked["meta"]
    changes: list[dict[str, Any]] = [
        {"gender": "unknown"},
        {"meta": {"tag": hidden["meta"]["tag"]}},
        {"name": [{"text": "水無瀬　翠"}, *masked["name"]]},
        {"extension": [{"url": "urn:a", "valueDecimal": 1.5}]},
    ]
    for number, change in enumerate(changes, 4):
        seen = asking.ask("GET", sister).json | change
        written = asking.ask("PUT", sister, orjson.dumps(seen), {"Prefer": "return=representation"})
        assert written.status == 200, written.text
        assert household.SECRET[0] not in written.text
        kept = stored.resource(sister)
        assert kept["meta"]["versionId"] == str(number)
        assert kept["meta"]["security"] == label
        assert (kept["address"], kept["telecom"]) == (hidden["address"], hidden["telecom"])
        assert all(kept[name] == value for name, value in change.items() if name != "meta")
    assert household.SECRET[0] not in asking.ask("GET", f"{sister}/_history").text


def _concern(city: City) -> bytes:
    return orjson.dumps(household.tagged(city, city.payload("withheld-concern")))


def _pages(asking: Asking, path: str) -> Any:
    while path:
        answer = asking.ask("GET", path)
        assert answer.status == 200, answer.text
        yield answer.resources
        following = {link["relation"]: link["url"] for link in answer.json["link"]}
        path = following.get("next", "").removeprefix(f"{asking.base}/")


def _unescaped(text: str) -> str:
    """JSON may write a letter as itself or as an escape; nothing else may differ."""
    pairs = re.sub(r"\\u(d[89ab]..)\\u(d[c-f]..)", lambda two: chr(_joined(int(two[1], 16), int(two[2], 16))), text)
    return re.sub(r"\\u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), pairs)


def _joined(high: int, low: int) -> int:
    return 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00


def test_no_answer_about_anybody_is_kept_by_who_stands_between(city: City, asking: Asking) -> None:
    """Not by a browser, not by a proxy: it is for one reader, at one moment."""
    mother = city.known["mother"]
    for path in (mother, f"{mother}/_history", "Patient", f"{mother}/$timetable", "Patient/nobody", "metadata"):
        headers = asking.ask("GET", path).headers
        assert (headers["cache-control"] == "no-store") == (path != "metadata"), path
        assert "Authorization" in headers["vary"], path
