"""One small change to the policy at a time: what a test that bites must see.

docs/testing.md, "Mutation". A change is named by its file, its function and what it says, never by its line.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.prove import changes
from tests.prove.changes import Change

ROOT = Path(__file__).parents[2]
MUTATED = ("consent/**/*.py", "resources/search/predicate*.py")

MODULE = "<module>"
"""The function of what a module says when it is imported."""

_TYPES = re.compile(r"[A-Z][A-Za-z]*( \| [A-Z][A-Za-z]*)+")
_UNMUTATED = frozenset({"annotation", "returns", "decorator_list", "type_params"})
_TOLD = frozenset({"Text", "Problem", "Refusal", "refused", "warned", "Field", "field", "cast", "Literal", "overload"})
"""Calls whose words people read: what they say in which language is not the policy."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """The change numbered `number` of a file; `said` tells it apart from every other of its function."""

    file: str
    function: str
    said: str
    line: int
    number: int
    span: tuple[int, int]
    """The first and the last line of the statement, or of its head."""

    @property
    def name(self) -> str:
        return f"{self.file}:{self.function}: {self.said}"

    @property
    def imported(self) -> bool:
        """Whether it is what is said when the module is imported: outside of functions, or by a class of itself."""
        return self.function == MODULE or self.function.rpartition(".")[2].lstrip("_")[:1].isupper()

    @property
    def at(self) -> str:
        return f"{self.file}:{self.line} ({self.function}): {self.said}"


@dataclass(frozen=True, slots=True)
class _Within:
    """The function, what it is said to return, and the lines of the statement."""

    function: str
    returns: str
    span: tuple[int, int]


_NOWHERE = _Within("", "", (0, 0))


def files() -> list[str]:
    """What is mutated, from the root of the repository."""
    return sorted(str(file.relative_to(ROOT)) for pattern in MUTATED for file in ROOT.glob(pattern))


def of_file(file: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its text."""
    for mutant, _ in _of(file, parsed(file)):
        yield mutant


def trees(file: str) -> Iterator[tuple[Mutant, ast.Module]]:
    """Every mutant of a file, with the file changed as it says until the next is asked for."""
    whole = parsed(file)
    for mutant, change in _of(file, whole):
        change.make()
        yield mutant, ast.fix_missing_locations(whole)
        change.undo()


def tree(mutant: Mutant) -> ast.Module:
    """The file of a mutant, changed as it says."""
    for each, changed in trees(mutant.file):
        if each.number == mutant.number:
            return changed
    raise LookupError(mutant.name)


def parsed(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _of(file: str, whole: ast.Module) -> Iterator[tuple[Mutant, Change]]:
    alike: Counter[tuple[str, str]] = Counter()
    for number, (function, span, change) in enumerate(_places(whole)):
        alike[function, change.said] += 1
        again = alike[function, change.said]
        said = change.said if again == 1 else f"{change.said} #{again}"
        yield Mutant(file, function, said, change.line, number, span), change


def _places(node: ast.AST, within: _Within = _NOWHERE) -> Iterator[tuple[str, tuple[int, int], Change]]:
    """Where a tree can be changed, in which function and which statement."""
    for field, value in ast.iter_fields(node):
        if field in _UNMUTATED:
            continue
        for place, each in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(each, ast.AST) and not _unmutated(each):
                # The defaults of a function are what its module says when it is imported.
                here = _within(each, _NOWHERE if isinstance(each, ast.arguments) else within)
                for change in changes.of(_Place(node, field, place), each, here.returns):
                    yield here.function or MODULE, here.span, change
                yield from _places(each, here)


def _within(each: ast.AST, within: _Within) -> _Within:
    if not isinstance(each, ast.stmt):
        return within
    body: list[ast.stmt] = getattr(each, "body", [])
    last = max(body[0].lineno - 1, each.lineno) if body else each.end_lineno or each.lineno
    within = replace(within, span=(each.lineno, last))
    if isinstance(each, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        returns = (
            ast.unparse(each.returns)
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.returns
            else ""
        )
        function = f"{within.function}.{each.name}" if within.function else each.name
        return replace(within, function=function, returns=returns)
    return within


def _unmutated(each: ast.AST) -> bool:
    """What is said to people or to the type checker, and no part of what is decided."""
    match each:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.Assert():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _TOLD:
            return True
        case ast.BinOp(op=ast.BitOr()):
            return bool(_TYPES.fullmatch(ast.unparse(each)))
    return False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in its tree."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, new: Any) -> None:
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new
