"""Judges mutants, each in a child of its own: the tests that go through what is changed pass (survived), or one fails.
What survives them is put to the scenarios that go through it, which are served in the child.

docs/testing.md, "Mutation". The children are forked from a process that has loaded everything, has collected every
test and has run none; it has no store and no thread. Where a mutant cannot be put into what is loaded (`in_place.py`),
its child forgets what of ours is, and loads it anew.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.prove import mutants, verdicts, warmed
from tests.prove.in_place import Called, Loaded
from tests.prove.mutants import Mutant
from tests.prove.passed import Passed
from tests.prove.verdicts import KILLED, SURVIVED, UNTOUCHED

_EARLY = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Libraries are loaded before pytest could look at them."""

_WORDS = ("-q", "-x", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tests.prove.served_here", *_EARLY)
_OURS = frozenset({"api", "consent", "demo", "profiles", "resources", "tests"})
_SCENARIOS = "tests/features/", "tests/http/"
_SERVED = 3.0
"""Seconds of the processor for a server of their own."""
_NEAREST = 2
"""So many files of tests go before the others where they are loaded anew, which costs more than to run them."""
Put = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which mutants of which files, until what time of the clock; what is told of the tests, which of them are left
    out, and for how many seconds of the processor at most they are run, and the scenarios after them."""

    files: dict[str, list[str]]
    until: float
    passed: list[str]
    but: str
    most: float
    most_scenarios: float
    told: str


class Judging:
    """A pytest plugin that judges in place of running what was collected."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.passed = asked, Passed.read(Path(file) for file in asked.passed)
        self.called = Called()
        self.killers: Counter[tuple[str, str]] = Counter()
        self._remember()
        self.sound: set[str] = set()
        self.running, self.telling = "", -1

    def _remember(self) -> None:
        """Which tests saw what in the runs before: what a test survives, one that saw its neighbour sees."""
        told = Path(self.asked.told)
        for line in told.read_text(encoding="utf-8").splitlines() if told.exists() else ():
            said = json.loads(line)
            if said["by"] in self.passed.seconds:
                self._saw(said["file"], said["name"].split(":")[1], said["by"])

    def _saw(self, file: str, function: str, by: str) -> None:
        self.killers[file, by] += 1
        self.killers[f"{file}:{function}", by] += 50

    def tested(self) -> list[str]:
        """The files of the tests that go through a line of what is asked about; no other need be loaded."""
        return sorted({test.partition("::")[0] for file in self.asked.files for test in self.passed.of_file(file)})

    def pytest_sessionstart(self) -> None:
        warmed.law()
        self.called.begin()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self) -> None:
        self.called.end()
        self.loaded = Loaded(self.called)
        warmed.town()
        self.loaded.forget()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        assert threading.active_count() == 1
        self.items = {item.nodeid: item for item in session.items}
        for file, names in self.asked.files.items():
            for mutant, tree in mutants.trees(file):
                if mutant.name not in names:
                    continue
                if time.time() >= self.asked.until:
                    return True
                self._judged(mutant, self.loaded.putting(file, tree))
        return True

    def _judged(self, mutant: Mutant, put: Put) -> None:
        outcome, by, began = UNTOUCHED, "", _spent()
        for scenarios, most in ((False, self.asked.most), (True, self.asked.most_scenarios)):
            while through := [test for test in self._through(mutant) if test.startswith(_SCENARIOS) == scenarios]:
                outcome, by = self._tested(mutant, put, self._few(mutant, through, most))
                if not by or self._sound(by):
                    break
                # It fails alone, whatever is changed.
                del self.items[by]
            if outcome == KILLED:
                break
        if by:
            self._saw(mutant.file, mutant.function, by)
        self._tell(mutant, outcome, by, "put in place" if put else "loaded anew", began)

    def _through(self, mutant: Mutant) -> list[str]:
        return [test for test in self.passed.through(mutant) if test in self.items]

    def _tell(self, mutant: Mutant, outcome: str, by: str, how: str, began: float) -> None:
        """At once, and with the seconds of the processor that it took."""
        said = {"file": mutant.file, "digest": verdicts.digest(mutant.file), "name": mutant.name, "outcome": outcome}
        said |= {"by": by, "how": how, "seconds": f"{_spent() - began:.2f}"}
        with Path(self.asked.told).open("a", encoding="utf-8") as telling:
            print(json.dumps(said, ensure_ascii=False), file=telling)

    def _few(self, mutant: Mutant, through: list[str], most: float) -> list[str]:
        places = mutant.file, f"{mutant.file}:{mutant.function}"
        before = Counter({test: sum(self.killers[place, test] for place in places) for test in through})
        return self.passed.few(through, most, mutant.file, before)

    def _tested(self, mutant: Mutant, put: Put, tests: list[str]) -> tuple[str, str]:
        if put:
            return self._child(self._lasting(tests), lambda: self._in_place(put, tests))
        outcome, files = SURVIVED, list(dict.fromkeys(test.partition("::")[0] for test in tests))
        for some in (files[:_NEAREST], files[_NEAREST:]):
            chosen = [test for test in tests if test.partition("::")[0] in some]
            if chosen and outcome == SURVIVED:
                outcome, _ = self._child(self._lasting(chosen) + 5, partial(self._afresh, mutant, chosen))
        return outcome, ""

    def _lasting(self, tests: list[str]) -> float:
        return sum(self.passed.seconds[test] + _SERVED * test.startswith(_SCENARIOS) for test in tests)

    def _sound(self, test: str) -> bool:
        if test not in self.sound and self._child(9, lambda: self._in_place(None, [test]))[0] == SURVIVED:
            self.sound.add(test)
        return test in self.sound

    def _child(self, seconds: float, work: Callable[[], int]) -> tuple[str, str]:
        """What the tests say. A child that ends otherwise than with all passed has seen it."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            reading, self.telling = os.pipe()
            child = os.fork()
            if not child:
                self._pass_or_fail(folder, seconds, work)
            os.close(self.telling)
            _, status = os.waitpid(child, 0)
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(status)
            by = os.read(reading, 4096).decode() if code == 1 else ""
            os.close(reading)
        return (KILLED if code else SURVIVED), by

    def _pass_or_fail(self, folder: str, seconds: float, work: Callable[[], int]) -> None:
        """Within the child, the first of a group of processes: a server that outlives it is ended with the group."""
        try:
            os.setpgid(0, 0)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = folder
            allowed = int(2 * seconds + 8)
            resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
            signal.alarm(int(10 * seconds + 60))
            os._exit(work())
        finally:
            os._exit(99)

    def _in_place(self, put: Put, tests: Sequence[str]) -> int:
        if put:
            put()
        items = [self.items[test] for test in tests]
        for item, after in zip(items, [*items[1:], None], strict=True):
            self.running = item.nodeid
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        return 0

    def _afresh(self, mutant: Mutant, words: Sequence[str]) -> int:
        kept = {"tests", "tests.prove"} | {name for name in sys.modules if name.startswith("tests.prove.")}
        for name in [name for name in sys.modules if name.partition(".")[0] in _OURS and name not in kept]:
            del sys.modules[name]
        from tests.prove import mutated

        mutated.put(mutant)
        return 2 * bool(pytest.main([*_WORDS, *words]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Within the child: one that fails is enough."""
        if report.failed:
            os.write(self.telling, self.running.encode())
            os._exit(1)


def _spent() -> float:
    """The seconds of the processor that children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(asked: Path) -> int:
    judging = Judging(Asked(**json.loads(asked.read_text(encoding="utf-8"))))
    words = [word for word in _WORDS if word != "-x"]
    return int(pytest.main([*words, "-k", judging.asked.but, *judging.tested()], plugins=[judging]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
