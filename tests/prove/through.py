"""A pytest plugin: which test goes through which line of what is mutated, and how long each takes.

docs/testing.md, "Mutation". It tells of each file of tests as soon as that is over. What functions keep of their
answers is forgotten before each test, which else would not go through them; what a shared fixture goes through is told
of who first asked.
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

from tests.prove import in_place, mutants, passed
from tests.prove.mutants import MUTATED, ROOT

TOLD = "TSUNAGU_TEST_THROUGH"
"""The setting that names the folder to write to. A file of it is JSON, named by `passed.told_in`: `tests` that passed,
the `seconds` of each, who goes through `lines`, and what the `sources` said."""


class Through:
    """Of each line a number whose bits are the tests through it, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = {file: passed.digest(ROOT / file) for file in mutants.files()}
        self.seen = coverage.Coverage(data_file=None, config_file=False, include=[f"{ROOT}/{each}" for each in MUTATED])
        self.seen.set_option("run:disable_warnings", ["no-data-collected"])
        self._begin()

    def _begin(self) -> None:
        self.tests: list[str] = []
        self.seconds: list[float] = []
        self.failed: set[str] = set()

    def pytest_sessionstart(self) -> None:
        self.seen.start()

    def pytest_collection_finish(self) -> None:
        self.keeping = in_place.keeping()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        for each in self.keeping:
            each.cache_clear()
        began = time.process_time()
        self.seen.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.seen.switch_context("")
            self.tests.append(item.nodeid)
            self.seconds.append(round(time.process_time() - began, 3))
            if nextitem is None or nextitem.path != item.path:
                self._tell(item.path)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One that fails, or is skipped, sees nothing."""
        if not report.passed:
            self.failed.add(report.nodeid)

    def _tell(self, tested: Path) -> None:
        self.seen.stop()
        lines = self._lines()
        self.seen.erase()
        seconds = [-1.0 if test in self.failed else took for test, took in zip(self.tests, self.seconds, strict=True)]
        told = {"tests": self.tests, "seconds": seconds, "lines": lines, "sources": self.sources}
        written = self.folder / f".{os.getpid()}"
        written.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        written.replace(self.folder / passed.told_in(tested))
        self._begin()
        self.seen.start()

    def _lines(self) -> dict[str, str]:
        bits = {test: 1 << place for place, test in enumerate(self.tests) if test not in self.failed}
        lines: defaultdict[str, int] = defaultdict(int)
        data = self.seen.get_data()
        for file in data.measured_files():
            for number, tests in data.contexts_by_lineno(file).items():
                for test in tests:
                    lines[f"{file.removeprefix(f'{ROOT}/')}:{number}"] |= bits.get(test, 0)
        return {at: f"{through:x}" for at, through in lines.items() if through}


def pytest_configure(config: pytest.Config) -> None:
    if folder := os.environ.get(TOLD):
        config.pluginmanager.register(Through(Path(folder)))
