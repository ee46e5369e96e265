"""A process in which one file of the policy is not as it is written, but as a mutant has it.

docs/testing.md, "Mutation". As for a module that is imported from a changed text; nothing on the disk is touched.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import CodeType, ModuleType

from tests.prove import mutants
from tests.prove.mutants import Mutant


class Mutated(importlib.abc.MetaPathFinder):
    """Finds the mutant's module before anybody else does."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.loader = _Loader(mutant)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.loader.path, loader=self.loader)


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, mutant: Mutant) -> None:
        name = mutant.file.removesuffix(".py").replace("/", ".")
        super().__init__(name, str(mutants.ROOT / mutant.file))
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = compile(mutants.tree(self.mutant), self.path, "exec", dont_inherit=True)
        return code


def put(mutant: Mutant) -> None:
    """From here on its module is imported as the mutant has it; it must not have been imported yet."""
    found = Mutated(mutant)
    assert found.name not in sys.modules, found.name
    sys.meta_path.insert(0, found)
