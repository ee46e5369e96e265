"""What a module says for itself as it is imported, said anew where it lies: its own constants, and what rests on them.

docs/testing.md, "Mutation". What others take from a module as they are imported, and what a function has answered by
then, cannot be changed so.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection, Iterator
from functools import partial
from types import CodeType, ModuleType

from tests.prove import mutants

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def putting(file: str, tree: ast.Module, early: Collection[int]) -> Callable[[], None] | None:
    """What makes the module as this tree has it; None where that cannot be had so. `early` are the first lines of the
    functions that were called before."""
    path, written = str(mutants.ROOT / file), mutants.parsed(file)
    module = next((each for each in list(sys.modules.values()) if getattr(each, "__file__", "") == path), None)
    names = _resting(written, set(_changed(written, tree))) if len(written.body) == len(tree.body) else frozenset()
    if module is None or not names or any(_is_read(each, names) for each in _called(written, early)):
        return None
    return partial(_put, module, compile(tree, path, "exec", dont_inherit=True), names)


def _put(module: ModuleType, code: CodeType, names: Collection[str]) -> None:
    said = {name: value for name, value in vars(module).items() if name.startswith("__")}
    exec(code, said)
    vars(module).update({name: said[name] for name in names})


def _changed(written: ast.Module, tree: ast.Module) -> Iterator[str]:
    """What the statements that differ give a value to."""
    for was, becomes in zip(written.body, tree.body, strict=True):
        if ast.dump(was) != ast.dump(becomes):
            yield _given(was)


def _given(statement: ast.stmt) -> str:
    """The name of the constant that a statement says; empty where it says none."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _resting(written: ast.Module, names: set[str]) -> frozenset[str]:
    """These constants and all that are made of them; none where any is another module's to take."""
    functions = {each.name: each for each in written.body if isinstance(each, _FUNCTIONS)}
    while all(name.startswith("_") for name in names):
        through: set[str] = set()
        while new := {name for name, each in functions.items() if _is_read(each, names | through)} - through:
            through |= new
        more = {_given(each) for each in written.body for part in _said(each) if _rests(part, names, through)}
        if more <= names:
            return frozenset(names)
        names |= more
    return frozenset()


def _rests(part: ast.AST, names: Collection[str], functions: Collection[str]) -> bool:
    """Whether it reads one of these, or calls a function that does."""
    calls = (each.func for each in ast.walk(part) if isinstance(each, ast.Call))
    return _is_read(part, names) or any(isinstance(each, ast.Name) and each.id in functions for each in calls)


def _said(statement: ast.stmt) -> Iterator[ast.AST]:
    """What of a statement is worked out as the module is imported."""
    if isinstance(statement, _FUNCTIONS):
        yield from (statement.args, *statement.decorator_list)
    elif isinstance(statement, ast.ClassDef):
        for each in statement.body:
            yield from _said(each)
        yield from (*statement.bases, *statement.decorator_list)
    else:
        yield statement


def _called(written: ast.Module, early: Collection[int]) -> Iterator[ast.AST]:
    for each in ast.walk(written):
        if isinstance(each, _FUNCTIONS) and min(part.lineno for part in (each, *each.decorator_list)) in early:
            yield each


def _is_read(node: ast.AST, names: Collection[str]) -> bool:
    return any(
        isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id in names for each in ast.walk(node)
    )
