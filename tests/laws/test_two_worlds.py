"""Over HTTP, requests of every kind: stores that differ only in what an actor may not see answer that actor alike.

docs/policy.md, "nothing leaks". 2,000 requests in `make test`; `make prove` goes on to 50,000.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from api.cursor import Cursors
from api.oauth import keys as signing
from consent.actor import Actor
from tests.http.asking import Asking
from tests.laws import served, unseen
from tests.laws.beside import beside, on_sheets
from tests.laws.drawn import LAW
from tests.laws.unseen import Request
from tests.laws.worlds import EMPLOYERS, World
from tests.proofs import Proof

REQUESTS = 200
"""Asked of each pair of worlds."""
_NEW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CURSOR = re.compile(r"_cursor=[A-Za-z0-9_\-%]+")
_PASSING = frozenset({"date", "x-request-id", "content-length", "connection"})


class Side:
    """One of the two stores, as its actor asks it."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.made: list[str] = []
        self.ids: dict[str, str] = {}
        self.next = ""

    def ask(self, request: Request) -> tuple[Any, ...]:
        """All that is told: ids of what was made go by the order in which they are first seen."""
        body = self._filled(request.body) if request.body else None
        answer = self.asking.ask(request.method, request.path, body, dict(request.headers or {}))
        if request.method == "POST" and answer.status == 201:
            self.made += answer.created
        self.next = self._following(answer.text) if request.method == "GET" else ""
        headers = {name: self._plain(value) for name, value in answer.headers.items() if name not in _PASSING}
        told = self._plain(_known(answer.text) if "$everything" in request.path else answer.text)
        return answer.status, headers, _in_order(told) if request.path == "$simulate" else told

    def _following(self, told: str) -> str:
        """The path of the next page, where the answer is one of several."""
        bundle = orjson.loads(told) if told.startswith("{") else {}
        links = (each["url"] for each in bundle.get("link", ()) if each.get("relation") == "next")
        return next(links, "").removeprefix(f"{self.asking.base}/")

    def _filled(self, body: bytes) -> bytes:
        return body.replace(b"{made:0}", (self.made[0] if self.made else "Patient/none").encode())

    def _plain(self, text: str) -> str:
        text = _CURSOR.sub("_cursor=", text.replace(self.asking.base, "<base>"))
        return _NEW_ID.sub(lambda found: self.ids.setdefault(found[0], f"<{len(self.ids)}>"), text)


def _known(told: str) -> str:
    """Of a Bundle that goes by ids the records that were there before; of those made since, how many they are."""
    bundle = orjson.loads(told)
    if "entry" in bundle:
        bundle["entry"] = [each for each in bundle["entry"] if not _NEW_ID.search(each.get("fullUrl", ""))]
    return orjson.dumps(bundle).decode()


def _in_order(told: str) -> str:
    """The records that a Parameters names, sorted as they are called here: each store sorted them by its own ids, and
    whether a new one comes before another is chance."""

    def sorted_parts(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: sorted_parts(value) for key, value in node.items()}
        if isinstance(node, list):
            parts = [sorted_parts(each) for each in node]
            return sorted(parts, key=orjson.dumps) if all(_names_a_record(each) for each in parts[1:]) else parts
        return node

    return orjson.dumps(sorted_parts(orjson.loads(told))).decode()


def _names_a_record(part: Any) -> bool:
    return isinstance(part, dict) and part.get("name") == "record"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    signing.load(folder)
    Cursors.load(folder)
    return folder


def asked(runner, spec, keys: Path, folder: Path, number: int, seen: Counter[str]) -> int:
    """Ask a pair of worlds everything; how many requests that were."""
    pairs: list[tuple[World, Actor, set[str], World]] = []

    @seed(number)
    @settings(LAW, max_examples=3, phases=[Phase.generate], derandomize=False)
    @given(world=on_sheets, draw=st.data())
    def drawn(world: World, draw: st.DataObject) -> None:
        oneself = world.actors[2] if number % 5 == 1 and world.actors[2].is_citizen else world.actors[0]
        pairs.append((world, oneself, *beside(runner, spec, world, draw, oneself)))

    drawn()  # the first is always the least there is
    world, actor, hidden, other = pairs[-1]
    seen["citizens"] += actor.is_citizen
    cities = [
        runner.run(served.laid(each, actor, folder / str(place), keys)) for place, each in enumerate((world, other))
    ]
    own = [each.reference for each in world.records if each.custodian == _agency(actor)]
    requests, chance = unseen.of(world.records, own, sorted(hidden), random.Random(number)), random.Random(number)
    with served.serving(cities, actor.now) as asking:
        here, there = (Side(each) for each in asking)
        pages: list[tuple[str, str]] = []  # followed at once, or after others were asked and written
        for request in islice(requests, REQUESTS):
            told = here.ask(request)
            assert told == there.ask(request), (number, request)
            assert told[0] != 500, (number, request)
            seen[f"{request.method} {told[0]}"] += 1
            pages += [(here.next, there.next)] if here.next else []
            while pages and chance.random() < 0.7:
                mine, theirs = pages.pop(chance.randrange(len(pages)))
                told = here.ask(Request("GET", mine))
                assert told == there.ask(Request("GET", theirs)), (number, mine)
                seen[f"page {told[0]}"] += 1
                pages += [(here.next, there.next)] if here.next else []
    seen["differ"] += bool(hidden)
    return REQUESTS


def _agency(actor: Actor) -> str:
    return actor.organization or f"Organization/{EMPLOYERS.get(actor.person.rpartition('/')[2], 'a')}"


def test_requests_of_every_kind_are_answered_as_if_the_unseen_were_not_there(
    runner, spec, keys: Path, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    for number in range(10):
        asked(runner, spec, keys, tmp_path / str(number), number, seen)
    assert seen["differ"] > 7, seen
    assert min(seen[each] for each in ("GET 200", "GET 404", "PUT 200", "POST 201", "DELETE 204")) > 5, seen
    assert seen["page 200"] > 20, seen


@pytest.mark.prove
@pytest.mark.proof("two-worlds", 50_000)
def test_however_many_requests_are_asked_none_tells_of_the_unseen(
    runner, spec, keys: Path, tmp_path: Path, proof: Proof
) -> None:
    seen: Counter[str] = Counter()
    while proof.goes_on:
        number = 1_000 + proof.reached
        proof.count(asked(runner, spec, keys, tmp_path / str(number), number, seen))
