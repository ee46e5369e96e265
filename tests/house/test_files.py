"""A file holds one idea, is named by the specification's word, and says where it comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house import source

WALL = 250
HOMELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "service", "util", "utils"}
PRODUCT = source.modules(*source.PRODUCT)
WRITTEN = [file for file in PRODUCT if file.read_text(encoding="utf-8").strip()]
ADDRESS = re.compile(r"https?://\S|docs/[\w/-]+\.md|profiles/|[Oo]rdinance|[Ss]lide \d|\b[RDPF]\d")
REASON = re.compile(r"# (?:type: ignore\[[\w-]+\]|noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*)  # \w")


def test_the_house_has_files() -> None:
    assert len(WRITTEN) > 100


def test_no_file_is_longer_than_the_wall() -> None:
    lengths = {source.name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in PRODUCT}
    assert {name: lines for name, lines in lengths.items() if lines > WALL} == {}


def test_no_file_or_folder_is_named_after_nothing() -> None:
    named = {part for file in PRODUCT for part in file.relative_to(source.ROOT).with_suffix("").parts}
    assert not named & HOMELESS


def test_a_package_file_is_empty_or_a_table() -> None:
    tables = [file for file in PRODUCT if file.name == "__init__.py"]
    verbs = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert not [source.name(file) for file in tables if any(isinstance(n, verbs) for n in source.tree(file).body)]


def test_a_module_begins_with_one_sentence() -> None:
    said = {source.name(file): ast.get_docstring(source.tree(file)) or "" for file in WRITTEN}
    first = {name: docstring.partition("\n\n")[0] for name, docstring in said.items()}
    assert {name: line for name, line in first.items() if "\n" in line or not line.endswith((".", "?"))} == {}


def test_a_module_names_the_clause_or_the_page_it_implements() -> None:
    ours = [file for file in WRITTEN if not source.name(file).startswith("bench/")]
    said = {source.name(file): ast.get_docstring(source.tree(file)) or "" for file in ours}
    assert [name for name, docstring in said.items() if not ADDRESS.search(docstring.partition("\n\n")[2])] == []


def test_what_is_public_is_typed() -> None:
    assert [f"{source.name(file)}: {name}" for file in WRITTEN for name in untyped(source.tree(file))] == []


def untyped(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            bare = [each.arg for each in arguments if each.annotation is None and each.arg not in ("self", "cls")]
            if bare or node.returns is None:
                yield node.name


def test_what_is_ignored_has_a_reason() -> None:
    marked = [
        f"{source.name(file)}: {line.strip()}"
        for file in PRODUCT
        for line in file.read_text(encoding="utf-8").splitlines()
        if "# type: ignore" in line or "# noqa" in line
    ]
    assert marked
    assert [line for line in marked if not REASON.search(line)] == []


def test_imports_are_absolute() -> None:
    assert not [
        source.name(file)
        for file in PRODUCT
        for node in ast.walk(source.tree(file))
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def test_nothing_is_left_to_do() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    assert not [source.name(file) for file in PRODUCT if left.search(file.read_text(encoding="utf-8"))]
