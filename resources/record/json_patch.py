"""JSON Patch on a resource: read with bounds, applied one operation after another, no digit of a number altered.

https://www.rfc-editor.org/rfc/rfc6902; https://hl7.org/fhir/R4/http.html#patch
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import jsonpatch
import orjson

from resources.record import parse
from resources.record.extent import Extent
from resources.record.problem import Issue, Problem

MOST = 500
MOST_COPIES = 50
"""Each may double what there is: what comes of them is measured at the end."""

_FAULTS = (
    *(jsonpatch.JsonPatchException, jsonpatch.JsonPointerException),
    *(TypeError, KeyError, ValueError, RecursionError),
)
_KEYS = {"add": {"value"}, "remove": set(), "replace": {"value"}, "move": {"from"}, "copy": {"from"}, "test": {"value"}}


class Digits(Decimal):
    """A number that is compared by its value and written as it came."""

    text: str

    def __new__(cls, text: str) -> Digits:
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __deepcopy__(self, known: object) -> Digits:
        return self


def read(body: bytes, *, limit: int, depth: int, extent: Extent) -> Sequence[Mapping[str, Any]]:
    """The operations of a patch. Raises Problem naming the one that is none."""
    # In an object the bounds of a resource hold for it.
    wrapped = b'{"resourceType":"JSONPatch","operation":' + body + b"}"
    parse.parse(wrapped, limit=limit + len(wrapped) - len(body), depth=depth, extent=extent)
    found = _loaded(wrapped)["operation"]
    if not isinstance(found, list) or len(found) > MOST:
        text, ja = f"a patch is an array of at most {MOST} operations", f"パッチは{MOST}件までの操作の配列です"
        raise Problem.of("structure", text, ja)
    for place, each in enumerate(found):
        needs = _KEYS.get(str(each.get("op"))) if isinstance(each, dict) else None
        if needs is None or not {"op", "path", *needs} <= set(each):
            text, ja = "this is no operation of RFC 6902", "RFC 6902 の操作ではありません"
            raise Problem.of("structure", text, ja, f"[{place}]")
    if sum(each["op"] == "copy" for each in found) > MOST_COPIES:
        text, ja = f"a patch copies at most {MOST_COPIES} times", f"copy は{MOST_COPIES}回までです"
        raise Problem.of("too-costly", text, ja)
    return found


def applied(operations: Sequence[Mapping[str, Any]], resource: dict[str, Any], limit: int) -> dict[str, Any]:
    """The resource after every operation, for writing. Raises Problem `invalid` naming the one that fails."""
    made: Any = _loaded(parse.write(resource))
    size = 0
    for place, each in enumerate(operations):
        try:
            if each["op"] == "copy":
                size += _size(made, each["from"])
            if size > limit:
                text, ja = "what the patch makes is too long", "パッチの結果が大きすぎます"
                raise Problem.of("too-long", text, ja, f"[{place}]")
            made = jsonpatch.JsonPatch([dict(each)]).apply(made, in_place=True)
        except jsonpatch.JsonPatchTestFailed:
            text, ja = "the test failed", "test の値が一致しません"
            raise Problem("invalid", Issue(text, ja, f"[{place}].path")) from None
        except (
            jsonpatch.JsonPatchException,
            jsonpatch.JsonPointerException,
            TypeError,
            KeyError,
            ValueError,
            RecursionError,
        ):
            text, ja = "the operation does not fit the record", "操作が記録に当てはまりません"
            raise Problem("invalid", Issue(text, ja, f"[{place}].path")) from None
    if not isinstance(made, dict):
        text, ja = "what the patch makes is no resource", "パッチの結果がリソースではありません"
        raise Problem("invalid", Issue(text, ja))
    return {name: _written(value) for name, value in made.items()}


def _loaded(body: bytes) -> Any:
    return json.loads(
        body, parse_float=Digits, parse_int=lambda digits: Digits(digits) if digits == "-0" else int(digits)
    )


def _size(made: Any, at: Any) -> int:
    return len(orjson.dumps(_written(jsonpatch.JsonPointer(at).resolve(made))))


def _written(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _written(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_written(each) for each in node]
    return orjson.Fragment(node.text) if isinstance(node, Digits) else node
