"""Labels over HTTP: they stay where nothing is said, and are added and taken off in whatever way one writes."""

from __future__ import annotations

from typing import Any

import orjson

from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking

TAG = {"system": "urn:t", "code": "kept"}
LEVEL = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}


def written(asking: Asking, city: City) -> dict[str, Any]:
    concern = {"resourceType": "Condition", "subject": {"reference": city.known["mother"]}}
    concern |= {"clinicalStatus": {"coding": [{"system": _STATUS, "code": "active"}]}}
    answer = asking.ask("POST", "Condition", orjson.dumps(concern | {"meta": {"tag": [TAG], "security": [LEVEL]}}))
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def labels(asking: Asking, record: dict[str, Any]) -> dict[str, Any]:
    meta = asking.ask("GET", f"Condition/{record['id']}/$meta").json["parameter"][0]["valueMeta"]
    return {key: meta[key] for key in ("security", "tag") if key in meta}


def test_neither_an_update_nor_a_transaction_takes_off_what_it_does_not_say(city: City, asking: Asking) -> None:
    record = written(asking, city)
    plain = {key: value for key, value in record.items() if key != "meta"}
    place = f"Condition/{record['id']}"
    assert asking.ask("PUT", place, orjson.dumps(plain)).status == 200
    assert labels(asking, record) == {"security": [LEVEL], "tag": [TAG]}
    entry = {"request": {"method": "PUT", "url": place}, "resource": plain | {"meta": {"profile": ["urn:p"]}}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    assert asking.ask("POST", "", orjson.dumps(bundle)).status == 200
    assert labels(asking, record) == {"security": [LEVEL], "tag": [TAG]}
    assert asking.ask("GET", "Condition?_tag=urn:t|kept&_security=R").total == 1


def test_labels_are_added_and_taken_off_by_operations(city: City, asking: Asking, people: People) -> None:
    record = written(asking, city)
    place = f"Condition/{record['id']}"
    meta = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"tag": [TAG]}}]}
    gone = asking.ask("POST", f"{place}/$meta-delete", orjson.dumps(meta), {"If-Match": 'W/"1"'})
    assert (gone.status, gone.headers["etag"]) == (200, 'W/"2"')
    assert labels(asking, record) == {"security": [LEVEL]}
    assert asking.ask("POST", f"{place}/$meta-delete", orjson.dumps(meta), {"If-Match": 'W/"1"'}).status == 412
    again = asking.ask("POST", f"{place}/$meta-delete", orjson.dumps(meta))
    assert again.headers["etag"] == 'W/"2"'
    assert people.officer("health-center").post(f"{place}/$meta-add", meta).status == 404
    assert asking.ask("GET", f"{place}/_history").total == 2


def test_what_would_change_is_asked_and_is_not_done(city: City, asking: Asking) -> None:
    consent = city.payload("consent-mother")
    asked = {"resourceType": "Parameters", "parameter": [{"name": "change", "resource": consent}]}
    before = asking.ask("GET", "Consent?_summary=count").total
    answer = asking.ask("POST", "$simulate", orjson.dumps(asked))
    assert answer.status == 200, answer.text
    assert answer.json["parameter"][-1]["name"] == "reason"
    assert asking.ask("GET", "Consent?_summary=count").total == before
    seen = asking.ask("GET", f"{city.known['mother']}/$who-can-see")
    grounds = [each["part"][0]["valueString"] for each in seen.json["parameter"] if each["name"] == "ground"]
    assert grounds[0] == "P1"


_STATUS = "http://terminology.hl7.org/CodeSystem/condition-clinical"
