"""Reads the FHIRPath of a search parameter into steps that select.py can follow.

https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


class Unreadable(Exception):
    """The expression uses FHIRPath beyond what search parameters need; the text names it."""


@dataclass(frozen=True, slots=True)
class Child:
    """`.name`, or the root of a path."""

    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """`as(T)`, `ofType(T)`, `x as T`."""

    type: str


@dataclass(frozen=True, slots=True)
class Where:
    """`where(name = 'literal')`."""

    name: str
    literal: str


@dataclass(frozen=True, slots=True)
class Resolves:
    """`where(resolve() is T)`."""

    type: str


@dataclass(frozen=True, slots=True)
class At:
    """`[n]`."""

    index: int


@dataclass(frozen=True, slots=True)
class Exists:
    """`exists()`, and with `unless_false` also `and x != false`."""

    unless_false: bool = False


Step = Child | Cast | Where | Resolves | At | Exists
Path = tuple[Step, ...]

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^']*')|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+)|(?P<sign>!=|[.()\[\]|=]))"
)


@lru_cache(maxsize=4096)
def read(expression: str) -> tuple[Path, ...]:
    """The alternatives of an expression, in order. Raises Unreadable.

    Kept, since a parameter of every type is read again for each of them.
    """
    reader = _Reader(_tokens(expression), expression)
    paths = reader.union()
    reader.end()
    return paths


def _tokens(expression: str) -> list[str]:
    tokens, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unreadable(f"`{expression}` at character {at}")
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


class _Reader:
    """Recursive descent: union > conjunction > cast > steps > primary."""

    def __init__(self, tokens: list[str], expression: str) -> None:
        self.tokens = tokens
        self.expression = expression
        self.at = 0

    def union(self) -> tuple[Path, ...]:
        paths = self.conjunction()
        while self.accept("|"):
            paths += self.conjunction()
        return paths

    def conjunction(self) -> tuple[Path, ...]:
        paths = self.cast()
        if not self.accept("and"):
            return paths
        compared = self.cast()
        self.expect("!=")
        self.expect("false")
        if tuple((*path, Exists()) for path in compared) != paths:
            raise Unreadable(f"`{self.expression}`: `and` joins two different elements")
        return tuple((*path, Exists(unless_false=True)) for path in compared)

    def cast(self) -> tuple[Path, ...]:
        paths = self.steps()
        if self.accept("as"):
            step = Cast(self.word())
            paths = tuple((*path, step) for path in paths)
        return paths

    def steps(self) -> tuple[Path, ...]:
        if self.accept("("):
            paths = self.union()
            self.expect(")")
        else:
            paths = ((Child(self.word()),),)
        while True:
            if self.accept("."):
                more = self.step()
            elif self.accept("["):
                more = (At(self.number()),)
                self.expect("]")
            else:
                return paths
            paths = tuple((*path, *more) for path in paths)

    def step(self) -> tuple[Step, ...]:
        name = self.word()
        if not self.accept("("):
            return (Child(name),)
        step: tuple[Step, ...]
        if name in ("as", "ofType"):
            step = (Cast(self.word()),)
        elif name == "exists":
            step = (Exists(),)
        elif name == "extension":
            step = (Child("extension"), Where("url", self.literal()))
        elif name == "where":
            step = (self.condition(),)
        else:
            raise Unreadable(f"`{self.expression}`: `{name}()`")
        self.expect(")")
        return step

    def condition(self) -> Step:
        name = self.word()
        if name == "resolve" and self.accept("("):
            self.expect(")")
            self.expect("is")
            return Resolves(self.word())
        self.expect("=")
        return Where(name, self.literal())

    def number(self) -> int:
        token = self.take()
        if not token.isdigit():
            raise Unreadable(f"`{self.expression}`: `{token}` where a number is expected")
        return int(token)

    def word(self) -> str:
        token = self.take()
        if not (token[0].isalpha() or token[0] == "_"):
            raise Unreadable(f"`{self.expression}`: `{token}` where a name is expected")
        return token

    def literal(self) -> str:
        token = self.take()
        if token[0] != "'":
            raise Unreadable(f"`{self.expression}`: `{token}` where a text is expected")
        return token[1:-1]

    def accept(self, token: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == token:
            self.at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise Unreadable(f"`{self.expression}`: `{token}` expected")

    def take(self) -> str:
        if self.at == len(self.tokens):
            raise Unreadable(f"`{self.expression}` ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def end(self) -> None:
        if self.at != len(self.tokens):
            raise Unreadable(f"`{self.expression}`: `{self.tokens[self.at]}` is left over")
