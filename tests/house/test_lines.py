"""What two pages say line by line is said in one of three forms, and each test that they name is there.

docs/smart.md and docs/security.md
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from api.oauth import metadata
from tests.house import lines, source

pages = pytest.mark.parametrize("page", lines.PAGES)


@pages
def test_every_requirement_is_tested_or_not_applicable_or_not_done(page: str) -> None:
    found = list(lines.lines(page))
    assert len(found) > 80
    assert [line for line in found if len(line.forms) != 1 or line.level not in lines.LEVELS[page]] == []


@pages
def test_no_requirement_is_there_twice_in_one_clause(page: str) -> None:
    for clause in source.text(page).split("\n## "):
        rows = [row for row in clause.splitlines() if row.startswith("| ")]
        assert len(rows) == len(set(rows)), clause.partition("\n")[0]


@pages
def test_every_test_that_the_page_names_is_there(page: str) -> None:
    for file, name in lines.NAMED.findall(source.text(page)):
        assert name in _tests(source.ROOT / file), (file, name)


@pages
def test_the_counts_at_the_top_are_right(page: str) -> None:
    assert lines.told(page) in source.text(page).splitlines(), "python -m tests.house.lines"


def test_every_capability_listed_is_held_by_a_test_and_no_other_is() -> None:
    named = {
        line.requirement.split("`")[1]: line.forms
        for line in lines.lines("docs/smart.md")
        if line.requirement.startswith("`") and "support for" in line.requirement
    }
    assert len(named) == 20, "as the guide has them"
    assert {name for name, forms in named.items() if forms == ["tested"]} == set(metadata.CAPABILITIES)


def test_the_effect_of_a_link_between_patients_is_described() -> None:
    page = source.text("docs/smart.md")
    assert "`Patient.link`" in page
    assert "records about a linked Patient are those of another person" in page


def _tests(file: Path) -> set[str]:
    assert file.is_file(), file
    return {node.name for node in ast.walk(source.tree(file)) if isinstance(node, ast.FunctionDef)}
