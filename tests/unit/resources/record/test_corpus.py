"""Each resource of the corpus that breaks one rule is refused at its place, and no good one is, however odd.

tests/unit/resources/record/corpus: a good resource of each type, and one change each: `[rule, type, place, change]` for
the bad ones, `[what is odd, type, change]` for the good ones. A change is path -> value, null for none.
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import parse, validate
from resources.record.problem import Issue, Problem

CORPUS = Path(__file__).parent / "corpus"
BASE = json.loads((CORPUS / "base.json").read_bytes())
BAD = json.loads((CORPUS / "bad.json").read_bytes())
GOOD = json.loads((CORPUS / "good.json").read_bytes())

INVARIANT = re.compile(r"[a-z]{3}-[0-9]+")
NATIVE = {"per-1", "ele-1", "ext-1"}
"""Invariants that are told in words of their own."""


def changed(type: str, change: dict[str, Any]) -> dict[str, Any]:
    """The good resource of a type with these elements in the place of its own."""
    made: dict[str, Any] = copy.deepcopy(BASE[type])
    for path, value in change.items():
        *steps, last = [int(step) if step.isdigit() else step for step in re.findall(r"\w+", path)]
        node: Any = made
        for step in steps:
            node = node[step]
        if value is None:
            node.pop(last, None)
        elif isinstance(node, list) and last == len(node):
            node.append(value)
        else:
            node[last] = value
    return made


def told(spec: Spec, resource: dict[str, Any]) -> list[Issue]:
    """Every error of a body, whoever finds it."""
    body = json.dumps(resource, ensure_ascii=False).encode()
    try:
        found = validate.validate(spec, parse.parse(body, limit=100_000, depth=40), body)
    except Problem as problem:
        return list(problem.issues)
    return [issue for issue in found if issue.severity == "error"]


@pytest.mark.parametrize(("rule", "type", "at", "change"), BAD, ids=[f"{n}-{row[0]}" for n, row in enumerate(BAD)])
def test_what_breaks_one_rule_is_refused_where_it_does(
    spec: Spec, rule: str, type: str, at: str, change: dict[str, Any]
) -> None:
    issues = told(spec, changed(type, change))
    assert at in {issue.at for issue in issues}, issues
    if INVARIANT.fullmatch(rule) and rule not in NATIVE:
        assert {issue.at for issue in issues if f"`{rule}`" in issue.text} == {at}, issues


@pytest.mark.parametrize(("what", "type", "change"), GOOD, ids=[f"{n}-{row[1]}-{row[0]}" for n, row in enumerate(GOOD)])
def test_what_is_odd_and_good_is_taken(spec: Spec, what: str, type: str, change: dict[str, Any]) -> None:
    assert told(spec, changed(type, change)) == []


def test_the_corpus_is_as_large_as_it_must_be() -> None:
    assert len(BAD) >= 250
    assert len(GOOD) >= 100
    assert not [row for row, times in Counter(json.dumps(row) for row in BAD + GOOD).items() if times > 1]
