"""Which tests to put to a mutant: those through its lines, one of every file before a second of any.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.prove.mutants import MODULE, Mutant


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
        for file in files:
            told = json.loads(file.read_text(encoding="utf-8"))
            already = len(seconds)
            seconds |= dict(zip(told["tests"], told["seconds"], strict=True))
            for at, bits in told["lines"].items():
                name, _, number = at.rpartition(":")
                of_file = lines.setdefault(name, {})
                of_file[int(number)] = of_file.get(int(number), 0) | int(bits, 16) << already
        return cls(seconds, lines)

    def through(self, mutant: Mutant) -> list[str]:
        """For what a module says when it is imported, the tests through any line of it."""
        lines = self.lines.get(mutant.file, {})
        first, last = (0, max(lines, default=0)) if mutant.function == MODULE else mutant.span
        bits = 0
        for number, through in lines.items():
            bits |= through if first <= number <= last else 0
        return [test for place, test in enumerate(self.seconds) if bits >> place & 1]

    def few(self, tests: Collection[str], most: float, named: str, before: Counter[str]) -> list[str]:
        """As many as there are seconds for: those `before` first, then those of the file's own name, then round by
        round, the quickest first."""
        rounds: Counter[str] = Counter()
        ordered = []
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            file = test.partition("::")[0]
            rounds[file] += 1
            ordered.append((-before[test], named not in test, rounds[file], self.seconds[test], test))
        chosen: list[str] = []
        spent = 0.0
        for *_, seconds, test in sorted(ordered):
            spent += seconds
            if spent > most and chosen:
                break
            chosen.append(test)
        return chosen
