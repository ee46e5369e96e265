"""The paths of FHIRPath Patch: from the record to the one place that an operation is about.

https://hl7.org/fhir/R4/fhirpatch.html; https://hl7.org/fhirpath/N1/#path-selection. Steps by name and index, `first()`,
`last()`, `where(… = …)` with `and`, `exists()`, `extension('url')`, `ofType(Type)`; what else there is leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from profiles import spec as specification
from profiles.spec import Spec
from resources.record.problem import Issue, Problem

LONGEST = 1_000

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*|`[^`]+`)|(?P<string>'(?:[^'\\]|\\.)*')|(?P<date>@[\dT:.+Z-]+)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<mark>!=|[=.\[\]()]))"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a record: `holder[name]`, or `holder[name][index]`.

    `path` has the names of R4 and JSON, from the type of the resource that it is in, which may be a contained one.
    """

    holder: dict[str, Any]
    name: str
    index: int | None
    path: str
    value: Any

    @property
    def whole(self) -> bool:
        """Whether it is the record itself."""
        return not self.name

    @property
    def around(self) -> str:
        """The path that those of its children begin with."""
        kind = self.value.get("resourceType") if isinstance(self.value, dict) else None
        return kind if isinstance(kind, str) else self.path

    def remove(self) -> None:
        """Take it out, with what stands beside a primitive."""
        for key in (self.name, f"_{self.name}"):
            held = self.holder.get(key)
            if self.index is None or not isinstance(held, list):
                self.holder.pop(key, None)
            elif self.index < len(held):
                del held[self.index]
                if not held:
                    del self.holder[key]

    def put(self, value: Any, name: str) -> None:
        """Another value in its place; a choice may have another name then."""
        if self.index is not None:
            self.holder[self.name][self.index] = value
            return
        self.holder.pop(f"_{self.name}", None)
        if name != self.name:
            del self.holder[self.name]
        self.holder[name] = value


@dataclass(frozen=True, slots=True)
class _Criterion:
    steps: Steps
    compared: str
    literal: Any


Step = str | int | tuple[_Criterion, ...]
"""A child by its name, one by its place (-1 the last), or those that meet all of these."""


@dataclass(frozen=True, slots=True)
class Steps:
    steps: tuple[Step, ...]
    at: str

    def places(self, spec: Spec, record: dict[str, Any]) -> list[Place]:
        """Where the path leads to in a record."""
        return self._from(spec, [Place({}, "", None, "", record)], self._below(record))

    def lists(self, spec: Spec, record: dict[str, Any]) -> list[tuple[dict[str, Any], str, list[Any], str]]:
        """The lists that it leads to: the object, the name there, the list, and the path."""
        *way, last = self._below(record) or ("",)
        if not isinstance(last, str):
            return []
        holders = self._from(spec, [Place({}, "", None, "", record)], tuple(way))
        found = [(each.value, last, f"{each.around}.{last}") for each in holders if isinstance(each.value, dict)]
        return [(node, name, node[name], path) for node, name, path in found if isinstance(node.get(name), list)]

    def _below(self, record: dict[str, Any]) -> tuple[Step, ...]:
        return self.steps[1:] if self.steps and self.steps[0] in (record["resourceType"], "%resource") else self.steps

    def _from(self, spec: Spec, places: list[Place], steps: Sequence[Step]) -> list[Place]:
        for step in steps:
            if isinstance(step, str):
                places = [found for each in places for found in _children(spec, each, step)]
            elif isinstance(step, int):
                places = places[step:][:1] if places and (step < 0 or step < len(places)) else []
            else:
                places = [each for each in places if all(self._meets(spec, each, one) for one in step)]
        return places

    def _meets(self, spec: Spec, place: Place, one: _Criterion) -> bool:
        found = self._from(spec, [place], one.steps.steps)
        if not one.compared:
            return bool(found)
        return len(found) == 1 and (_plain(found[0].value) == one.literal) == (one.compared == "=")


