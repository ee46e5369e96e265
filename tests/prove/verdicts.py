"""What became of the mutants of each file, as data that is kept: whoever runs the proof next asks again about those
files only that say something else by then, and about what no test has seen.

docs/testing.md, "Mutation". `verdicts.tsv` has a line for each file whose mutants were all judged: what it said, how
many there were, how many were seen, of how many that anybody could see. `survivors.tsv` names the others of them.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.prove import mutants

SURVIVED, KILLED, UNTOUCHED = "survived", "killed", "untouched"

_FOLDER = Path(__file__).parent
EQUIVALENT = _FOLDER / "equivalent.tsv"
"""Survivors that change nothing that anybody could see, each with its reason."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many mutants of a file there are, and what became of those that were not seen, by their names."""

    mutants: int
    unseen: Mapping[str, str]

    def share(self, alike: Collection[str]) -> tuple[int, int]:
        """How many were seen, of how many that anybody could see."""
        return self.mutants - len(self.unseen), self.mutants - sum(name in alike for name in self.unseen)


def read(folder: Path = _FOLDER) -> dict[str, Verdict]:
    """By file, of those that still say what they said."""
    unseen: dict[str, dict[str, str]] = {}
    for name, outcome in _lines(folder / "survivors.tsv"):
        unseen.setdefault(name.partition(":")[0], {})[name] = outcome
    now = set(mutants.files())
    return {
        file: Verdict(int(count), unseen.get(file, {}))
        for file, said, count, *_ in _lines(folder / "verdicts.tsv")
        if file in now and said == digest(file)
    }


def write(kept: Mapping[str, Verdict], folder: Path = _FOLDER) -> None:
    alike = equivalent()
    told, unseen = [], []
    for file, verdict in sorted(kept.items()):
        seen, of = verdict.share(alike)
        told.append(f"{file}\t{digest(file)}\t{verdict.mutants}\t{seen}\t{of}\n")
        unseen += [f"{name}\t{outcome}\n" for name, outcome in sorted(verdict.unseen.items())]
    (folder / "verdicts.tsv").write_text("".join(told), encoding="utf-8")
    (folder / "survivors.tsv").write_text("".join(unseen), encoding="utf-8")


def equivalent() -> dict[str, str]:
    return dict(_lines(EQUIVALENT))


@functools.cache
def digest(file: str) -> str:
    """Of what a file says; of its comments and of how it is laid out nothing."""
    return hashlib.sha256(ast.dump(mutants.parsed(file)).encode()).hexdigest()[:12]


def _lines(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
