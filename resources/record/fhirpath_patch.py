"""FHIRPath Patch on a resource: add, insert, delete, replace and move, each at the one place that its path leads to.

https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles import spec as specification
from profiles.spec import Element, Spec
from resources.record import parse
from resources.record.patch_path import Place, Steps
from resources.record.patch_path import read as read_path
from resources.record.problem import Issue, Problem

MOST = 500
_NUMBERS = ("index", "source", "destination")
_NEEDS = {
    "add": {"name", "value"},
    "insert": {"value", "index"},
    "delete": set[str](),
    "replace": {"value"},
    "move": {"source", "destination"},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """`value` is the part that holds it: of a datatype, or with parts of its own."""

    at: str
    type: str
    path: Steps
    name: str
    value: Mapping[str, Any]
    numbers: Mapping[str, int]


def read(parameters: Mapping[str, Any]) -> Sequence[Operation]:
    """The operations of a Parameters. Raises Problem naming the one that is none."""
    given = parameters.get("parameter") or ()
    if len(given) > MOST:
        text, ja = f"a patch has at most {MOST} operations", f"パッチの操作は{MOST}件までです"
        raise Problem.of("too-costly", text, ja, "Parameters.parameter")
    return [_operation(each, f"Parameters.parameter[{place}]") for place, each in enumerate(given)]


def _operation(parameter: Mapping[str, Any], at: str) -> Operation:
    parts: dict[str, Mapping[str, Any]] = {str(part.get("name")): part for part in parameter.get("part") or ()}
    type = str(_value(parts.get("type", {})))
    if parameter.get("name") != "operation" or type not in _NEEDS or not {"path", *_NEEDS[type]} <= set(parts):
        text = f"this is no operation of FHIRPath Patch: {', '.join(_NEEDS)}"
        raise Problem.of("structure", text, "FHIRPath Patch の操作ではありません", at)
    numbers: dict[str, Any] = {
        name: _value(parts[name]) for name in ("index", "source", "destination") if name in parts
    }
    if not all(isinstance(each, int) and 0 <= each <= 10_000 for each in numbers.values()):
        text, ja = "an index is a number from 0 on", "位置は 0 以上の数です"
        raise Problem.of("structure", text, ja, at)
    path = read_path(str(_value(parts["path"])), f"{at}.part.where(name = 'path')")
    return Operation(at, type, path, str(_value(parts.get("name", {}))), parts.get("value", {}), numbers)


def applied(spec: Spec, operations: Sequence[Operation], resource: dict[str, Any]) -> dict[str, Any]:
    """The resource after every operation, for writing. Raises Problem `invalid` naming the one that fails."""
    made = parse.editable(parse.write(resource))
    for each in operations:
        _Patching(spec, made, each).apply()
    return made


@dataclass(frozen=True, slots=True)
class _Patching:
    spec: Spec
    made: dict[str, Any]
    asked: Operation

    def apply(self) -> None:
        getattr(self, self.asked.type)()

    def add(self) -> None:
        place = self._one(self.asked.path.places(self.spec, self.made))
        assert place is not None
        node = place.value
        if not isinstance(node, dict):
            raise self._unfit("only an element with children can be added to", "子要素を持つ要素だけに追加できます")
        element, name, value = self._child(place.around, self.asked.name, self.asked.value)
        if element.max == "*":
            node[name] = [*(node.get(name) or ()), value]
        elif any(_is_of(key, name, element) for key in node):
            raise self._unfit("it is there already: replace it", "既にあります。replace を使ってください")
        else:
            node[name] = value

    def insert(self) -> None:
        node, key, many, path = self._list()
        index = self.asked.numbers["index"]
        if index > len(many):
            raise self._unfit(f"there are {len(many)} of it", f"要素は{len(many)}件です")
        node[key] = [*many[:index], self._content(path, self.asked.value), *many[index:]]

    def delete(self) -> None:
        place = self._one(self.asked.path.places(self.spec, self.made), needed=False)
        if place is None:
            return
        if place.whole:
            raise self._unfit("a record is deleted by DELETE", "記録の削除は DELETE で行います")
        place.remove()

    def replace(self) -> None:
        place = self._one(self.asked.path.places(self.spec, self.made))
        assert place is not None
        if place.whole:
            raise self._unfit("a record is replaced by PUT", "記録の置き換えは PUT で行います")
        parent, _, name = place.path.rpartition(".")
        _, key, value = self._child(parent, name, self.asked.value)
        place.put(value, key)

    def move(self) -> None:
        node, key, many, _ = self._list()
        source, destination = self.asked.numbers["source"], self.asked.numbers["destination"]
        if max(source, destination) >= len(many):
            raise self._unfit(f"there are {len(many)} of it", f"要素は{len(many)}件です")
        moved = [*many[:source], *many[source + 1 :]]
        node[key] = [*moved[:destination], many[source], *moved[destination:]]

    def _list(self) -> tuple[dict[str, Any], str, list[Any], str]:
        """The list that the path leads to: its object, its name there, itself, and its path."""
        found = self.asked.path.lists(self.spec, self.made)
        if len(found) != 1:
            raise self._unfit("the path leads to no one list", "path がひとつのリストを指していません")
        return found[0]

    def _one(self, found: Sequence[Place], *, needed: bool = True) -> Place | None:
        if len(found) > 1 or (needed and not found):
            raise self._unfit(f"the path leads to {len(found)} elements", "path がひとつの要素を指していません")
        return found[0] if found else None

    def _child(self, parent: str, name: str, value: Mapping[str, Any]) -> tuple[Element, str, Any]:
        """What a child of an element is: its definition, its name in JSON, and the value given for it."""
        path = f"{parent}.{name}"
        type, _, below = path.partition(".")
        element = self.spec.element(type, below) if name else None
        if element is None:
            raise self._unfit(f"`{name[:64]}` is no element here", f"`{name[:64]}` という要素はありません")
        if element.path.endswith("[x]"):
            base = element.path.rpartition(".")[2][:-3]
            whole = self.spec.element(type, f"{below.removesuffix(name)}{base}")
            held = next((key for key in value if key.startswith("value")), "")
            names = {
                f"value{_capital(each)}": specification.concrete(f"{base}[x]", each)
                for each in (whole or element).types
            }
            if held not in names:
                raise self._unfit(f"`{name}` has no such type", f"`{name}` にこの型の値は書けません")
            name = names[held]
        return element, name, self._content(path, value)

    def _content(self, path: str, value: Mapping[str, Any]) -> Any:
        """What a part says: its value, or an element made of its parts."""
        if "part" not in value:
            found = _value(value)
            if found is None:
                raise self._unfit("a value is missing", "値がありません")
            return found
        made: dict[str, Any] = {}
        for part in value["part"]:
            element, name, held = self._child(path, str(part.get("name", "")), part)
            if element.max == "*":
                made.setdefault(name, []).append(held)
            else:
                made[name] = held
        return made

    def _unfit(self, text: str, ja: str) -> Problem:
        return Problem("invalid", Issue(text, ja, self.asked.at))


def _capital(type: str) -> str:
    return type[0].upper() + type[1:]


def _is_of(key: str, name: str, element: Element) -> bool:
    """Whether a name in JSON is this element's, as whichever of its types."""
    if not element.path.endswith("[x]"):
        return key == name
    base = element.path.rpartition(".")[2]
    return key in {specification.concrete(base, type) for type in element.types}


def _value(part: Mapping[str, Any]) -> Any:
    return next((held for key, held in part.items() if key.startswith("value")), None)
