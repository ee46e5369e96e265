"""Who asks what is due: everything is looked for within what they may read.

docs/worklist.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import orjson

from api import opened_since, party_search
from api.http.call import Call
from consent import policy
from consent.reading.reading import Reading
from consent.views import asked_as
from resources.due import Due
from resources.record.version import Version

Json = dict[str, Any]
Day = Callable[[Json], "date | None"]

AHEAD = 92
"""Days that are looked ahead, where it is not said how many: three months."""
MOST = 500


class Asking:
    """One asker's questions, each within what it may read; `more` says that one had more answers than are looked at."""

    def __init__(self, call: Call, reading: Reading, names: Sequence[str], today: date) -> None:
        self.call, self.reading, self.today = call, reading, today
        self.names, self.more = names, len(names) > opened_since.MOST_NAMES
        self.days = call.on.settings.answer_days

    @classmethod
    async def begin(cls, call: Call, reading: Reading, wanted: str, today: date) -> Asking:
        """For the `person` or the agency, by its own names and then by those of the agencies that it succeeds."""
        known = reading.facts
        if wanted == "person" and known.actor.person:
            return cls(call, reading, sorted(known.seats), today)
        others = await asked_as.of(reading) - known.identities
        return cls(call, reading, [*sorted(known.identities), *sorted(others)], today)

    async def dated(self, kind: str, type: str, said: Sequence[tuple[str, str]], day: Day) -> list[Due]:
        """An item for each record that is found and has a day."""
        search = searched(type, said)
        found = [(version.reference, day(body)) for version, body in await self.found(type, said)]
        return [Due(when, kind, name, search) for name, when in found if when is not None]

    async def found(self, type: str, said: Iterable[tuple[str, str]]) -> list[tuple[Version, Json]]:
        """What of a type the asker finds by this search; nothing where its token does not reach the type."""
        if not policy.reaches(policy.ruling("search", self.reading.facts).rules, type):
            return []
        asked = [*said, ("_count", str(MOST)), ("_total", "none")]
        page, found = await party_search.search(self.call.on.index, self.reading, type, asked)
        self.more = self.more or bool(page.next)
        return [(each, orjson.loads(each.body)) for each in found]

    def who(self, element: str) -> str:
        """The asker, by every reference that may stand there in a Task."""
        return self.of("Task", element)

    def of(self, type: str, element: str) -> str:
        return ",".join(opened_since.named(self.call.on.spec, type, element, self.names))


def searched(type: str, said: Sequence[tuple[str, str]]) -> str:
    """The search that shows an item among its like."""
    return f"{type}?{urlencode(said, safe='/,')}"
