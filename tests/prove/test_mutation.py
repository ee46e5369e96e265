"""Mutation: nearly every small change to the policy and to its predicates is seen by a test that goes through it.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import fnmatch
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from tests import proofs
from tests.proofs import Proof
from tests.prove import drawn, mutants, passed, through, verdicts
from tests.prove.judging import Asked
from tests.prove.mutants import ROOT
from tests.prove.passed import Passed
from tests.prove.verdicts import KILLED, Verdict

CHOSEN = os.environ.get("TSUNAGU_PROVE_MUTATED", "*")
"""Which files, as in `consent/rules/*`."""

FLOOR = 0.9
"""Less than this is a fault; what was reached stands in `verdicts.tsv` and in docs/testing.md."""

SECONDS, SCENARIOS = 10.0, 5.0
"""So much of the processor is put to one mutant at most by tests, and then by scenarios."""

TESTS = (
    "tests/unit/consent",
    "tests/unit/resources/search",
    "tests/unit/api/operations",
    "tests/laws",
    "tests/http",
    "tests/features",
)
ELSEWHERE = "not mongo"
"""Left out: what asks another process. Of files those too that launch one."""

CACHE = ROOT / "build" / "mutation"
JUDGED = CACHE / "judged.jsonl"
"""Every outcome as it came, so that a run which was stopped is gone on with."""


@cache
def found() -> dict[str, list[str]]:
    """The names of the mutants of each file."""
    chosen = [file for file in mutants.files() if fnmatch.fnmatch(file, CHOSEN)]
    return {file: [each.name for each in mutants.of_file(file)] for file in chosen}


def how_many() -> int:
    return sum(map(len, drawn.of(found()).values()))


PROOF = pytest.mark.proof("mutation", how_many)


def test_every_mutant_can_be_made_and_has_a_name_of_its_own() -> None:
    file = "consent/rules/carrying_out.py"
    written = (ROOT / file).read_text(encoding="utf-8")
    told = set()
    for mutant, changed in mutants.trees(file):
        compile(changed, file, "exec")
        told.add(mutant.name)
        last = mutant
    assert len(told) == last.number + 1 > 50
    assert (ROOT / file).read_text(encoding="utf-8") == written


def test_what_a_class_says_of_itself_is_said_when_its_module_is_imported() -> None:
    said = {each.said: each for each in mutants.of_file("consent/fund_account.py")}
    of_class, of_function = said["`False` -> `True`"], said["`_ADVISER in each` -> `_ADVISER not in each`"]
    assert (of_class.function, of_class.imported) == ("Bearing", True)
    assert not of_function.imported
    own = "tests/unit/consent/test_fund_account.py::c"
    through = Passed({"a": 1.0, "b": 1.0, own: 1.0}, {"consent/fund_account.py": {of_function.span[0]: 2, 1: 1}})
    assert through.through(of_class) == ["a", "b", own], "a test of its own name may read it, whatever it goes through"
    assert through.through(of_function) == ["b"]


def test_a_changed_module_is_imported_as_the_mutant_has_it_and_nothing_else_is() -> None:
    """In a process of its own, which it spoils."""
    _said_elsewhere(
        "found = mutants.of_file('consent/views/sharing.py')\n"
        "mutated.put(next(found))\n"
        "import consent.views.sharing, consent.rules\n"
        "assert type(consent.views.sharing.__spec__.loader) is not type(consent.rules.__spec__.loader)\n"
    )


def test_a_loaded_function_does_as_the_mutant_has_it_unless_it_was_called_before() -> None:
    """In a process of its own, which it spoils."""
    _said_elsewhere(
        "from tests.prove.in_place import Called, Loaded\n"
        "called = Called()\n"
        "called.begin()\n"
        "from consent import monthly\n"
        "from consent.secrecy import choosing\n"
        "called.end()\n"
        "loaded = Loaded(called)\n"
        "file = 'consent/secrecy/choosing.py'\n"
        "put = [loaded.changed(file, tree) for _, tree in mutants.trees(file)]\n"
        "assert any(put) and all(f.__code__ != code for each in put for f, code in each)\n"
        "_, first = next(mutants.trees('consent/vocabulary.py'))\n"
        "assert not loaded.putting('consent/vocabulary.py', first)\n"
    )


def test_what_a_module_says_for_itself_is_said_anew_with_all_that_rests_on_it() -> None:
    """In a process of its own, which it spoils."""
    _said_elsewhere(
        "from consent.rules import carrying_out as module\n"
        "from tests.prove import said_anew\n"
        "file = 'consent/rules/carrying_out.py'\n"
        "before, opened = module._ROLES, module._ABOUT\n"
        "told = [(mutant, said_anew.putting(file, tree, ())) for mutant, tree in mutants.trees(file)]\n"
        "assert all((put is not None) == (mutant.function == '<module>' and '`\\'P13' not in mutant.said)\n"
        "           for mutant, put in told), [mutant.said for mutant, _ in told]\n"
        "dict((mutant.said, put) for mutant, put in told)['`\\'CareTeam\\'` -> `\\'CareTeam-not\\'`']()\n"
        "assert module._ROLES != before and module._ABOUT != opened and module._ROLES in module._ABOUT.parts\n"
        "early = [n for n, line in enumerate(open(module.__file__), 1) if line.startswith('def rules')]\n"
        "_, tree = next(each for each in mutants.trees(file) if each[0].said.startswith('`\\'CarePlan'))\n"
        "assert said_anew.putting(file, tree, early) is None\n"
    )


def _said_elsewhere(said: str) -> None:
    subprocess.run([sys.executable, "-c", f"from tests.prove import mutants, mutated\n{said}"], cwd=ROOT, check=True)


def test_every_equivalent_mutant_is_one_and_has_a_reason() -> None:
    told = verdicts.equivalent()
    named = {each.name for file in {name.partition(":")[0] for name in told} for each in mutants.of_file(file)}
    assert told.keys() <= named, told.keys() - named
    assert all(len(reason) > 20 for reason in told.values())


def test_a_verdict_is_kept_until_its_file_says_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {
        "consent/secrecy/card.py": Verdict(9, {"consent/secrecy/card.py:f: x": "survived"}),
        "consent/reading/page.py": Verdict(3, {}),
    }
    verdicts.write(kept, tmp_path)
    assert verdicts.read(tmp_path) == kept
    assert kept["consent/secrecy/card.py"].share({"consent/secrecy/card.py:f: x"}) == (8, 8)
    file = tmp_path / "verdicts.tsv"
    told = file.read_text(encoding="utf-8")
    file.write_text(told.replace(verdicts.digest("consent/reading/page.py"), "of-another"), encoding="utf-8")
    assert verdicts.read(tmp_path).keys() == {"consent/secrecy/card.py"}


def test_what_is_drawn_is_some_of_each_kind_and_the_same_for_a_seed() -> None:
    found = {file: [f"{file}:{number}" for number in range(100)] for file in ("a", "b", "c")}
    assert drawn.of(found, 0) == found
    some = drawn.of(found, 90, "1")
    assert sum(map(len, some.values())) == 90
    assert all(10 < len(names) < 60 for names in some.values())
    assert some == drawn.of(found, 90, "1") != drawn.of(found, 90, "2")
    assert drawn.at_least(960, 1000) == pytest.approx(0.9486, abs=1e-3)
    assert drawn.at_least(0, 0) == 0


@PROOF
@pytest.mark.prove
def test_nearly_every_mutant_is_seen(proof: Proof, tmp_path: Path) -> None:
    """Within TSUNAGU_PROVE_SECONDS, or its share of them; PROOF=mutation alone is no reason to go on for hours."""
    until = time.time() + min(proof.until - time.monotonic(), proofs.SECONDS)
    kept, told = verdicts.read(), _told()
    asked = {
        file: [name for name in names if _is_asked(name, told.get(name, ""), kept.get(file))]
        for file, names in drawn.of(found()).items()
    }
    _judge({file: names for file, names in asked.items() if names}, until, tmp_path)
    told |= _told()
    for file, names in found().items():
        before = {name: kept[file].unseen.get(name, KILLED) for name in names} if file in kept else {}
        now = before | {name: told[name] for name in names if name in told}
        if len(now) == len(names):
            kept[file] = Verdict(len(names), {name: outcome for name, outcome in now.items() if outcome != KILLED})
    verdicts.write(kept)
    if drawn.MANY:
        _tell_drawn(proof, told, kept)
    else:
        _tell(proof, kept)


def _is_asked(name: str, told: str, kept: Verdict | None) -> bool:
    """Of a file that has its verdict, what was not seen: the test that it asked for may be there by now."""
    if kept:
        return name in kept.unseen and name not in verdicts.equivalent()
    return (told != KILLED and name not in verdicts.equivalent()) or not told


def _tell(proof: Proof, kept: Mapping[str, Verdict]) -> None:
    alike = verdicts.equivalent()
    shares = {file: kept[file].share(alike) for file in found() if file in kept}
    lines = [f"{seen}/{of}  {file}" for file, (seen, of) in shares.items()]
    seen, of = (sum(each) for each in zip((0, 0), *shares.values(), strict=True))
    lines.append(
        f"{seen}/{of} = {seen / max(of, 1):.1%} of {len(shares)} files; {len(found()) - len(shares)} not judged yet"
    )
    unseen = {name: outcome for file in shares for name, outcome in kept[file].unseen.items() if name not in alike}
    places = {each.name: each.at for file in shares for each in mutants.of_file(file)}
    lines += [f"{outcome} {places[name]}" for name, outcome in unseen.items()]
    (CACHE / "told.txt").write_text("\n".join((*lines, "")), encoding="utf-8")
    proof.count(sum(verdict.mutants for file, verdict in kept.items() if file in found()))
    print("\n".join(lines))
    assert seen >= FLOOR * of, "\n".join(lines)


def _tell_drawn(proof: Proof, told: Mapping[str, str], kept: Mapping[str, Verdict]) -> None:
    """What is not judged of them is told, and counts neither way."""
    alike, asked = verdicts.equivalent(), drawn.of(found())
    outcomes = {
        name: told.get(name) or (kept[file].unseen.get(name, KILLED) if file in kept else "")
        for file, names in asked.items()
        for name in names
    }
    proof.count(sum(map(bool, outcomes.values())))
    judged = {name: outcome for name, outcome in outcomes.items() if outcome and name not in alike}
    unseen = {name: outcome for name, outcome in judged.items() if outcome != KILLED}
    seen = len(judged) - len(unseen)
    places = {each.name: each.at for file in asked for each in mutants.of_file(file)}
    lines = [f"{outcome} {places[name]}" for name, outcome in sorted(unseen.items())]
    share = f"{seen}/{len(judged)} = {seen / max(len(judged), 1):.1%}, so of all at least"
    lines.append(f"{share} {drawn.at_least(seen, len(judged)):.1%}; {len(outcomes) - len(judged)} not judged, or alike")
    (CACHE / "drawn.txt").write_text("\n".join((*lines, "")), encoding="utf-8")
    print("\n".join(lines))


def _told() -> dict[str, str]:
    """The outcomes of mutants of files that still say what they said."""
    lines = JUDGED.read_text(encoding="utf-8").splitlines() if JUDGED.exists() else []
    told = [json.loads(line) for line in lines]
    return {each["name"]: each["outcome"] for each in told if each["digest"] == _digest(each["file"])}


def _digest(file: str) -> str:
    return verdicts.digest(file) if file in found() else ""


def _judge(asked: dict[str, list[str]], until: float, folder: Path) -> None:
    """In as many processes as there are cores, the shortest files first."""
    seen = _passed_through()
    files = sorted(asked, key=lambda file: len(asked[file]))
    running = []
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = min(there, len(files))
    for number in range(cores):
        mine = {file: asked[file] for file in files[number::cores]}
        given = Asked(mine, until, seen, ELSEWHERE, SECONDS, SCENARIOS, str(JUDGED))
        file = folder / f"asked-{number}.json"
        file.write_text(json.dumps(asdict(given), ensure_ascii=False), encoding="utf-8")
        words = [sys.executable, "-m", "tests.prove.judging", str(file)]
        running.append(subprocess.Popen(words, cwd=ROOT, env=_environment()))
    assert [each.wait() for each in running] == [0] * cores


def _passed_through() -> list[str]:
    """Which test goes through what: seen once of each file of tests as it is written now, and kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    there = [file for each in TESTS for file in sorted((ROOT / each).rglob("test_*.py")) or [ROOT / each]]
    tested = [file for file in there if "mongo" not in file.stem and "launch." not in file.read_text(encoding="utf-8")]
    if unseen := [str(file.relative_to(ROOT)) for file in tested if not (CACHE / passed.told_in(file)).exists()]:
        plugins = ["-p", "tests.prove.through", "-p", "tests.prove.served_here", "-p", "no:cacheprovider"]
        words = ["-q", *plugins, "-k", ELSEWHERE, "-m", "not prove", *unseen]
        environment = _environment() | {through.TOLD: str(CACHE)}
        subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, check=False)
    return [str(told) for file in tested if (told := CACHE / passed.told_in(file)).exists()]


def _environment() -> dict[str, str]:
    """What is run within a proof is none."""
    return os.environ | {"PROOF": ""}
