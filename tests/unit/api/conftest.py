"""A town whose records are reached by calls of plain values, without any HTTP."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import orjson
import pytest

from api import clock as clocks
from api.clock import Clock
from api.cursor import Cursors
from api.dependencies import Dependencies
from api.documents import capability
from api.http import call, error_boundary
from api.http.answer import Answer
from api.http.call import Call
from api.routing import routes
from api.settings import Settings
from consent.actor import Actor
from profiles import load
from profiles.spec import Spec
from resources.store.open import opened
from resources.store.port import Store
from tests.laws.worlds import index
from tests.unit.consent.town import Json, Town

Found = Callable[[asyncio.Runner, Store, Spec], Town]


@dataclass(frozen=True, slots=True)
class Calling:
    """Asks as an entry of a Bundle would: a method, an address below the base, headers, a body."""

    town: Town
    on: Dependencies

    def ask(
        self, who: Actor, method: str, url: str, body: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        path, _, query = url.partition("?")
        found = routes.find(method, f"/{path}" if path else "")
        assert found is not None, url
        row, parts = found
        parameters: Sequence[tuple[str, str]] = parse_qsl(query, keep_blank_values=True)
        sent = dict(headers or {}) | ({"content-type": "application/fhir+json"} if body else {})
        content = call.given(orjson.dumps(body) if body else b"")
        asked = Call(method, parts, parameters, sent, content, who, self.on)

        async def answered() -> Answer:
            try:
                return await row.handler(asked)
            except Exception as fault:
                return error_boundary.refusal(fault, sent, asked.request)

        return self.town.run(answered())


@pytest.fixture
def calling(founding_today: Path, tmp_path: Path, spec: Spec) -> Iterator[Calling]:
    shutil.copytree(founding_today, tmp_path, dirs_exist_ok=True)
    with founded(tmp_path, spec, body_limit=4096, found=Town.of) as town:
        yield town


@contextmanager
def founded(
    folder: Path,
    spec: Spec,
    body_limit: int = 1_000_000,
    clock: Clock = clocks.system,
    found: Found = Town.founded,
) -> Iterator[Calling]:
    """A town of its own in a folder, where `found` has it."""
    settings = Settings(data=folder, body_limit=body_limit)
    store = opened(str(folder), clock)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = found(runner, store, spec)
            cursors = Cursors.load(folder / "keys")
            yield Calling(town, Dependencies(settings, spec, index(), town.gate, cursors, _metadata(body_limit)))
        finally:
            runner.run(store.close())


@cache
def _metadata(body_limit: int) -> bytes:
    return orjson.dumps(capability.statement(load.load(), index(), Settings(body_limit=body_limit)))
