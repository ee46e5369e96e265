"""People of a town who act on days that the scenario says: by calls of plain values, over a clock that is driven."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from api.http.answer import Answer
from profiles.spec import Spec
from tests.unit.api.conftest import Calling, founded
from tests.unit.consent.people import NOW
from tests.unit.consent.town import actor

Json = dict[str, Any]


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True)
class Acting:
    """`known` are the records of the scenario, each by the name that its steps have for it; `answer` came last."""

    calling: Calling
    clock: Clock
    known: dict[str, str] = field(default_factory=dict)
    answer: Answer = field(default_factory=Answer)

    def on(self, day: str, hour: int = 10) -> None:
        """It is that day now, ISO or as 2026年12月1日."""
        parts = [int(each) for each in day.replace("年", "-").replace("月", "-").rstrip("日").split("-")]
        morning = self.clock.now.replace(year=parts[0], month=1, day=1, hour=hour, minute=0)
        self.clock.now = morning.replace(month=parts[1], day=parts[2])

    def later(self) -> None:
        self.clock.now += timedelta(seconds=1)

    def ask(self, who: str, method: str, url: str, body: Json | None = None, purpose: str = "CAREMGT") -> Answer:
        self.later()
        asking = replace(actor(who, purpose), now=self.clock.now)
        headers = {"prefer": "return=OperationOutcome"} if method in ("POST", "PUT") and "$" not in url else {}
        self.answer = self.calling.ask(asking, method, url, body, headers)
        return self.answer

    def create(self, who: str, name: str, body: Json, purpose: str = "CAREMGT") -> str:
        """Create a record; the name under which it is kept by the steps."""
        self.ask(who, "POST", body["resourceType"], body, purpose)
        if self.answer.status == 201:
            self.known[name] = "/".join(self.answer.headers["location"].split("/")[-4:-2])
        return self.known.get(name, "")

    def made(self, who: str, name: str, body: Json, purpose: str = "CAREMGT") -> str:
        """Create a record, which must be taken."""
        self.create(who, name, body, purpose)
        assert self.answer.status == 201, self.said
        return self.known[name]

    def put(self, who: str, name: str, purpose: str = "CAREMGT", **elements: Any) -> Answer:
        """Change elements of a record as its writer reads it; None takes one away."""
        body = self.read(who, name, purpose) | elements
        sent = {key: value for key, value in body.items() if value is not None}
        return self.ask(who, "PUT", self.known[name], sent, purpose)

    def read(self, who: str, name: str, purpose: str = "CAREMGT") -> Json:
        found = self.ask(who, "GET", self.known[name], purpose=purpose)
        assert found.status == 200, self.said
        return self.json

    def found(self, who: str, url: str, purpose: str = "CAREMGT") -> list[Json]:
        """The resources that a search shows."""
        self.ask(who, "GET", url, purpose=purpose)
        assert self.answer.status == 200, self.said
        return [each["resource"] for each in self.json.get("entry", ())]

    def parts(self, who: str, url: str, name: str, purpose: str = "CAREMGT") -> list[Json]:
        """Of Parameters that an operation answers, those of a name, with their parts by name."""
        self.ask(who, "GET", url, purpose=purpose)
        assert self.answer.status == 200, self.said
        named = [each["part"] for each in self.json.get("parameter", ()) if each["name"] == name]
        return [{part["name"]: next(v for k, v in part.items() if k != "name") for part in each} for each in named]

    def items(self, who: str, kind: str) -> list[Json]:
        """The items of a kind on somebody's worklist."""
        return [each for each in self.parts(who, "$worklist", "item") if each["kind"] == kind]

    @property
    def json(self) -> Json:
        found: Json = orjson.loads(self.answer.body)
        return found

    @property
    def said(self) -> str:
        return self.answer.body.decode()

    @property
    def rules(self) -> list[str]:
        """The ids of the rules that the answer names."""
        issues = self.json.get("issue", ()) if self.answer.body else ()
        return [each["details"]["coding"][0]["code"] for each in issues if "coding" in each.get("details", {})]


@contextmanager
def acting(folder: Path, spec: Spec) -> Iterator[Acting]:
    """A town of its own in a folder, at noon of its first day."""
    clock = Clock()
    with founded(folder, spec, clock=clock) as calling:
        yield Acting(calling, clock)
