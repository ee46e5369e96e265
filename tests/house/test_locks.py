"""What runs is what was tested, what is imported is declared, and every dependency has its reason."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata

from tests.house import source

PROJECT = tomllib.loads(source.text("pyproject.toml"))
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
IN_THE_STORE = {"bson"}
"""Part of pymongo."""


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s;<>=\[]", name, maxsplit=1)[0]).lower()


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall(source.text(lock)):
        found.setdefault(plain(name), set()).add(version)
    return found


def test_what_runs_is_what_was_tested() -> None:
    run, tested = pins("requirements/run.txt"), pins("requirements/test.txt")
    assert len(run) > 20
    traced = pins("requirements/traces.txt")
    assert run.items() <= traced.items()
    assert {name: versions for name, versions in traced.items() if not versions <= tested.get(name, set())} == {}


def test_every_pin_has_its_hashes() -> None:
    for lock in ("requirements/run.txt", "requirements/traces.txt", "requirements/test.txt"):
        for block in re.split(r"\n(?=[a-z0-9])", source.text(lock)):
            if PIN.match(block):
                assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_import_of_the_product_is_declared() -> None:
    optional = PROJECT["project"]["optional-dependencies"]["traces"]
    declared = {plain(each) for each in [*PROJECT["project"]["dependencies"], *optional]}
    brings = metadata.packages_distributions()
    for file in source.modules(*source.FLOORS, "demo"):
        for module in imported(source.tree(file)) - IN_THE_STORE - set(source.PRODUCT) - set(sys.stdlib_module_names):
            assert {plain(each) for each in brings[module]} & declared, (source.name(file), module)


def imported(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_every_dependency_has_its_reason() -> None:
    page = source.text("docs/dependencies.md")
    optional = PROJECT["project"]["optional-dependencies"]["traces"]
    for each in [*PROJECT["project"]["dependencies"], *optional, *PROJECT["dependency-groups"]["test"]]:
        name = re.split(r"[\s;<>=\[]", each, maxsplit=1)[0]
        assert re.search(rf"^\| `{re.escape(name)}` \| \S", page, re.MULTILINE), name
