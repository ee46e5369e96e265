"""A resource as XML and back: the same elements, digits, extensions of primitives and narratives.

https://hl7.org/fhir/R4/xml.html. What is kept is JSON; this is how it is read and sent. There is no document type and
so no entity. The order of elements is that of the specification where it is written, and any where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import orjson

from profiles.spec import Spec
from resources.record import element_schema, parse
from resources.record.element_schema import Shape, Slot
from resources.record.problem import Problem

FHIR, XHTML = "http://hl7.org/fhir", "http://www.w3.org/1999/xhtml"

_NUMBERS = {
    "decimal": re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?"),
    "integer": re.compile(r"-?(0|[1-9]\d*)"),
    "unsignedInt": re.compile(r"0|[1-9]\d*"),
    "positiveInt": re.compile(r"[1-9]\d*"),
}
_BREAKS = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_BLANK = " \t\r\n"


def write(spec: Spec, body: bytes) -> bytes:
    """The resource in these bytes of JSON, which are ours, as XML."""
    found = parse.editable(body)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        *_resource(element_schema.shapes(spec), found, f' xmlns="{FHIR}"'),
    ]
    return "".join(parts).encode()


def read(spec: Spec, body: bytes, *, limit: int, depth: int) -> bytes:
    """The resource in these bytes of XML as JSON, still to be judged. Raises Problem `structure`, `too-long`."""
    if len(body) > limit:
        raise Problem.of("too-long", f"the body is longer than {limit} bytes", f"本文が {limit} バイトを超えています")
    root = _Parsing(body, depth).root()
    return orjson.dumps(_read_resource(element_schema.shapes(spec), root, root.name))


def _resource(shapes: dict[str, Shape], node: dict[str, Any], space: str = "") -> Iterator[str]:
    type = node["resourceType"]
    yield f"<{type}{space}>"
    for name, slot in shapes[type].items():
        yield from _members(shapes, node, name, slot)
    yield f"</{type}>"


def _members(shapes: dict[str, Shape], node: dict[str, Any], name: str, slot: Slot) -> Iterator[str]:
    """Every repetition of a child, with what stands beside it."""
    value, beside = node.get(name), node.get(f"_{name}")
    if value is None and beside is None:
        return
    values = value if isinstance(value, list) else [value]
    besides = beside if isinstance(beside, list) else [beside]
    for one, more in zip_longest(values, besides):
        if slot.kind == "xhtml":
            yield str(one)
        elif slot.kind == "Resource":
            yield f"<{name}>"
            yield from _resource(shapes, one)
            yield f"</{name}>"
        elif isinstance(one, dict):
            yield from _element(shapes, name, slot.inner, one, "", url=slot.kind == "Extension")
        else:
            said = "" if one is None else f" value={_quoted(_text(one))}"
            yield from _element(shapes, name, shapes["Element"], more or {}, said)


def _element(
    shapes: dict[str, Shape], name: str, inner: Shape, node: dict[str, Any], said: str, *, url: bool = False
) -> Iterator[str]:
    attributes = [key for key in ("id", "url") if key in node and (key == "id" or url)]
    given = "".join(f" {key}={_quoted(str(node[key]))}" for key in attributes)
    inside = "".join(
        part for child, slot in inner.items() if child not in attributes for part in _members(shapes, node, child, slot)
    )
    yield f"<{name}{given}{said}>{inside}</{name}>" if inside else f"<{name}{given}{said}/>"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _quoted(text: str) -> str:
    return quoteattr(text, _BREAKS)


@dataclass(slots=True)
class _Node:
    """`raw` is the element itself, of a narrative."""

    name: str
    attributes: dict[str, str]
    children: list[_Node] = field(default_factory=list)
    raw: str = ""


class _Parsing:
    def __init__(self, body: bytes, depth: int) -> None:
        self._body, self._depth = body, depth
        self._open: list[_Node] = []
        self._root: _Node | None = None
        self._inside = 0  # a narrative, so many elements deep
        self._begun = 0
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.StartDoctypeDeclHandler = self._typed

    def root(self) -> _Node:
        try:
            self._parser.Parse(self._body, True)
        except expat.ExpatError as fault:
            text = f"not xml at line {fault.lineno}, column {fault.offset + 1}"
            ja = f"{fault.lineno} 行 {fault.offset + 1} 文字目が XML として正しくありません"
            raise Problem.of("structure", text, ja) from None
        assert self._root is not None
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._inside:
            self._inside += 1
            return
        space, _, local = name.rpartition(" ")
        if len(self._open) >= self._depth:
            text, ja = (
                f"elements are nested more than {self._depth} deep",
                f"要素の入れ子が {self._depth} 段を超えています",
            )
            raise Problem.of("too-long", text, ja)
        if space == XHTML and local == "div" and self._open:
            self._inside, self._begun = 1, self._parser.CurrentByteIndex
        elif space != FHIR:
            text, ja = (
                f"`{local[:64]}` is not in the namespace {FHIR}",
                f"`{local[:64]}` の名前空間が {FHIR} ではありません",
            )
            raise Problem.of("structure", text, ja, self._at)
        node = _Node(local, attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, name: str) -> None:
        if self._inside:
            self._inside -= 1
            if self._inside:
                return
            end = self._body.index(b">", self._parser.CurrentByteIndex) + 1
            self._open[-1].raw = self._body[self._begun : end].decode()
        self._open.pop()

    def _said(self, text: str) -> None:
        if not self._inside and text.strip(_BLANK):
            reason, ja = "there is text beside the elements", "要素の外に文字があります"
            raise Problem.of("structure", reason, ja, self._at)

    def _typed(self, *given: object) -> None:
        raise Problem.of("structure", "a document type is not taken", "文書型宣言は書けません")

    @property
    def _at(self) -> str:
        return ".".join(each.name for each in self._open)


def _read_resource(shapes: dict[str, Shape], node: _Node, at: str) -> dict[str, Any]:
    shape = shapes.get(node.name)
    if shape is None or node.attributes:
        raise _unknown(node.name, at)
    return {"resourceType": node.name} | _read_children(shapes, shape, node, at)


def _read_children(shapes: dict[str, Shape], shape: Shape, node: _Node, at: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for child in node.children:
        name, where = child.name, f"{at}.{child.name}"
        slot = shape.get(name)
        if slot is None:
            raise _unknown(name, where)
        value, beside = _read_element(shapes, slot, child, where)
        if not slot.many:
            if name in made or f"_{name}" in made:
                text, ja = f"`{name}` is there twice", f"`{name}` が重複しています"
                raise Problem.of("structure", text, ja, where)
            made |= {key: one for key, one in ((name, value), (f"_{name}", beside)) if one is not None}
            continue
        made.setdefault(name, []).append(value)
        if beside is not None or f"_{name}" in made:
            besides = made.setdefault(f"_{name}", [])
            besides += [None] * (len(made[name]) - 1 - len(besides)) + [beside]
    return {name: value for name, value in made.items() if not _is_empty(value)}


def _read_element(shapes: dict[str, Shape], slot: Slot, node: _Node, at: str) -> tuple[Any, Any]:
    """The value of an element, and what stands beside it where it is a primitive."""
    if slot.kind == "xhtml":
        return node.raw, None
    if slot.kind == "Resource":
        if len(node.children) != 1 or node.attributes:
            raise _unknown(node.name, at)
        return _read_resource(shapes, node.children[0], at), None
    primitive = slot.kind[:1].islower()
    allowed = {"id", "value"} if primitive else {"id", "url"} if slot.kind == "Extension" else {"id"}
    if unknown := sorted(set(node.attributes) - allowed):
        raise _unknown(unknown[0], at)
    kept = {name: node.attributes[name] for name in ("id", "url") if name in node.attributes}
    if not primitive:
        return kept | _read_children(shapes, slot.inner, node, at), None
    beside = kept | _read_children(shapes, shapes["Element"], node, at)
    said = node.attributes.get("value")
    return None if said is None else _value(slot.kind, said), beside or None


def _value(kind: str, said: str) -> Any:
    if kind == "boolean" and said in ("true", "false"):
        return said == "true"
    if kind in _NUMBERS and _NUMBERS[kind].fullmatch(said):
        return orjson.Fragment(said)
    return said


def _is_empty(value: Any) -> bool:
    """Whether it says nothing: the primitives of a list that have extensions alone."""
    return isinstance(value, list) and all(one is None for one in value)


def _unknown(name: str, at: str) -> Problem:
    return Problem.of("structure", f"`{name[:64]}` is nothing here", f"`{name[:64]}` はここでは使えません", at)
