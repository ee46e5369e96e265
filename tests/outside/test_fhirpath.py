"""FHIR's own suite for FHIRPath, held against the library that reads our invariants: what it misses is listed, and
no expression that the server reads uses any of it.

tests/outside/fhirpath/suite.json is r4/fhirpath/tests-fhir-r4.xml of FHIR/fhir-test-cases (Apache-2.0) as JSON, and the
resources beside it are those that it asks; misses.json is ours: what the library does not do, by kind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import fhirpathpy
import pytest
from fhirpathpy.models import models

from profiles.spec import Spec

HERE = Path(__file__).parent / "fhirpath"

SUITE: list[dict[str, Any]] = json.loads((HERE / "suite.json").read_text(encoding="utf-8"))
MISSES: dict[str, list[str]] = json.loads((HERE / "misses.json").read_text(encoding="utf-8"))
NOT_THERE = frozenset(
    {"matchesFull", "escape", "unescape", "lowBoundary", "highBoundary", "comparable", "precision", "conformsTo"}
)
"""Functions that the library has not."""


@cache
def asked_of(name: str) -> Mapping[str, Any]:
    return dict(json.loads((HERE / f"{name}.json").read_bytes())) if name else {}


def plain(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "boolean", str(value).lower()
    if isinstance(value, (int, float, Decimal)):
        return "number", Decimal(str(value)).normalize()
    return "text", str(value).lstrip("@").removeprefix("T")


def wanted(type: str | None, text: str) -> tuple[str, Any]:
    if type in ("integer", "decimal"):
        return "number", Decimal(text).normalize()
    return ("boolean", text) if type == "boolean" else ("text", text.lstrip("@").removeprefix("T"))


def does(test: Mapping[str, Any]) -> bool:
    """Whether the library says what the suite says, a fault where it wants one."""
    try:
        found = fhirpathpy.evaluate(asked_of(test.get("input", "")), test["expression"], {}, models["r4"])
    except Exception:
        return "invalid" in test
    if "invalid" in test:
        return False
    if test.get("predicate"):
        one = found[0] if len(found) == 1 and isinstance(found[0], bool) else bool(found)
        found = [one]
    return [plain(each) for each in found] == [wanted(*each) for each in test.get("output", ())]


@pytest.mark.filterwarnings("ignore")
def test_what_the_library_misses_is_what_is_listed() -> None:
    """A newer one that does more, or less, is seen here."""
    missed = {each["name"] for each in SUITE if not does(each)}
    listed = [name for names in MISSES.values() for name in names]
    assert missed == set(listed)
    assert len(listed) == len(missed)
    assert len(SUITE) == 880


def test_the_page_says_how_many() -> None:
    page = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    missed = sum(len(each) for each in MISSES.values())
    assert f"{len(SUITE) - missed} of {len(SUITE)}" in page
    for kind, names in MISSES.items():
        assert f"| {kind} | {len(names)} |" in page


def expressions(spec: Spec) -> Iterator[str]:
    """All that the server evaluates: R4's invariants, and those of our own profiles."""
    yield from (rule.expression for rules in spec.invariants.values() for rule in rules)
    for each in spec.artefacts.values():
        for element in each.get("differential", {}).get("element", ()):
            yield from (rule["expression"] for rule in element.get("constraint", ()))


def test_no_expression_that_is_read_uses_what_the_library_has_not(spec: Spec) -> None:
    every = list(expressions(spec))
    assert len(every) > 150
    for each in every:
        assert not NOT_THERE & set(re.findall(r"(\w+)\s*\(", each)), each
