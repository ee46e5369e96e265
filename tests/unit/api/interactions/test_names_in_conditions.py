"""The name of an entry in the conditions and searches of its transaction leads to the entry's record, as links do."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.unit.api.conftest import Calling
from tests.unit.consent.town import Json, actor, concern, patient

P = actor("p")
NAME = "urn:uuid:0e8c0c47-8a3a-4c41-8a9a-6a5a9d2b3c11"
OTHER = "urn:uuid:0e8c0c47-8a3a-4c41-8a9a-6a5a9d2b3c12"
IDENTIFIER = {"system": "urn:ietf:rfc:3986", "value": NAME}
"""A number that reads like the name of an entry, and is none."""
KNOWN = f"identifier=urn:ietf:rfc:3986|{NAME}"


def entry(resource: Json | None, url: str = "", method: str = "POST", name: str = "", **request: str) -> Json:
    made: Json = {"request": {"method": method, "url": url or (resource or {})["resourceType"], **request}}
    return made | ({"resource": resource} if resource else {}) | ({"fullUrl": name} if name else {})


def person() -> Json:
    return {key: value for key, value in patient("x").items() if key != "id"} | {"identifier": [IDENTIFIER]}


def about(name: str = NAME) -> Json:
    made = {key: value for key, value in concern("c", "1").items() if key != "id"}
    return made | {"subject": {"reference": name}}


def sent(town: Calling, *entries: Json) -> Any:
    answer = town.ask(P, "POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": [*entries]})
    return answer.status, orjson.loads(answer.body)


def statuses(town: Calling, *entries: Json) -> list[str]:
    status, told = sent(town, *entries)
    assert status == 200, told
    return [each["response"]["status"][:3] for each in told["entry"]]


def test_sent_twice_it_makes_nothing_twice(calling: Calling) -> None:
    """The person by their number, and what is about them by that person: the second finds what the first made."""
    both = (
        entry(about(), ifNoneExist=f"subject={NAME}&code=debts"),
        entry(person(), name=NAME, ifNoneExist=KNOWN),
    )
    assert statuses(calling, *both) == ["201", "201"]
    assert statuses(calling, *both) == ["200", "200"]
    update = entry(about(), f"Condition?subject={NAME}", "PUT")
    assert statuses(calling, update, both[1]) == ["200", "200"]
    assert orjson.loads(calling.ask(P, "GET", "Condition").body)["total"] == 1


@pytest.mark.parametrize(
    "query",
    [
        f"Condition?subject={OTHER},{NAME}", f"Condition?subject:Patient={NAME}",
        f"Condition?_filter=subject re {NAME}",
        f'Condition?_filter=(subject re "{NAME}") and code eq debts', f"Patient?_has:Condition:subject:patient={NAME}",
    ],
)  # fmt: skip
def test_a_search_beside_finds_what_its_entry_made(calling: Calling, query: str) -> None:
    asked = entry(None, f"{query}&_summary=count".replace(" ", "%20").replace('"', "%22"), "GET")
    status, told = sent(calling, entry(person(), name=NAME), entry(about()), asked)
    assert status == 200, told
    assert told["entry"][2]["resource"]["total"] == 1
    by_number = entry(None, f"Patient?{KNOWN}", "GET")
    _, told = sent(calling, entry(person(), name=NAME), by_number)
    assert told["entry"][1]["resource"]["total"] == 2


def test_a_search_by_what_nobody_knows_yet_is_refused(calling: Calling) -> None:
    asked = entry(None, f"Condition?subject={NAME}", "GET")
    status, told = sent(calling, entry(person(), name=NAME, ifNoneExist=KNOWN), asked)
    assert status == 400
    assert told["issue"][0]["expression"] == ["Bundle.entry[1].request.url"]
