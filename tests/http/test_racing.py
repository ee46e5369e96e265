"""Many who write at once: each is answered as if they had come one after another.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from tests.http import launch
from tests.http.asking import Asking
from tests.http.refused import text
from tests.http.test_transactions import _SYSTEM, identified
from tests.http.test_workers import both_serve
from tests.world import household

JSON_PATCH = {"Content-Type": "application/json-patch+json"}


def at_once(ask: Callable[[int], Answer], number: int = 20) -> Counter[int]:
    with ThreadPoolExecutor(number) as crowd:
        return Counter(answer.status for answer in crowd.map(ask, range(number)))


def test_of_twenty_who_rest_on_one_version_one_is_the_next(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city)).created[0]
    body = orjson.dumps(asking.ask("GET", name).json)
    assert at_once(lambda _: asking.ask("PUT", name, body, {"If-Match": 'W/"1"'})) == {200: 1, 412: 19}
    assert asking.ask("GET", name).headers["etag"] == 'W/"2"'


def test_no_patch_of_twenty_is_lost(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city, note=[{"text": "一"}])).created[0]

    def add(number: int) -> Answer:
        operation = {"op": "add", "path": "/note/-", "value": {"text": str(number)}}
        return asking.ask("PATCH", name, orjson.dumps([operation]), JSON_PATCH)

    assert at_once(add) == {200: 20}
    found = asking.ask("GET", name)
    assert sorted(each["text"] for each in found.json["note"]) == sorted(["一", *map(str, range(20))])
    assert found.headers["etag"] == 'W/"21"'


def test_of_twenty_who_write_on_one_condition_one_makes_the_record(asking: Asking) -> None:
    number = str(uuid4())
    where, body = f"Patient?identifier={_SYSTEM}|{number}", orjson.dumps(identified(number))
    assert at_once(lambda _: asking.ask("PUT", where, body)) == {201: 1, 200: 19}
    assert asking.ask("GET", where).total == 1


def test_of_twenty_who_create_where_there_is_none_one_creates(asking: Asking) -> None:
    number = str(uuid4())
    body, condition = orjson.dumps(identified(number)), {"If-None-Exist": f"identifier={_SYSTEM}|{number}"}
    assert at_once(lambda _: asking.ask("POST", "Patient", body, condition)) == {201: 1, 200: 19}
    assert asking.ask("GET", f"Patient?identifier={_SYSTEM}|{number}").total == 1


def test_a_deletion_and_its_undoing_at_once_come_one_after_another(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city)).created[0]
    body = orjson.dumps(asking.ask("GET", name).json)
    done = at_once(lambda place: asking.ask(*(("DELETE", name) if place % 2 else ("PUT", name, body))))
    assert set(done) <= {200, 204}
    history = asking.ask("GET", f"{name}/_history?_count=100").json
    methods = [entry["request"]["method"] for entry in history["entry"]]
    assert [entry["response"]["etag"] for entry in history["entry"]] == [
        f'W/"{number}"' for number in range(len(methods), 0, -1)
    ]
    assert not any(one == other == "DELETE" for one, other in pairwise(methods))
    assert methods.count("PUT") == 10
    assert asking.ask("GET", name).status == (410 if methods[0] == "DELETE" else 200)


@pytest.mark.parametrize("workers", [2, 4])
def test_so_it_is_where_several_processes_serve(installed: Path, tmp_path: Path, workers: int) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, workers=str(workers)) as running:
        both_serve(running, workers)
        everybody = People(running.base, running.credentials)
        there = City(everybody)
        household.record(there)
        with Asking(running.base, everybody.officer("yorisoi").token()) as asking:
            test_of_twenty_who_rest_on_one_version_one_is_the_next(there, asking)
            test_no_patch_of_twenty_is_lost(there, asking)
            test_of_twenty_who_write_on_one_condition_one_makes_the_record(asking)
            test_of_twenty_who_create_where_there_is_none_one_creates(asking)
            test_a_deletion_and_its_undoing_at_once_come_one_after_another(there, asking)
        everybody.close()
