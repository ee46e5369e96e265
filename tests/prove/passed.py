"""Which tests to put to a mutant: those through its lines, one of every file before a second of any.

docs/testing.md, "Mutation". What was seen of a file of tests holds until that says something else. Of a source that
says something else by now it is only known which tests go through it; of a new one, nothing: any test may.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.prove import mutants
from tests.prove.mutants import ROOT, Mutant

_ANY = 0
"""The line that every change of a file is at."""


@functools.cache
def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.exists() else ""


def told_in(tested: Path) -> str:
    """The name of the file that tells of a file of tests."""
    return f"{tested.stem}-{digest(tested)}.json"


@dataclass(frozen=True, slots=True)
class Passed:
    """What each test took, and of each line of a file a number whose bits are the tests through it."""

    seconds: dict[str, float]
    lines: dict[str, dict[int, int]]

    @classmethod
    def read(cls, files: Iterable[Path]) -> Passed:
        """What several runs have told."""
        seconds: dict[str, float] = {}
        lines: dict[str, dict[int, int]] = {}
        now = set(mutants.files())
        for file in files:
            told = json.loads(file.read_text(encoding="utf-8"))
            already = len(seconds)
            seconds |= dict(zip(told["tests"], told["seconds"], strict=True))
            alike = {name for name, said in told["sources"].items() if said == digest(ROOT / name)}
            for at, bits in told["lines"].items():
                name, _, number = at.rpartition(":")
                line, of_file = int(number) if name in alike else _ANY, lines.setdefault(name, {})
                of_file[line] = of_file.get(line, 0) | int(bits, 16) << already
            every = (1 << len(told["tests"])) - 1
            for name in now - told["sources"].keys():
                of_file = lines.setdefault(name, {})
                of_file[_ANY] = of_file.get(_ANY, 0) | every << already
        return cls(seconds, lines)

    def through(self, mutant: Mutant) -> list[str]:
        """For what a module says when it is imported, the tests through any line of it."""
        if mutant.imported:
            return self.of_file(mutant.file)
        first, last = mutant.span
        lines = self.lines.get(mutant.file, {})
        return self._tests(through for at, through in lines.items() if at == _ANY or first <= at <= last)

    def of_file(self, file: str) -> list[str]:
        """The tests through any line of a file, and those of its own name, which may read what it says for itself; of
        the table of a package, through any line of that."""
        within = file.removesuffix("__init__.py")
        files = [name for name in self.lines if name.startswith(within)] if within != file else [file]
        through = self._tests(through for name in files for through in self.lines.get(name, {}).values())
        named = (test for test, took in self.seconds.items() if took >= 0 and not _far(_file(test), Path(file)))
        return list(dict.fromkeys([*through, *named]))

    def _tests(self, lines: Iterable[int]) -> list[str]:
        bits = 0
        for through in lines:
            bits |= through
        return [test for place, (test, took) in enumerate(self.seconds.items()) if bits >> place & 1 and took >= 0]

    def few(self, tests: Collection[str], most: float, mutated: str, before: Counter[str]) -> list[str]:
        """Those that there are seconds for: those `before` first, then those nearest to the file by name, then round by
        round, the quickest first. One that takes more than is left makes room for those after it."""
        rounds: Counter[str] = Counter()
        ordered = []
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            file = _file(test)
            rounds[file] += 1
            ordered.append((-before[test], _far(file, Path(mutated)), rounds[file], self.seconds[test], test))
        chosen: list[str] = []
        spent = 0.0
        for *_, seconds, test in sorted(ordered):
            if spent + seconds <= most or not chosen:
                spent += seconds
                chosen.append(test)
        return chosen


def _file(test: str) -> str:
    return test.partition("::")[0]


def _far(file: str, mutated: Path) -> int:
    """How far a file of tests is from a source by its name: of that very name, of one that begins so, of its folder's
    or in one of that name, of neither."""
    if file.endswith(f"/test_{mutated.stem}.py"):
        return 0
    if f"/test_{mutated.stem}" in file:
        return 1
    folder = mutated.parent.name
    return 2 if f"/test_{folder}" in file or f"/{folder}/test_" in file else 3
