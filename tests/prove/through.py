"""A pytest plugin: which test goes through which line of what is mutated, and how long each takes.

docs/testing.md, "Mutation". Threads are followed too. What a shared fixture goes through is told of who first asked.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

TOLD = "TSUNAGU_TEST_THROUGH"
"""The setting that names the file to write: JSON with `tests`, the `seconds` of each, and who goes through `lines`."""

ROOT = Path(__file__).parents[2]
_FLOORS = (f"{ROOT}/consent/", f"{ROOT}/resources/search/predicate")


class Through:
    """Of each line a number whose bits are the tests through it, in their order."""

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.seconds: list[float] = []
        self.lines: defaultdict[str, int] = defaultdict(int)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        seen: set[tuple[str, int]] = set()

        def line(frame: FrameType, event: str, arg: Any) -> Any:
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame: FrameType, event: str, arg: Any) -> Any:
            return line if frame.f_code.co_filename.startswith(_FLOORS) else None

        began = time.process_time()
        threading.settrace(call)
        sys.settrace(call)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            bit = 1 << len(self.tests)
            self.tests.append(item.nodeid)
            self.seconds.append(round(time.process_time() - began, 3))
            for file, number in seen:
                self.lines[f"{file.removeprefix(f'{ROOT}/')}:{number}"] |= bit

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == 0:
            lines = {at: f"{bits:x}" for at, bits in self.lines.items()}
            told = {"tests": self.tests, "seconds": self.seconds, "lines": lines}
            Path(os.environ[TOLD]).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(TOLD):
        config.pluginmanager.register(Through())
