"""Several clients at once who write, change and read until the server is killed, and what they were told by then.

docs/testing.md
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

from demo.answer import Answer
from tests.http.asking import Asking
from tests.http.launch import Running

SYSTEM = "https://tsunagu.example/fhir/tests/bursts"
TOGETHER = 3
"""Records of a transaction; all of them carry its number."""
MANY = 6
_WHOLE = {"Prefer": "return=representation"}


@dataclass(slots=True)
class Told:
    """What was acknowledged: versions with what they were said to be (nothing where nobody said), and what was read."""

    written: dict[str, Any] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    other: set[int] = field(default_factory=set)

    def of(self, answer: Answer) -> Mapping[str, Any] | None:
        """The resource of an answer; what is neither done nor an end of the connection is kept."""
        if answer.status in (200, 201):
            found: Mapping[str, Any] = answer.json
            return found
        self.other.add(answer.status)
        return None


class Client:
    """One of them, with a connection and a record of its own."""

    def __init__(self, base: str, token: str, name: str, chance: random.Random, begun: threading.Event) -> None:
        self._asking, self._name, self._chance, self._begun = Asking(base, token), name, chance, begun
        self._own: Mapping[str, Any] | None = None
        self._number = 0
        self.told = Told()

    def go_on(self) -> Told:
        """Until the server is gone."""
        acts = (self._create, self._together, self._change, self._read)
        try:
            with self._asking:
                while True:
                    self._number += 1
                    self._chance.choice(acts)()
                    self._begun.set()
        except httpx2.TransportError:
            return self.told

    def _create(self) -> None:
        made = self.told.of(self._asking.ask("POST", "Patient", orjson.dumps(self._person("")), _WHOLE))
        if made:
            self._own = made
            self.told.written[_version(made)] = made

    def _together(self) -> None:
        number = f"{self._name}-{self._number}"
        subject = {"reference": "urn:uuid:7f9c1b8e-0000-4000-8000-000000000001"}
        clinical = {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        }
        concern = {"resourceType": "Condition", "subject": subject, "clinicalStatus": clinical}
        marked = {"identifier": [{"system": SYSTEM, "value": number}]}
        entries = [
            {
                "fullUrl": subject["reference"],
                "resource": self._person(number),
                "request": {"method": "POST", "url": "Patient"},
            },
            *[{"resource": concern | marked, "request": {"method": "POST", "url": "Condition"}}] * (TOGETHER - 1),
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        done = self.told.of(self._asking.ask("POST", "", orjson.dumps(bundle)))
        for entry in done["entry"] if done else ():
            place = entry["response"]["location"].partition("/fhir/")[2] or entry["response"]["location"]
            self.told.written[place] = None

    def _change(self) -> None:
        if self._own is None:
            return self._create()
        changed = {**self._own, "gender": self._chance.choice(("female", "male", "other"))}
        match = {"If-Match": f'W/"{self._own["meta"]["versionId"]}"'}
        place = f"Patient/{self._own['id']}"
        made = self.told.of(self._asking.ask("PUT", place, orjson.dumps(changed), _WHOLE | match))
        if made:
            self._own = made
            self.told.written[_version(made)] = made
        return None

    def _read(self) -> None:
        if self._own is None:
            return self._create()
        found = self.told.of(self._asking.ask("GET", f"Patient/{self._own['id']}"))
        if found:
            self.told.read.add(_version(found))
        return None

    def _person(self, number: str) -> dict[str, Any]:
        marked = {"identifier": [{"system": SYSTEM, "value": number}]} if number else {}
        return {"resourceType": "Patient", "name": [{"text": f"{self._name} {self._number}"}], **marked}


def until_killed(running: Running, token: str, chance: random.Random, name: str) -> list[Told]:
    """What each of them was told until the server, all of its processes, was killed at some moment of it."""
    begun = threading.Event()
    clients = [
        Client(running.base, token, f"{name}-{number}", random.Random(chance.random()), begun) for number in range(MANY)
    ]
    with ThreadPoolExecutor(MANY) as pool:
        going = [pool.submit(client.go_on) for client in clients]
        begun.wait()
        moment = threading.Timer(chance.uniform(0, 0.3), running.kill)
        moment.start()
        moment.join()
        return [each.result() for each in going]


def _version(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}/_history/{resource['meta']['versionId']}"
