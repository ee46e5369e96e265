"""The links of a resource, each found by the type of its element: where a transaction puts new addresses for old.

https://hl7.org/fhir/R4/http.html#trules: Reference, uri, url, oid, uuid, and `href` and `src` of the narrative; never
canonical, string, code or markdown, whatever stands there. In a Parameters they are in what it holds, and so in what a
FHIRPath Patch puts into a record, under a `reference` too that it writes as a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any

from profiles.spec import Spec
from resources.record import element_schema
from resources.record.element_schema import Shape

Change = Callable[[str, str, bool], str]
"""Given a link, where it stands and whether it is a Reference's, says what it is now."""

_LINKS = frozenset({"uri", "url", "oid", "uuid"})
_TAG = re.compile(r"""<[A-Za-z](?:[^"'<>]|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')""")


def changed(spec: Spec, resource: dict[str, Any], at: str, change: Change) -> dict[str, Any]:
    """The resource with every link as `change` says; itself where nothing has changed."""
    found: dict[str, Any] = _Links(element_schema.shapes(spec), change).resource(resource, at)
    return found


class _Links:
    def __init__(self, shapes: dict[str, Shape], change: Change) -> None:
        self._shapes, self._change = shapes, change

    def resource(self, node: Any, at: str) -> Any:
        if isinstance(node, dict) and node.get("resourceType") == "Parameters":
            return self._parts(node, "parameter", at)
        shape = self._shapes.get(str(node.get("resourceType"))) if isinstance(node, dict) else None
        return self._object(node, shape, at, reference=False) if shape else node

    def _object(self, node: dict[str, Any], shape: Shape, at: str, *, reference: bool) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in node.items():
            slot = shape.get(name)
            if slot is not None:
                literal = reference and name == "reference"
                made[name] = self._value(value, slot.kind, slot.inner, f"{at}.{name}", literal)
            elif name.startswith("_") and name[1:] in shape:
                made[name] = self._value(value, "Element", self._shapes["Element"], f"{at}.{name}", False)
            else:
                made[name] = value
        return node if all(made[name] is node[name] for name in node) else made

    def _parts(self, node: dict[str, Any], under: str, at: str) -> dict[str, Any]:
        """A Parameters, or a parameter of it: `value[x]` is what an extension may have, `part` and `resource` go on."""
        given = node.get(under)
        if not isinstance(given, list):
            return node
        literal = _writes_a_reference(given)
        found = [
            self._part(each, f"{at}.{under}[{place}]", literal and each.get("name") == "value")
            if isinstance(each, dict)
            else each
            for place, each in enumerate(given)
        ]
        return node if all(one is other for one, other in zip(found, given, strict=True)) else node | {under: found}

    def _part(self, part: dict[str, Any], at: str, literal: bool) -> dict[str, Any]:
        made = self._parts(part, "part", at)
        if isinstance(resource := part.get("resource"), dict):
            changed = self.resource(resource, f"{at}.resource")
            made = made if changed is resource else made | {"resource": changed}
        if literal and isinstance(link := part.get("valueString"), str):
            return made | {"valueString": self._new(link, f"{at}.valueString", True)}
        values = {name: slot for name, slot in self._shapes["Extension"].items() if name.startswith("value")}
        changed = self._object(made, values, at, reference=False)
        return changed if isinstance(changed, dict) else made

    def _value(self, value: Any, kind: str, inner: Shape, at: str, literal: bool) -> Any:
        if isinstance(value, list):
            found = [self._value(each, kind, inner, f"{at}[{place}]", literal) for place, each in enumerate(value)]
            return value if all(one is other for one, other in zip(found, value, strict=True)) else found
        if kind == "Resource":
            return self.resource(value, at)
        if isinstance(value, dict):
            return self._object(value, inner, at, reference=kind == "Reference") if inner else value
        if not isinstance(value, str):
            return value
        if literal or kind in _LINKS:
            return self._new(value, at, literal)
        return self._narrative(value, at) if kind == "xhtml" else value

    def _new(self, link: str, at: str, literal: bool) -> str:
        found = self._change(link, at, literal)
        return link if found == link else found

    def _narrative(self, div: str, at: str) -> str:
        def attribute(match: re.Match[str]) -> str:
            link = unescape(match[2] if match[2] is not None else match[3])
            found = self._new(link, at, False)
            return match[0] if found is link else f'{match[1]}"{escape(found)}"'

        found = _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), div)
        return div if found == div else found


def _writes_a_reference(parts: list[Any]) -> bool:
    """Whether these are the parts of an operation of FHIRPath Patch that writes the `reference` of a Reference."""
    said = {part.get("name"): part.get("valueString") for part in parts if isinstance(part, dict)}
    path = said.get("path")
    return said.get("name") == "reference" or (isinstance(path, str) and path.endswith(".reference"))