def read(path: str, at: str) -> Steps:
    """The steps of a path. Raises Problem naming its element where it is none of these forms."""
    if len(path) > LONGEST:
        raise _unreadable(path, at)
    return _Reader(path, at).whole()


class _Reader:
    def __init__(self, path: str, at: str) -> None:
        self._path, self._at = path, at
        self._tokens = list(self._split())
        self._next = 0

    def whole(self) -> Steps:
        found = self._steps()
        if self._next < len(self._tokens) or not found.steps:
            raise _unreadable(self._path, self._at)
        return found

    def _split(self) -> Iterator[tuple[str, str]]:
        end = 0
        while end < len(self._path.rstrip()):
            match = _TOKEN.match(self._path, end)
            if match is None or match.lastgroup is None:
                raise _unreadable(self._path, self._at)
            yield match.lastgroup, match[match.lastgroup]
            end = match.end()

    def _take(self, text: str = "", kind: str = "") -> str | None:
        """The next token, where it is this one or of this kind."""
        if self._next < len(self._tokens):
            found, said = self._tokens[self._next]
            if said == text or found == kind:
                self._next += 1
                return said
        return None

    def _demand(self, text: str = "", kind: str = "") -> str:
        found = self._take(text, kind)
        if found is None:
            raise _unreadable(self._path, self._at)
        return found

    def _steps(self) -> Steps:
        found: list[Step] = []
        while True:
            name = self._demand(kind="name").strip("`")
            found += self._function(name) if self._take("(") else [name]
            while self._take("["):
                found.append(int(self._demand(kind="number")))
                self._demand("]")
            if not self._take("."):
                return Steps(tuple(found), self._at)

    def _function(self, name: str) -> list[Step]:
        match name:
            case "first" | "single":
                found: list[Step] = [0]
            case "last":
                found = [-1]
            case "exists":
                found = []
            case "where":
                found = [tuple(self._criteria())]
            case "extension":
                url = self._demand(kind="string")[1:-1]
                found = ["extension", (_Criterion(Steps(("url",), self._at), "=", url),)]
            case _:
                raise _unreadable(self._path, self._at)
        self._demand(")")
        return found

    def _criteria(self) -> Iterator[_Criterion]:
        while True:
            steps = self._steps()
            compared = self._take("=") or self._take("!=") or ""
            yield _Criterion(steps, compared, self._literal() if compared else None)
            if not self._take("and"):
                return

    def _literal(self) -> Any:
        if (said := self._take(kind="string")) is not None:
            return re.sub(r"\\(.)", r"\1", said[1:-1])
        if (said := self._take(kind="number")) is not None:
            return Decimal(said)
        if (said := self._take(kind="date")) is not None:
            return said[1:]
        return self._demand(kind="name") == "true"


def _children(spec: Spec, place: Place, name: str) -> Iterator[Place]:
    node = place.value
    if not isinstance(node, dict):
        return
    type, _, below = f"{place.around}.{name}".partition(".")
    element = spec.element(type, below)
    names = [name]
    if element is not None and element.path.endswith("[x]") and element.path.rpartition(".")[2][:-3] == name:
        names = [specification.concrete(f"{name}[x]", each) for each in element.types]
    for each in names:
        held = node.get(each)
        at = f"{place.around}.{each}"
        if isinstance(held, list):
            yield from (Place(node, each, index, at, one) for index, one in enumerate(held))
        elif held is not None:
            yield Place(node, each, None, at, held)


def _plain(value: Any) -> Any:
    """A value as a literal is compared with it: a number by its worth."""
    if isinstance(value, (str, bool)) or value is None or isinstance(value, (dict, list)):
        return value
    try:
        return Decimal(orjson.dumps(value).decode())
    except InvalidOperation:
        return value


def _unreadable(path: str, at: str) -> Problem:
    text = f"`{path[:100]}` is no path that is followed here"
    return Problem("structure", Issue(text, f"`{path[:100]}` というパスはたどれません", at))
