"""A mail tells an agency that something new is there, and nothing else: docs/worklist.md."""

from __future__ import annotations

import socketserver
import subprocess
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from demo.journey.city import City
from demo.people import People
from tests.http import launch
from tests.http.launch import Running

NAME = "朝霧 環"


@pytest.fixture(scope="module")
def own(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with launch.serving(launch.copied(installed, tmp_path_factory.mktemp("notices") / "city")) as running:
        yield running


@pytest.fixture(scope="module")
def folk(own: Running) -> Iterator[People]:
    everybody = People(own.base, own.credentials)
    yield everybody
    everybody.close()


def notices(running: Running, **settings: str) -> subprocess.CompletedProcess[str]:
    return launch.ran(running.folder, "notices", **settings)


class Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a message takes."""

    taken: list[bytes] = []  # noqa: RUF012  # of this one test

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.taken.append(b"".join(lines))
            if line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            self.wfile.write(b"250 fine\r\n")


def ask(city: City) -> None:
    officer = city.officer("yorisoi")
    person = officer.post("Patient", {"resourceType": "Patient", "name": [{"text": NAME}]}).created[0]
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"for": {"reference": person}, "requester": {"reference": "Organization/yorisoi-center"}}
    task |= {"owner": {"reference": "PractitionerRole/role-health-center"}}
    assert officer.post("Task", task).status == 201


def test_who_was_asked_gets_one_mail_that_names_nobody(own: Running, folk: People) -> None:
    city = City(folk)
    keeper = folk.officer("directory-keeper")
    center = keeper.get("Organization/health-center-kita-chuo").json
    mail = {"system": "email", "value": "center@health.example"}
    assert keeper.put(center | {"telecom": [*center["telecom"], mail]}).status == 200
    assert "0 通" in notices(own).stdout, "the first run begins now"
    ask(city)
    ask(city)
    told = notices(own, base_url="https://records.example")
    assert told.returncode == 0, told.stderr
    [letter] = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in (own.folder / "outbox").iterdir()
    ]
    assert letter["To"] == "center@health.example"
    said = letter.as_string() + str(letter.get_content())
    assert NAME not in said
    assert "寄り添い" not in said
    assert "https://records.example" in str(letter.get_content())
    assert "0 通" in notices(own).stdout, "told once"


def test_a_mail_server_is_given_the_same(own: Running, folk: People) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        ask(City(folk))
        host, port = server.server_address[:2]
        told = notices(own, smtp=f"{host!s}:{port}")
        server.shutdown()
    assert told.returncode == 0, told.stderr
    [letter] = [message_from_bytes(each, policy=policy.default) for each in Mail.taken]
    assert letter["From"] == "tsunagu@localhost"
    assert NAME not in str(letter.get_content())


def test_where_the_mail_server_is_not_there_it_is_one_sentence_and_nothing_is_lost(own: Running, folk: People) -> None:
    ask(City(folk))
    refused = notices(own, smtp="127.0.0.1:1")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "1 通" in notices(own).stdout
