"""The forms of values and bodies in the OpenAPI document, as JSON Schema: of parameters, Parameters, Bundles, patches.

https://spec.openapis.org/oas/v3.1.1.html#schema-object
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.http.route import FHIR, FORM, JSON_PATCH
from api.interactions import metadata
from resources.search import result_parameters
from resources.search.subset import SUMMARIES

Json = dict[str, Any]

_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$"
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
_WHEN = r"^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$"
_PRIMITIVES: Mapping[str, Json] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": 0, "maximum": 2_147_483_647},
    "instant": {"type": "string", "pattern": _INSTANT},
    "dateTime": {"type": "string", "pattern": _WHEN},
    "date": {"type": "string", "pattern": _DAY},
    "time": {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"},
    "id": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"},
    "code": {"type": "string", "pattern": r"^[^\s]+(\s[^\s]+)*$"},
    "uri": {"type": "string", "pattern": r"^\S+$"},
    "canonical": {"type": "string", "pattern": r"^\S+$"},
    "string": {"type": "string", "minLength": 1, "maxLength": 2_000},
}
_NAMED: Mapping[str, Json] = {
    "_count": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    "_summary": {"type": "string", "enum": list(SUMMARIES)},
    "_total": {"type": "string", "enum": ["none", "estimate", "accurate"]},
    "_elements": {"type": "string", "pattern": r"^[A-Za-z.]+(,[A-Za-z.]+)*$"},
    "_include": {"type": "string", "pattern": r"^(\*|[A-Z][A-Za-z]+:[a-z*][a-z-]*(:[A-Z][A-Za-z]+)?)$"},
    "_sort": {"type": "string", "pattern": r"^-?[a-z_][A-Za-z-]*(,-?[a-z_][A-Za-z-]*){0,3}$"},
    "_type": {"type": "string", "pattern": r"^[A-Z][A-Za-z]+(,[A-Z][A-Za-z]+)*$"},
    "_since": _PRIMITIVES["dateTime"],
    "_at": _PRIMITIVES["dateTime"],
    "mode": {"type": "string", "enum": list(metadata.MODES)},
    result_parameters.CURSOR: {"type": "string", "minLength": 1},
}
_ALIKE = {"_revinclude": "_include"}
_ANY = ("Any", "Resource")
_LANGUAGES = {"type": "string", "enum": ["ja", "en"]}
HEADERS: Mapping[str, Json] = {
    "Accept-Language": _LANGUAGES,
    "If-Match": {"type": "string", "pattern": r'^(\*|(W/)?"\d+"(, *(W/)?"\d+")*)$'},
    "If-None-Match": {"type": "string", "pattern": r'^(\*|(W/)?"\d+"(, *(W/)?"\d+")*)$'},
    "Prefer": {"type": "string", "pattern": r"^[a-z-]+=[A-Za-z]+((,|;) *[a-z-]+=[A-Za-z]+)*$|^respond-async$"},
}
_REFERRED: Json = {"$ref": "#/components/schemas/resource"}


def of_value(name: str, kind: str = "string") -> Json:
    """A parameter of an address, by its name where it is one of FHIR's, else by FHIR's type of it."""
    known = _NAMED.get(_ALIKE.get(name, name))
    return dict(known or _PRIMITIVES.get(kind, {"type": "string"}))


def of_inputs(inputs: Sequence[Mapping[str, Any]], resources: frozenset[str]) -> Json:
    """A Parameters with inputs of an operation, each under its name and with its type of value, of which `resources`
    are types of resources; where there is one, that may be sent by itself."""
    carried = [each for each in inputs if each.get("type") in (*_ANY, *resources)]
    known: Json = {"resourceType": {"const": "Parameters"}}
    if inputs:
        said = [_input(each, resources) for each in inputs]
        known["parameter"] = {"type": "array", "minItems": 1, "items": {"anyOf": said}}
    whole: Json = {"type": "object", "required": ["resourceType"], "properties": known}
    return {"anyOf": [whole, _REFERRED]} if carried else whole


def of_body(kind: str, names: Sequence[str] = ()) -> Json:
    """A body of a kind: a resource, a form of parameters with these names among them, or a JSON Patch."""
    if kind == FORM:
        known = {name: of_value(name) for name in names}
        return {"type": "object", "properties": known, "additionalProperties": {"type": "string"}}
    return {"$ref": "#/components/schemas/patch"} if kind == JSON_PATCH else _REFERRED if kind == FHIR else {}


def patch() -> Json:
    """The operations of RFC 6902."""
    pointer: Json = {"type": "string", "pattern": r"^(/([^~/]|~[01])*)*$"}
    valued = {"op": {"enum": ["add", "replace", "test"]}, "path": pointer, "value": {}}
    moved = {"op": {"enum": ["move", "copy"]}, "path": pointer, "from": pointer}
    removed = {"op": {"const": "remove"}, "path": pointer}
    each = [{"type": "object", "required": list(one), "properties": one} for one in (valued, moved, removed)]
    return {"type": "array", "maxItems": 500, "items": {"anyOf": each}}


def bundle(methods: Iterable[str]) -> Json:
    """Several requests in one."""
    named = {name: {"type": "string"} for name in ("ifMatch", "ifNoneMatch", "ifModifiedSince", "ifNoneExist")}
    request: Json = {
        "type": "object",
        "required": ["method", "url"],
        "properties": {"method": {"enum": sorted(methods)}, "url": {"type": "string", "minLength": 1}} | named,
    }
    held = {"fullUrl": {"type": "string", "minLength": 1}, "resource": _REFERRED, "request": request}
    entry: Json = {"type": "object", "required": ["request"], "properties": held}
    return {
        "type": "object",
        "required": ["resourceType", "type", "entry"],
        "properties": {
            "resourceType": {"const": "Bundle"},
            "type": {"enum": ["batch", "transaction"]},
            "entry": {"type": "array", "minItems": 1, "maxItems": 500, "items": entry},
        },
    }


def _input(one: Mapping[str, Any], resources: frozenset[str]) -> Json:
    kind = str(one.get("type", ""))
    named: Json = {"name": {"const": one["name"]}}
    if not kind:
        held: Json = {"part": {"type": "array", "minItems": 1, "items": {"type": "object"}}}
    elif kind in (*_ANY, *resources):
        held = {"resource": _REFERRED}
    else:
        held = {f"value{kind[0].upper()}{kind[1:]}": dict(_PRIMITIVES.get(kind, {"type": "object"}))}
    return {"type": "object", "required": ["name", *held], "properties": named | held}
