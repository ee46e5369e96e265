"""Scenarios of some rules, played in a process of their own against a server without one of them.

docs/testing.md. Without a rule they are played until the first that fails at its outcome.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.prove.telling import CITY, TOLD, WITHOUT

ROOT = Path(__file__).parents[2]
FEATURES = ROOT / "tests" / "features"


@dataclass(frozen=True, slots=True)
class Failure:
    """The step at which a scenario failed; `kind` is given, when or then."""

    scenario: str
    kind: str
    step: str


@dataclass(frozen=True, slots=True)
class Narration:
    """What became of some scenarios: how many were played, and which failed."""

    played: int
    failures: tuple[Failure, ...]
    said: str


def play(tags: Iterable[str], rule: str, folder: Path) -> Narration:
    """Play the scenarios with one of these tags in a process of their own, against a server without this rule."""
    told = {feature.name: set(feature.read_text(encoding="utf-8").split()) for feature in FEATURES.glob("*.feature")}
    there = sorted(tag for tag in tags if any(f"@{tag}" in words for words in told.values()))
    if not there:
        return Narration(0, (), "")
    telling = [feature for feature, words in told.items() if any(f"@{tag}" in words for tag in there)]
    # What no such feature is played by need not be loaded.
    modules = (file for file in sorted(FEATURES.glob("test_*.py")))
    played = [file for file in modules if any(f'"{each}"' in file.read_text(encoding="utf-8") for each in telling)]
    story = folder / "story.jsonl"
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "tests.prove.telling", "-p", "no:cacheprovider"),
            *("-m", " or ".join(there), "--basetemp", str(folder / "played"), *map(str, played)),
        ],
        cwd=ROOT,
        # What is played within a proof is none.
        env=os.environ | {WITHOUT: rule, TOLD: str(story), CITY: str(folder.parent / "city"), "PROOF": ""},
        capture_output=True,
        text=True,
        timeout=600,
    )
    lines = [json.loads(line) for line in story.read_text().splitlines()] if story.exists() else []
    failures = tuple(Failure(**line) for line in lines if line["kind"])
    said = ended.stdout[-4000:] + ended.stderr[-2000:]
    assert ended.returncode in (0, 1), said
    assert bool(failures) == (ended.returncode == 1), said
    return Narration(sum(not line["kind"] for line in lines), failures, said)
