"""Stores that differ only in what an actor may not see: one whole, and copies from which just that was taken away.

docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from consent import vocabulary
from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from resources.store.body import digest
from tests.http import launch
from tests.http.asking import Asking
from tests.http.stored import NAME
from tests.world import casework, household

CHILD_GUIDANCE = ".custodian Organization/child-guidance-center"
HEALTH_CENTER = ".custodian Organization/health-center-kita-chuo"
PLACE = {
    "use": "temp",
    "text": household.SECRET[0],
    "line": ["かくれみの町九番地"],
    "city": "岡山市南区",
    "state": "岡山県",
    "postalCode": "700-0919",
    "country": "JP",
}
REACHED = [
    {"system": "phone", "value": household.SECRET[1], "use": "mobile"},
    {"system": "email", "value": "midori@kakuremino.example"},
]
_NEW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CURSOR = re.compile(r"_cursor=[A-Za-z0-9_\-%]+")
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ASKED_AT = re.compile(r'"name":"at","valueInstant":"[^"]+"')
_PASSING = frozenset({"date", "x-request-id", "content-length"})

Row = tuple[str, int, dict[str, Any], list[str]]
"""Reference, version, body (empty where deleted) and terms of one stored version."""


@dataclass(slots=True)
class World:
    """One server, the two actors at it, and the names of what was recorded (in the whole store)."""

    base: str
    known: dict[str, str]
    actors: dict[str, Asking] = field(default_factory=dict)

    def ask(self, actor: str, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        """One request, with the names in `{}` replaced."""
        given = self.filled(body).encode() if body else None
        return self.actors[actor].ask(method, self.filled(path), given, headers)

    def filled(self, text: str) -> str:
        for name, value in self.known.items():
            text = text.replace("{" + name + "}", value).replace("{id:" + name + "}", value.partition("/")[2])
        return text

    def told(self, answer: Answer, *, made: bool) -> tuple[object, ...]:
        """All that an answer tells; `made` where it tells of something just written, whose ids and times are new."""

        def plain(text: str) -> str:
            text = _ASKED_AT.sub("<now>", _CURSOR.sub("_cursor=", text.replace(self.base, "<base>")))
            if not made:
                return text
            ours = {value.partition("/")[2] for value in self.known.values()}
            return _INSTANT.sub("<time>", _NEW_ID.sub(lambda id: id[0] if id[0] in ours else "<new>", text))

        headers = {name: plain(value) for name, value in answer.headers.items() if name not in _PASSING}
        if made:
            headers.pop("last-modified", None)
        return answer.status, headers, plain(answer.text)


def record(folder: Path) -> dict[str, str]:
    """Two households of the yorisoi center and one of the child guidance center; what each is called."""
    known: dict[str, str] = {}
    with launch.serving(folder, "--demo") as running:
        people = People(running.base, running.credentials)
        cities = {"": City(people), "other-": City(people), "own-": City(people)}
        household.record(cities["other-"])
        household.record(cities[""])
        household.record(cities["own-"], "child-guidance")
        first = cities[""]
        for done in (
            household.restrict(first),
            casework.sign(first),
            casework.sign_for(first, "sister"),
            casework.refer(first),
            casework.bring(first),
            casework.bring(cities["other-"]),
            _relabel(first),
            _deleted(first),
            _told(first, "provenance", "mother-mental-health"),
            _told(first, "other-provenance", "mother-restricted", "son-child-rearing"),
            _file(first, "file", "mother-mental-health"),
            _protect(first),
        ):
            assert done.done, done.text
        for prefix, city in cities.items():
            known |= {f"{prefix}{name}": place for name, place in city.known.items() if "/" in place or name == "tag"}
        people.close()
        assert running.end(signal.SIGINT) == 0
    return known


@contextmanager
def served(folder: Path, known: dict[str, str]) -> Iterator[World]:
    with launch.serving(folder, "--demo") as running:
        people = People(running.base, running.credentials)
        tokens = {
            "health-center": people.officer("health-center").token(),
            "health-center-system": people.system("health-center-system").token(),
            "child-guidance-system": people.system("child-guidance-system").token(),
        }
        people.close()
        actors = {name: Asking(running.base, token) for name, token in tokens.items()}
        yield World(running.base, known, actors)
        for actor in actors.values():
            actor.close()


def without(folder: Path, to: Path, hidden: Callable[[Row], bool], changed: Callable[[Row], Row]) -> Path:
    """A copy of a store without the versions that are hidden, and with the others as changed."""
    launch.copied(folder, to)
    with closing(sqlite3.connect(to / NAME)) as connection, connection:
        rows = connection.execute("SELECT seq, type, id, number, body, terms FROM version").fetchall()
        for seq, type, id, number, body, terms in rows:
            if type not in vocabulary.CASEWORK:
                continue
            row = (f"{type}/{id}", number, orjson.loads(body) if body else {}, orjson.loads(terms))
            if hidden(row):
                connection.execute("DELETE FROM term WHERE seq = ?", (seq,))
                connection.execute("DELETE FROM version WHERE seq = ?", (seq,))
            elif (after := changed(row)) != row:
                body = orjson.dumps(after[2])
                new = (body, digest(body), orjson.dumps(after[3]), seq)
                connection.execute("UPDATE version SET body = ?, digest = ?, terms = ? WHERE seq = ?", new)
                for term in set(row[3]) - set(after[3]):
                    connection.execute("DELETE FROM term WHERE seq = ? AND term = ?", (seq, term))
    return to


def for_child_guidance(row: Row) -> bool:
    """It sees what it keeps itself, and nothing else."""
    return CHILD_GUIDANCE not in row[3]


def for_health_center(known: dict[str, str]) -> Callable[[Row], bool]:
    """It sees the mother and the sister, who signed, who may sign for them, the referral to it, and what it was told of
    that it keeps itself; consents stay as evidence."""
    seen = {known[name] for name in ("mother", "sister", "mother-mental-health", "sister-income-work", "relabelled")}
    seen |= {known[name] for name in ("request", "task", "introduction", "sister-kin")}
    hidden_versions = {(known["relabelled"], 1)}

    def hidden(row: Row) -> bool:
        name, number, body, terms = row
        stays = name in seen or name.startswith("Consent/") or HEALTH_CENTER in terms
        of_them = {known[one] for one in ("mother", "sister")} & {body.get("patient", {}).get("reference")}
        stays = stays or (name.startswith("RelatedPerson/") and bool(of_them))
        return (name, number) in hidden_versions or not stays

    return hidden


def unplaced(known: dict[str, str]) -> Callable[[Row], Row]:
    """The sister as she would be if she had neither an address nor a number: protected all the same."""

    def changed(row: Row) -> Row:
        name, number, body, terms = row
        if name != known["sister"]:
            return row
        kept = {key: value for key, value in body.items() if key not in ("address", "telecom")}
        return name, number, kept, terms

    return changed


def _protect(city: City) -> Answer:
    officer = city.officer("yorisoi")
    placed = officer.put(officer.get(city.known["sister"]).json | {"address": [PLACE], "telecom": REACHED})
    assert placed.done, placed.text
    return household.protect_sister(city)


def _told(city: City, called: str, *names: str) -> Answer:
    """Where records come from: no consent of theirs speaks of that."""
    told = {"resourceType": "Provenance", "target": [{"reference": city.known[name]} for name in names]}
    told |= {"recorded": "2026-11-20T10:00:00+09:00", "agent": [{"who": {"reference": "Organization/yorisoi-center"}}]}
    return household.write(city, "yorisoi", called, told)


def _file(city: City, called: str, of: str) -> Answer:
    content = {"resourceType": "Binary", "contentType": "text/plain", "data": "5LuK5pel"}
    return household.write(city, "yorisoi", called, content | {"securityContext": {"reference": city.known[of]}})


def _relabel(city: City) -> Answer:
    """A concern of the mother that was very restricted at first, and is not any more."""
    officer = city.officer("yorisoi")
    written = household.write(city, "yorisoi", "relabelled", city.payload("withheld-concern"))
    assert written.done, written.text
    meta = {"name": "meta", "valueMeta": {"security": written.json["meta"]["security"]}}
    asked = {"resourceType": "Parameters", "parameter": [meta]}
    return officer.post(f"{city.known['relabelled']}/$meta-delete", asked)


def _deleted(city: City) -> Answer:
    written = household.write(city, "yorisoi", "deleted", city.payload("withheld-concern"))
    assert written.done, written.text
    return city.officer("yorisoi").send("DELETE", city.known["deleted"])
