"""An export over HTTP: begun at one process, killed with it, finished by the next, and fetched with the token only."""

from __future__ import annotations

from pathlib import Path

import orjson

from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from tests import trusting
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.world import household

ASYNC = {"Prefer": "respond-async"}


def asking(server: Running, people: People) -> Asking:
    return Asking(people.base, people.system("yorisoi-system").token())


def finished(client: Asking, status: str) -> dict[str, list[dict[str, str]]]:
    """The manifest, as soon as it is there."""
    while True:
        answer = client.ask("GET", status)
        if answer.status != 202:
            assert answer.status == 200, answer.text
            return dict(answer.json)


def test_an_export_goes_on_over_a_kill(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    with launch.serving(folder, "--demo") as server:
        people = People(server.base, server.credentials)
        city = City(people)
        household.record(city)
        with asking(server, people) as client:
            begun = client.ask("GET", "Patient/$export?_type=Patient,Condition", headers=ASYNC)
        assert begun.status == 202, begun.text
        status = begun.headers["content-location"].partition("/fhir/")[2]
        people.close()
        server.kill()
    with launch.serving(folder, "--demo", rate="1000000") as server:  # it is asked without a pause
        people = People(server.base, server.credentials)
        with asking(server, people) as client:
            listed = finished(client, status)
            found = []
            for file in listed["output"]:
                address = file["url"].partition("/fhir/")[2]
                with trusting.client() as web:
                    assert web.get(f"{server.base}/{address}").status_code == 401
                    content = web.get(f"{server.base}/{address}", headers={"Authorization": f"Bearer {client.token}"})
                assert content.headers["content-type"].startswith("application/fhir+ndjson")
                assert content.headers["cache-control"] == "no-store"
                found += [orjson.loads(line)["id"] for line in content.content.splitlines()]
            assert city.known["mother"].partition("/")[2] in found
            assert len(found) == len(set(found))
            assert client.ask("DELETE", status).status == 202
            assert client.ask("GET", status).status == 404
        people.close()


def test_what_is_begun_looked_at_and_given_up_is_answered_as_the_document_says(server: Running, people: People) -> None:
    with Asking(server.address) as anybody:
        named = anybody.ask("GET", "openapi.json").json["paths"]

    def as_named(path: str, method: str, answer: Answer) -> None:
        said = named[f"/fhir/{path}"][method]["responses"][str(answer.status)]
        assert {name.lower() for name in said.get("headers", ())} <= set(answer.headers)
        assert bool(answer.text) == ("content" in said)

    with asking(server, people) as client:
        for path, wanted in (("$export", ""), ("Patient/$export", "?_type=Patient")):
            begun = client.ask("GET", path + wanted, headers=ASYNC)
            assert begun.status == 202, begun.text
            as_named(path, "get", begun)
            status = begun.headers["content-location"].partition("/fhir/")[2]
            looked = client.ask("GET", status)
            while looked.status == 202:
                as_named("$export-status/{id}", "get", looked)
                looked = client.ask("GET", status)
            as_named("$export-status/{id}", "get", looked)
            as_named("$export-status/{id}", "delete", client.ask("DELETE", status))
