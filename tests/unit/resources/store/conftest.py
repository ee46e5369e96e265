"""A fresh store of each kind, and a loop to ask it on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from uuid import uuid4

import pytest

from resources.store.open import opened
from resources.store.port import Store


@pytest.fixture
def server(mongodb: str) -> str:
    return mongodb


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(params=["sqlite", "mongo"])
def address(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite://{request.getfixturevalue('tmp_path')}/store"
    return f"{request.getfixturevalue('server')}/t{uuid4().hex}"


@pytest.fixture
def store(address: str, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> Iterator[Store]:
    store = opened(address)
    run(store.open())
    yield store
    run(store.close())


@pytest.fixture(scope="module")
def module_run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    with asyncio.Runner() as runner:
        yield runner.run
