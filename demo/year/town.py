"""The town in which the year is played: who acts there, what day it is, and that each act is answered as it should be.

docs/simulate.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from demo import city
from demo.answer import Answer
from demo.people import CARE
from demo.rest import Client
from demo.year import rates
from demo.year.coded import Json
from demo.year.rates import Rates

People = Callable[[str, str], Client]
"""Who holds a post, by the id of a row of `staff.csv`, for one purpose; nobody signs in under the empty id."""


class Unexpected(Exception):
    """An act was not answered as the ordinance wants; the text says which, and what the server said."""


class Town:
    """`offices` are the agencies that have an officer, with the officer's post; `like` is the folder of its tables.

    `glass_broken` while an emergency of the officer on call awaits its review; `fund` is what its holder has, in yen.
    """

    def __init__(self, people: People, now: Callable[[], datetime], like: Path = rates.HERE) -> None:
        tables = city.read(city.HERE)
        self.people, self._now = people, now
        self.rates: Rates = rates.read(like)
        self.names = [(row["family"], row["family_kana"]) for row in tables.staff.values()]
        self.given = [(row["given"], row["given_kana"]) for row in tables.staff.values()]
        self.areas = [id for id, row in tables.areas.items() if row["kind"] == "elementary-district"]
        self.offices: Mapping[str, str] = {
            f"Organization/{row['organization']}": row["id"]
            for row in tables.staff.values()
            if row["role"] == "officer"
        }
        self.advisers: Mapping[str, str] = {
            row["field"]: row["id"] for row in tables.staff.values() if row["role"] == "adviser"
        }
        self.acts: Counter[str] = Counter()
        self.glass_broken = False
        self.fund = 0
        self._desks: dict[tuple[str, str], str] = {}

    @property
    def today(self) -> date:
        return self._now().date()

    @property
    def now(self) -> str:
        return self._now().isoformat(timespec="seconds")

    def desk(self, field: str, area: str, besides: frozenset[str] = frozenset()) -> str:
        """The agency that `$route` names for a field in an area (R7), else another; never one of `besides`."""
        found = self._desks.get((field, area))
        if found is None:
            routed = self.people("", "").get("HealthcareService/$route", field=field, area=f"Location/{area}")
            named = [each.get("providedBy", {}).get("reference", "") for each in routed.resources]
            found = next((each for each in named if each in self.offices), min(self.offices))
            self._desks[field, area] = found
        if found not in besides:
            return found
        return next(each for each in sorted(self.offices) if each not in besides)

    def post(self, act: str, who: str, path: str, body: Json, purpose: str = CARE) -> Answer:
        """Somebody writes. Raises Unexpected."""
        return self.held(act, self.people(who, purpose).post(path, body))

    def change(self, act: str, who: str, name: str, purpose: str = CARE, /, **elements: Any) -> Answer:
        """Somebody reads a record and writes it back with some elements changed (None takes one away)."""
        client = self.people(who, purpose)
        found = self.held("read", client.get(name)).json | elements
        return self.held(act, client.put({name: part for name, part in found.items() if part is not None}))

    def read(self, who: str, name: str, purpose: str = CARE) -> Json:
        found: Json = self.held("read", self.people(who, purpose).get(name)).json
        return found

    def held(self, act: str, answer: Answer) -> Answer:
        """The answer of an act that is to be allowed; it is counted. Raises Unexpected."""
        if not answer.done:
            raise Unexpected(f"{act}: {answer.status} {answer.reason or answer.text[:500]}")
        self.acts[act] += 1
        return answer
