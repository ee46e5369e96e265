"""Which tests to put to a mutant: those through its lines, one of every file before a second of any.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.prove.mutants import MODULE, Mutant


@dataclass(frozen=True, slots=True)
class Passed:
    """What each test took, and the tests through each line of a file; `most` seconds are put to one mutant."""

    seconds: dict[str, float]
    files: dict[str, dict[int, frozenset[str]]]
    most: float

    @classmethod
    def read(cls, file: Path, most: float) -> Passed:
        told = json.loads(file.read_text(encoding="utf-8"))
        files: dict[str, dict[int, frozenset[str]]] = {}
        for at, bits in told["lines"].items():
            name, _, number = at.rpartition(":")
            through = (told["tests"][place] for place, bit in enumerate(reversed(f"{int(bits, 16):b}")) if bit == "1")
            files.setdefault(name, {})[int(number)] = frozenset(through)
        return cls(dict(zip(told["tests"], told["seconds"], strict=True)), files, most)

    def through(self, mutant: Mutant) -> list[str]:
        """For what a module says when it is imported, the tests through any line of it."""
        lines = self.files.get(mutant.file, {})
        first, last = (0, max(lines, default=0)) if mutant.function == MODULE else mutant.span
        found = [tests for number, tests in lines.items() if first <= number <= last]
        return self.few(frozenset[str]().union(*found), f"/test_{Path(mutant.file).stem}.py::")

    def few(self, tests: Iterable[str], named: str = "::") -> list[str]:
        """As many as there is time for: those of the file's own name first, then round by round, the quickest first."""
        rounds: Counter[str] = Counter()
        ordered = []
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            file = test.partition("::")[0]
            rounds[file] += 1
            ordered.append((named not in test, rounds[file], self.seconds[test], test))
        chosen: list[str] = []
        spent = 0.0
        for _, _, seconds, test in sorted(ordered):
            spent += seconds
            if spent > self.most and chosen:
                break
            chosen.append(test)
        return chosen
