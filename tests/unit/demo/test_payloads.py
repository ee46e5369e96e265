"""The demo's payloads are FHIR R4 once they are filled."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import fhirkit
import orjson
import pytest

from demo import template

FILES = sorted(file for folder in (template.FOLDER, template.SECOND) for file in folder.glob("*.json"))
RESOURCES = [file for file in FILES if "resourceType" in orjson.loads(file.read_bytes())]
LISTS = {"recipients": [{"reference": "PractitionerRole/role-coordinator"}]}


class Anything(dict[str, object]):
    """A reference for every place that no time and no list goes into."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return f"Basic/{name}"


@pytest.mark.parametrize("file", RESOURCES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_filled_payload_is_valid_r4(file: Path) -> None:
    filled = template.fill(file.stem, Anything({**template.clock(datetime.now(UTC)), **LISTS}), file.parent)
    assert [str(issue) for issue in fhirkit.validate(orjson.dumps(filled).decode())] == []


@pytest.mark.parametrize("file", RESOURCES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_no_place_is_left_open(file: Path) -> None:
    filled = template.fill(file.stem, Anything({**template.clock(datetime.now(UTC)), **LISTS}), file.parent)
    assert b"{{" not in orjson.dumps(filled)


def test_an_unknown_place_is_named() -> None:
    with pytest.raises(template.Unfilled, match=r"`referral.json` asks for `mother`"):
        template.fill("referral", template.clock(datetime.now(UTC)))


def test_the_window_of_a_conference_is_open_now() -> None:
    now = datetime.now(UTC)
    times = template.clock(now)
    assert datetime.fromisoformat(times["window-start"]) < now < datetime.fromisoformat(times["window-end"])


def test_the_clock_shows_the_local_day() -> None:
    assert template.clock(datetime(2026, 3, 31, 16, 0, tzinfo=UTC))["today"] == "2026-04-01"


def test_the_journey_imports_nothing_of_the_server() -> None:
    """It is a client: it shows only what any client can do."""
    folder = Path(template.__file__).parent
    clients = [
        folder / f"{name}.py"
        for name in ("answer", "browser", "client", "credentials", "explanation", "form", "people", "rest", "template")
    ]
    words = re.compile(r"(from|import) (api|consent|resources|profiles)\b")
    files = [*clients, *folder.glob("journey/*.py")]
    assert [file.name for file in files for line in file.read_text().splitlines() if words.match(line)] == []
