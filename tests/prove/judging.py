"""Judges mutants, each in a child of its own: the tests that go through what is changed pass (survived), or one fails.
What survives them is put to the scenarios of its rule, against a server that has it.

docs/testing.md, "Mutation". A child is forked where the libraries are loaded and nothing of ours is: no store, no
thread and no module that could know the function as it was written.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import hypothesis
import pytest

from tests.prove import mutated
from tests.prove.mutants import Mutant

SURVIVED, KILLED, UNTOUCHED = "survived", "killed", "untouched"
PATIENCE = 240
"""Seconds after which a child is taken for one that waits for what never comes."""

_LOADING = ("consent.gate", "api.app", "tests.unit.consent.town", "tests.laws.worlds", "tests.laws.oracle")
"""Between them they load every library."""

_OURS = ("api", "consent", "demo", "resources", "tests")
_EARLY = "ignore::pytest.PytestAssertRewriteWarning"
"""Libraries are loaded before pytest could look at them."""

_WORDS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", _EARLY)


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutant, or the policy as it is, with the tests to put to it, the seconds of the processor these take, and the
    tags of the scenarios that come after them."""

    mutant: Mutant | None
    tests: tuple[str, ...]
    seconds: float
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    name: str
    at: str
    file: str
    outcome: str


def main(asked: Path, told: Path, until: float) -> None:
    """Judge what is asked, line by line, until this time of the clock; tell of each as it is judged."""
    load()
    with told.open("a", encoding="utf-8") as telling:
        for line in asked.read_text(encoding="utf-8").splitlines():
            if time.time() >= until:
                return
            given = json.loads(line)
            mutant = Mutant(**given["mutant"]) if given["mutant"] else None
            outcome = judge(Asked(mutant, tuple(given["tests"]), given["seconds"], tuple(given["tags"])))
            said = Judged(mutant.name, mutant.at, mutant.file, outcome) if mutant else Judged("", "", "", outcome)
            print(json.dumps(asdict(said), ensure_ascii=False), file=telling, flush=True)


def load() -> None:
    """Load the libraries, and forget what of ours was loaded with them."""
    for name in _LOADING:
        importlib.import_module(name)
    kept = {"tests", "tests.prove"} | {name for name in sys.modules if name.startswith("tests.prove.")}
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS and name not in kept]:
        del sys.modules[name]
    # What a mutant breaks is not made small: that it broke is enough.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", phases=phases, database=None)
    hypothesis.settings.load_profile("mutants")
    gc.freeze()


def judge(asked: Asked) -> str:
    """What the tests say, and then the scenarios. A child that ends otherwise than with all passed has seen it."""
    if not asked.tests and not asked.tags:
        return UNTOUCHED
    if asked.tests and not _passes(asked.mutant, asked.seconds, asked.tests):
        return KILLED
    played = ("-p", "tests.prove.mutated_server", "-m", " or ".join(asked.tags), "tests/features")
    return KILLED if asked.tags and not _passes(asked.mutant, 60, played) else SURVIVED


def _passes(mutant: Mutant | None, seconds: float, words: Sequence[str]) -> bool:
    assert threading.active_count() == 1
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        child = os.fork()
        if not child:
            _pass_or_fail(mutant, seconds, [*_WORDS, f"--basetemp={folder}/tests", *words])
        _, status = os.waitpid(child, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status) == 0


def _pass_or_fail(mutant: Mutant | None, seconds: float, words: list[str]) -> None:
    """Within the child, the first of a group of processes: a server that outlives it is ended with the group."""
    try:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        allowed = int(3 * seconds + 30)
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, allowed))
        signal.alarm(PATIENCE)
        if mutant:
            mutated.put(mutant)
            os.environ[mutated.PUT] = json.dumps(asdict(mutant))
        os._exit(pytest.main(words))
    finally:
        os._exit(99)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
