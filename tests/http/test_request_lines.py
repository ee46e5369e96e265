"""The log: one line a request, with the rules that decided and never with what the caller wrote.

docs/operations.md, "log"
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.world import household

Json = dict[str, Any]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def lines(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """What is in the log, by what was asked, after a server that was asked all of it has ended."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("logged") / "city")
    with launch.serving(folder, log=str(folder / "lines")) as running:
        ids = ask_everything(running)
        assert running.end(signal.SIGTERM) == 0
    found = [orjson.loads(line) for line in (folder / "lines").read_bytes().splitlines()]
    by_id = {line["request"]: line for line in found}
    assert len(by_id) == len(found), "one line a request"
    return {name: by_id[id] for name, id in ids.items()}


def ask_everything(running: Running) -> dict[str, str]:
    people = People(running.base, running.credentials)
    try:
        city = City(people)
        household.record(city)
        mother = city.known["mother"]
        with (
            Asking(running.base, people.officer("yorisoi").token()) as yorisoi,
            Asking(running.base, people.officer("child-guidance").token()) as other,
            Asking(running.base) as nobody,
            Asking(running.address) as passer_by,
        ):
            consent = city.payload("consent-mother", mother=mother, sheet=city.known["sheet"])
            unsigned = {name: value for name, value in consent.items() if name != "performer"}
            answers = {
                "read": yorisoi.ask("GET", mother),
                "a stranger's read": other.ask("GET", mother),
                "a rule in a parameter": yorisoi.ask("GET", "Patient?P4=x"),
                "a rule in a value": yorisoi.ask("GET", "Patient?_id=P4&R5=D1,scope"),
                "a rule in an address": yorisoi.ask("GET", "P4/D3"),
                "a rule in a body": yorisoi.ask("POST", "Condition", b'{"resourceType":"P4","id":"R5"}'),
                "a broken rule": yorisoi.ask("POST", "Consent", orjson.dumps(unsigned)),
                "a method": yorisoi.ask("PROPFIND", mother),
                "head": yorisoi.ask("HEAD", mother),
                "the directory": nobody.ask("GET", "Organization?_count=1"),
                "a token": passer_by.ask("POST", "oauth/token", b"client_id=P4&secret=R5", FORM),
                "a revocation": passer_by.ask("POST", "oauth/revoke", b"client_id=tsunagu-desk&token=x", FORM),
                "a method of the shell": passer_by.ask("DELETE", "oauth/token"),
                "an address of the shell": passer_by.ask("GET", "oauth/P4"),
                "the front page": passer_by.ask("GET", "?P4"),
                "a page of the shell": passer_by.ask("GET", "openapi.json"),
            }
    finally:
        people.close()
    return {name: answer.headers["x-request-id"] for name, answer in answers.items()}


def test_an_answer_leads_to_a_line_with_its_action_and_its_grounds(lines: dict[str, Json]) -> None:
    read = lines["read"]
    assert (read["action"], read["status"], read["rules"]) == ("GET read", 200, ["P1"])
    assert read["client"] == "tsunagu-desk"
    assert read["ms"] > 0
    assert lines["head"]["action"] == "HEAD read"
    assert (lines["a stranger's read"]["status"], lines["a stranger's read"].get("rules")) == (404, None)
    assert (lines["the directory"]["client"], lines["the directory"]["rules"]) == ("", ["P9"])
    assert lines["a page of the shell"]["status"] == 200


def test_beside_the_fhir_api_the_action_is_the_route_and_nothing_that_the_caller_wrote(lines: dict[str, Json]) -> None:
    asked = ("a page of the shell", "the front page", "a token", "a method of the shell", "an address of the shell")
    actions = [lines[name]["action"] for name in asked]
    assert actions == ["GET /openapi.json", "GET /", "POST /oauth/token", "", ""]


def test_a_client_that_proved_itself_is_named_whatever_came_of_it(lines: dict[str, Json]) -> None:
    line = lines["a revocation"]
    assert (line["action"], line["client"], line["status"]) == ("POST /oauth/revoke", "tsunagu-desk", 200)


def test_a_refusal_leads_to_the_rule_that_refused(lines: dict[str, Json]) -> None:
    assert (lines["a broken rule"]["status"], lines["a broken rule"]["rules"]) == (422, ["R3"])


@pytest.mark.parametrize("where", ["a parameter", "a value", "an address", "a body"])
def test_what_the_caller_writes_is_no_rule(where: str, lines: dict[str, Json]) -> None:
    line = lines[f"a rule in {where}"]
    assert line["status"] in (400, 404)
    assert "rules" not in line
    assert "P4" not in orjson.dumps(line).decode()


def test_a_method_that_is_none_leads_to_a_line_too(lines: dict[str, Json]) -> None:
    assert (lines["a method"]["status"], lines["a method"]["action"]) == (405, "")
