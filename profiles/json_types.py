"""R4's types as JSON Schema: names, cardinalities, primitives, required codes; what stands in an extension is its own.

https://hl7.org/fhir/R4/json.html; https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

from typing import Any

from profiles import spec as specification
from profiles.spec import Element, Spec

Json = dict[str, Any]

_DATE = r"([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _text(pattern: str) -> Json:
    return {"type": "string", "pattern": f"^{pattern}$"}


PRIMITIVES: dict[str, Json] = {
    "base64Binary": _text(r"(\s*[0-9a-zA-Z+/=]){4,}\s*"),
    "boolean": {"type": "boolean"},
    "canonical": _text(r"\S+"),
    "code": _text(r"[^\s]+( [^\s]+)*"),
    "date": _text(_DATE),
    "dateTime": _text(f"({_DATE}|{_DAY}T{_CLOCK}{_ZONE})"),
    "decimal": {"type": "number"},
    "id": _text(r"[A-Za-z0-9.-]{1,64}"),
    "instant": _text(f"{_DAY}T{_CLOCK}{_ZONE}"),
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "markdown": {"type": "string", "minLength": 1},
    "oid": _text(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "string": {"type": "string", "minLength": 1},
    "time": _text(_CLOCK),
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "uri": _text(r"\S+"),
    "url": _text(r"\S+"),
    "uuid": _text(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "xhtml": {"type": "string", "minLength": 1},
}
"""https://hl7.org/fhir/R4/datatypes.html#primitive"""

_RESOURCE: Json = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
"""A resource within another: by a schema of its own."""

_EXTENSION: Json = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "id": {"type": "string"},
        "url": {"type": "string"},
        "extension": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Extension"}},
    },
    "patternProperties": {"^_?value[A-Z]": True},
    "additionalProperties": False,
}
"""Any extension, inside something else: its own schema says more."""

_PRIMITIVE: Json = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "id": {"type": "string"},
        "extension": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Extension"}},
    },
    "additionalProperties": False,
}
"""What is beside a primitive, under its name with `_`."""


class Types:
    """Definitions of types, made as they are asked for; `defs` are those so far, and all that they name."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.defs: dict[str, Json] = {"Element": _PRIMITIVE, "Extension": _EXTENSION, "Resource": _RESOURCE}

    def resource(self, type: str, choices: frozenset[str] | None = None) -> Json:
        """A type itself; of an Extension `choices` are the names of its value, None for any."""
        made = self._object(type, "", choices)
        if type != "Extension":
            made["properties"] = {"resourceType": {"const": type}, **made["properties"]}
            made["required"] = ["resourceType", *made.get("required", ())]
        return made

    def of(self, kind: str) -> Json:
        """A datatype, by its name."""
        if kind in PRIMITIVES:
            self.defs.setdefault(kind, PRIMITIVES[kind])
            return {"$ref": f"#/$defs/{kind}"}
        return self._named(kind, "")

    def _object(self, type: str, path: str, choices: frozenset[str] | None = None) -> Json:
        start = f"{path}." if path else ""
        properties: Json = {}
        demanded: list[Json] = []
        required: list[str] = []
        for below, element in self._spec.elements[type].items():
            name = below.removeprefix(start)
            if not below.startswith(start) or "." in name:
                continue
            given = {specification.concrete(name, kind): kind for kind in element.types} if name.endswith("[x]") else {}
            given = given or {name: element.types[0]}
            for spelt, kind in given.items():
                if choices is not None and name.endswith("[x]") and spelt not in choices:
                    continue
                properties |= self._property(spelt, type, below, element, kind)
            if element.min and (name.endswith("[x]") or element.types[0] in PRIMITIVES):
                demanded.append({"anyOf": [{"required": [each]} for each in properties if _is_of(each, given)]})
            elif element.min:
                required.append(name)
        made: Json = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            made["required"] = required
        if demanded:
            made["allOf"] = demanded
        return made

    def _property(self, name: str, type: str, path: str, element: Element, kind: str) -> Json:
        one, many = self._value(type, path, element, kind), element.max not in ("0", "1")
        beside: Json = {"$ref": "#/$defs/Element"}
        plain = kind in PRIMITIVES
        if many and plain:
            one, beside = _row({"anyOf": [one, {"type": "null"}]}), _row({"anyOf": [beside, {"type": "null"}]})
        elif many:
            one = _row(one)
        return {name: one, f"_{name}": beside} if plain else {name: one}

    def _value(self, type: str, path: str, element: Element, kind: str) -> Json:
        if kind.startswith("#"):
            owner, _, below = kind[1:].partition(".")
            return self._named(owner, below)
        if any(each.startswith(f"{path}.") for each in self._spec.elements[type]):
            return self._named(type, path)
        if kind == "code" and (codes := self._spec.value_sets.get(element.binding)):
            return {"enum": sorted(codes)}
        return self.of(kind)

    def _named(self, type: str, path: str) -> Json:
        name = f"{type}.{path}" if path else type
        if name not in self.defs:
            self.defs[name] = {}
            self.defs[name] = self._object(type, path)
        return {"$ref": f"#/$defs/{name}"}


def _row(one: Json) -> Json:
    return {"type": "array", "minItems": 1, "items": one}


def _is_of(name: str, given: dict[str, str]) -> bool:
    return name.removeprefix("_") in given
