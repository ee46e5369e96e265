"""A pytest plugin: which test goes through which line of what is mutated, and how long each takes.

docs/testing.md, "Mutation". What a shared fixture goes through is told of who first asked.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from tests.prove.mutants import MUTATED, ROOT

TOLD = "TSUNAGU_TEST_THROUGH"
"""The setting that names the file to write: JSON with `tests`, the `seconds` of each, and who goes through `lines`."""


class Through:
    """Of each line a number whose bits are the tests through it, in their order."""

    def __init__(self) -> None:
        self.tests: list[str] = []
        self.seconds: list[float] = []
        self.seen = coverage.Coverage(data_file=None, config_file=False, include=[f"{ROOT}/{each}" for each in MUTATED])

    def pytest_sessionstart(self) -> None:
        self.seen.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        began = time.process_time()
        self.seen.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.seen.switch_context("")
            self.tests.append(item.nodeid)
            self.seconds.append(round(time.process_time() - began, 3))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self.seen.stop()
        if exitstatus == 0:
            told = {"tests": self.tests, "seconds": self.seconds, "lines": self._lines()}
            Path(os.environ[TOLD]).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")

    def _lines(self) -> dict[str, str]:
        bits = {test: 1 << place for place, test in enumerate(self.tests)}
        lines: defaultdict[str, int] = defaultdict(int)
        data = self.seen.get_data()
        for file in data.measured_files():
            for number, tests in data.contexts_by_lineno(file).items():
                for test in tests:
                    lines[f"{file.removeprefix(f'{ROOT}/')}:{number}"] |= bits.get(test, 0)
        return {at: f"{through:x}" for at, through in lines.items() if through}


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get(TOLD):
        config.pluginmanager.register(Through())
