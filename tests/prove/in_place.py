"""Functions that are loaded, changed where they lie: what a mutant says of them holds from the next call on.

docs/testing.md, "Mutation". Of what a module says when it is imported its own constants can be changed so
(`said_anew.py`); what has been called by then cannot.
"""

from __future__ import annotations

import ast
import functools
import gc
import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

from tests.prove import mutants, said_anew

Key = tuple[str, int]
"""A function by its qualified name and its first line."""

_FLOORS = (f"{mutants.ROOT}/consent/", f"{mutants.ROOT}/resources/search/predicate")
_KEEPING = type(functools.cache(len))
_OF_A_FUNCTION = inspect.CO_OPTIMIZED
"""The flag of code whose names are its own: neither a module's nor the body of a class."""


def keeping() -> list[Any]:
    """The functions of what is mutated that keep their answers, as far as they are loaded."""
    found = [each for each in gc.get_objects() if isinstance(each, _KEEPING)]
    return [each for each in found if getattr(inspect.unwrap(each), "__code__", _HERE).co_filename.startswith(_FLOORS)]


class Called:
    """Which functions of what is mutated are called while this watches."""

    def __init__(self) -> None:
        self.codes: set[CodeType] = set()

    def begin(self) -> None:
        sys.setprofile(self._see)

    def end(self) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(_FLOORS):
            self.codes.add(frame.f_code)


class Loaded:
    """The functions of what is mutated as they are loaded now, and which of them were called before."""

    def __init__(self, called: Called) -> None:
        self._early = {(code.co_filename, *_key(code)) for code in called.codes}
        self._live: defaultdict[str, list[FunctionType]] = defaultdict(list)
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(_FLOORS):
                self._live[each.__code__.co_filename].append(each)
        self._kept = keeping()

    def forget(self) -> None:
        """What functions have kept of their answers since."""
        for each in self._kept:
            each.cache_clear()

    def putting(self, file: str, tree: ast.Module) -> Callable[[], None] | None:
        """What makes a file as this tree has it; None where that cannot be had so."""
        if found := self.changed(file, tree):
            return partial(_put, found)
        path = str(mutants.ROOT / file)
        return said_anew.putting(file, tree, {line for name, _, line in self._early if name == path})

    def changed(self, file: str, tree: ast.Module) -> list[tuple[FunctionType, CodeType]]:
        """What to put where, so that a file is as this tree has it; nothing where that cannot be had so."""
        path = str(mutants.ROOT / file)
        written, new = _codes(Path(path).read_text(encoding="utf-8"), path), _codes(tree, path)
        found: list[tuple[FunctionType, CodeType]] = []
        if {key: len(codes) for key, codes in written.items()} != {key: len(codes) for key, codes in new.items()}:
            # A function has come or gone: of those outside it nothing is known to be like another.
            written = {key: codes for key, codes in written.items() if len(codes) == len(new.get(key, ())) == 1}
        for function in self._live[path]:
            key = _key(function.__code__)
            was = written.get(key, [])
            place = 0 if len(was) == 1 else was.index(function.__code__) if function.__code__ in was else -1
            if place < 0 or was[place] == new[key][place]:
                continue
            code = new[key][place]
            if (path, *key) in self._early or code.co_freevars != function.__code__.co_freevars:
                return []
            found.append((function, code))
        return found


def _put(found: list[tuple[FunctionType, CodeType]]) -> None:
    for function, code in found:
        function.__code__ = code


def _codes(text: str | ast.Module, path: str) -> dict[Key, list[CodeType]]:
    """The code of every function of a file, in the order of its text."""
    found: defaultdict[Key, list[CodeType]] = defaultdict(list)
    for code in _within(compile(text, path, "exec", dont_inherit=True)):
        if code.co_flags & _OF_A_FUNCTION:
            found[_key(code)].append(code)
    return dict(found)


def _within(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _within(each)


def _key(code: CodeType) -> Key:
    return code.co_qualname, code.co_firstlineno


_HERE = _key.__code__
