"""Each letter of a scope opens its own interactions and no other, on records that the person may do all of it with.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-fhir-resources
"""

from __future__ import annotations

import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking
from tests.http.refused import concern

FORM = "application/x-www-form-urlencoded"
PATCH = orjson.dumps([{"op": "add", "path": "/note", "value": [{"text": "電話で確認"}]}])
OPENED = {
    "c": {"create"},
    "r": {"read", "version", "history"},
    "u": set(),  # what may not be read cannot be changed
    "ru": {"read", "version", "history", "update", "patch"},
    "d": {"delete"},
    "s": {"search", "search by form", "history of the type", "search of all types", "history of all types"},
}


@pytest.mark.parametrize("letter", OPENED)
def test_a_letter_opens_its_interactions_and_no_other(city: City, people: People, letter: str) -> None:
    kept = people.officer("yorisoi").post("Condition", concern(city)).json
    own = f"Condition/{kept['id']}"
    asked = {
        "create": ("POST", "Condition", orjson.dumps(concern(city)), {}),
        "read": ("GET", own, None, {}),
        "version": ("GET", f"{own}/_history/1", None, {}),
        "history": ("GET", f"{own}/_history", None, {}),
        "search": ("GET", "Condition?_count=1", None, {}),
        "search by form": ("POST", "Condition/_search", b"_count=1", {"Content-Type": FORM}),
        "history of the type": ("GET", "Condition/_history?_count=1", None, {}),
        "search of all types": ("GET", "?_type=Condition&_count=1", None, {}),
        "history of all types": ("GET", "_history?_count=1", None, {}),
        "update": ("PUT", own, orjson.dumps(kept), {}),
        "patch": ("PATCH", own, PATCH, {"Content-Type": "application/json-patch+json"}),
        "delete": ("DELETE", own, None, {}),
    }
    narrow = people.officer("yorisoi", scope=f"user/Condition.{letter} user/Patient.r")
    with Asking(people.base, narrow.token()) as app:
        answers = {name: app.ask(*each[:3], headers=each[3]) for name, each in asked.items()}
    opened = {name for name, answer in answers.items() if answer.status < 300}
    assert opened == OPENED[letter], {name: (each.status, each.text[-200:]) for name, each in answers.items()}
