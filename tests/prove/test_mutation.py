"""Mutation: nearly every small change to the policy and to its predicates is seen by a test that goes through it.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from consent import rules
from tests import proofs
from tests.proofs import Proof
from tests.prove import mutants, through
from tests.prove.judging import KILLED, SURVIVED
from tests.prove.mutants import ROOT, Mutant
from tests.prove.passed import Passed
from tests.prove.test_rule_removal import DUTIES, PERMITS, RESTRICTIONS, STANDING

CHOSEN = os.environ.get("TSUNAGU_PROVE_MUTATED", "*")
"""Which files, as in `consent/rules/*`."""

SEED = os.environ.get("TSUNAGU_PROVE_SEED", "1")
"""In which order the mutants are judged, and so which of them in the time there is."""

EQUIVALENT = ROOT / "tests" / "prove" / "equivalent.tsv"
"""Survivors that change nothing that anybody could see, each with its reason."""

FLOOR = 0.6
"""Less than this is a fault; what the last long run came to stands in docs/testing.md."""

SECONDS = 30.0
"""So much of the processor is put to one mutant at most."""

TESTS = (
    "tests/unit/consent",
    "tests/unit/resources/search",
    "tests/laws/test_consents.py",
    "tests/laws/test_predicate_readings.py",
)
ELSEWHERE = "not mongo"
"""Left out: what asks another process."""

RULES = {
    module.__name__.rpartition(".")[2]: tags
    for module in (*rules.PERMITS, *rules.RESTRICTIONS)
    for id, tags in (PERMITS | RESTRICTIONS).items()
    if id.partition(":")[0] == module.ID
}
"""The tags of the scenarios of a ground or restriction, by its module."""

CACHE = ROOT / "build" / "mutation"
_FOUND = tuple(mutant for file in mutants.files() if fnmatch.fnmatch(file, CHOSEN) for mutant in mutants.of_file(file))
PROOF = pytest.mark.proof("mutation", len(_FOUND))


def test_every_mutant_can_be_made_and_has_a_name_of_its_own() -> None:
    found = list(mutants.of_file("consent/rules/carrying_out.py"))
    assert len({mutant.name for mutant in found}) == len(found) > 50
    written = (ROOT / found[0].file).read_text(encoding="utf-8")
    for mutant in found:
        compile(mutants.tree(mutant), mutant.file, "exec")
    assert (ROOT / found[0].file).read_text(encoding="utf-8") == written


def test_a_changed_module_is_imported_as_the_mutant_has_it_and_nothing_else_is() -> None:
    """In a process of its own, which it spoils."""
    said = (
        "from tests.prove import mutants, mutated\n"
        "found = mutants.of_file('consent/sharing.py')\n"
        "mutated.put(next(found))\n"
        "import consent.sharing, consent.rules\n"
        "assert type(consent.sharing.__spec__.loader) is not type(consent.rules.__spec__.loader)\n"
    )
    subprocess.run([sys.executable, "-c", said], cwd=ROOT, check=True)


def test_every_equivalent_mutant_is_one_and_has_a_reason() -> None:
    told = _equivalent()
    named = {mutant.name for file in mutants.files() for mutant in mutants.of_file(file)} if told else set()
    assert told.keys() <= named, told.keys() - named
    assert all(len(reason) > 20 for reason in told.values())


@PROOF
@pytest.mark.prove
def test_nearly_every_mutant_is_seen(proof: Proof, tmp_path: Path) -> None:
    """Within TSUNAGU_PROVE_SECONDS, or its share of them; PROOF=mutation alone is no reason to go on for hours."""
    until = min(proof.until, time.monotonic() + proofs.SECONDS)
    passed = _passed_through(tmp_path)
    drawn = random.Random(SEED).sample(_FOUND, len(_FOUND))
    cores = os.cpu_count() or 1
    plain = {"mutant": None, "tests": passed.few(passed.seconds), "seconds": SECONDS, "tags": ["P2", "R5"]}
    running, told = [], [tmp_path / f"told-{number}" for number in range(cores)]
    for number in range(cores):
        asked = [plain, *(_asked(mutant, passed) for mutant in drawn[number::cores])]
        file = tmp_path / f"asked-{number}"
        file.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in asked), encoding="utf-8")
        words = [str(file), str(told[number]), str(time.time() + until - time.monotonic())]
        running.append(subprocess.Popen([sys.executable, "-m", "tests.prove.judging", *words], cwd=ROOT))
    assert [each.wait() for each in running] == [0] * cores
    judged = [json.loads(line) for file in told for line in file.read_text(encoding="utf-8").splitlines()]
    assert all(each["outcome"] == SURVIVED for each in judged if not each["name"]), "the tests fail as it is"
    _tell(proof, [each for each in judged if each["name"]])


def _tell(proof: Proof, judged: list[dict[str, str]]) -> None:
    alike = _equivalent()
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in judged:
        seen[each["file"]]["equivalent" if each["name"] in alike else each["outcome"]] += 1
    lines = [f"{_share(found)}  {file}  {dict(found)}" for file, found in sorted(seen.items())]
    whole = sum(seen.values(), Counter[str]())
    lines.append(f"{_share(whole)}  of all  {dict(whole)}")
    lines += sorted(f"{each['outcome']} {each['at']}" for each in judged if each["outcome"] != KILLED)
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / "told.txt").write_text("\n".join((*lines, "")), encoding="utf-8")
    proof.count(len(judged))
    print("\n".join(lines))
    assert whole[KILLED] >= FLOOR * (whole.total() - whole["equivalent"]), "\n".join(lines)


def _share(found: Counter[str]) -> str:
    of = found.total() - found["equivalent"]
    return f"{found[KILLED] / of:4.0%} of {of:5}" if of else "nothing   "


def _equivalent() -> dict[str, str]:
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines()
    return {name: reason for name, _, reason in (line.partition("\t") for line in lines)}


def _asked(mutant: Mutant, passed: Passed) -> dict[str, Any]:
    chosen = passed.through(mutant)
    seconds = sum(passed.seconds[test] for test in chosen)
    return {"mutant": asdict(mutant), "tests": chosen, "seconds": seconds, "tags": sorted(_tags(mutant.file))}


def _tags(file: str) -> set[str]:
    """The tags of the scenarios that show the rule, duties or kind of evidence of a file."""
    folder, stem = Path(file).parent.name, Path(file).stem
    if folder == "rules":
        return set(RULES.get(stem, ()))
    of: Mapping[str, tuple[str, ...]] = DUTIES if folder == "duties" else STANDING if folder == "standing" else {}
    return {tag for name, tags in of.items() for tag in tags if stem in name.split(".")}


def _passed_through(folder: Path) -> Passed:
    """Which test goes through what: seen once for this state of the code, and kept."""
    file = CACHE / f"through-{_state()}.json"
    if not file.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        words = ["-q", "-x", "-p", "tests.prove.through", "-p", "no:cacheprovider", "-k", ELSEWHERE, *TESTS]
        environment = os.environ | {through.TOLD: str(folder / "through"), "PROOF": ""}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert ended.returncode == 0, ended.stdout[-3000:]
        file.write_bytes((folder / "through").read_bytes())
    return Passed.read(file, SECONDS)


def _state() -> str:
    """Of everything the map tells of."""
    digest = hashlib.sha256()
    for each in sorted(_sources()):
        digest.update(each.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for folder in ("consent", "resources", "tests/unit", "tests/laws", "tests/world"):
        yield from (ROOT / folder).rglob("*.py")
