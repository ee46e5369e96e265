"""Bytes into a resource, bounded in size and depth, and back again without losing a digit.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

import orjson

from resources.record import reference
from resources.record.extent import USUAL, Extent
from resources.record.problem import Problem

# Never fails and never goes back, so it is linear on any input; an open string runs to the end.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
# Escaped control characters, since the unescaped are no JSON, and what is no character at all.
_CONTROL = re.compile(rb"\\(?:u00[01][0-9a-fA-F]|[bf]|u[fF]{3}[eEfF])|\xef\xbf[\xbe\xbf]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What may be a number that Python would alter; in a string it is none, which costs time and nothing else.
_ALTERED = re.compile(rb"[\[:,\s](?:-0|-?[0-9]+[.eE]|-?[0-9]{15})")
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


def parse(body: bytes, *, limit: int, depth: int, extent: Extent = USUAL) -> dict[str, Any]:
    """The resource in a body of at most `limit` bytes whose arrays and objects nest at most `depth` (below 900) deep.

    Numbers are ints and floats: for reading, not for writing back. Raises Problem `too-long`, `too-costly`, `invalid`
    or `structure`.
    """
    if len(body) > limit:
        raise Problem.of("too-long", f"the body is longer than {limit} bytes", f"本文が {limit} バイトを超えています")
    skeleton = _STRING.sub(b"", body)
    if max(accumulate(map(_STEP.__getitem__, skeleton.translate(None, _ALL_BUT_BRACKETS))), default=0) > depth:
        raise Problem.of(
            "too-long",
            f"arrays and objects are nested more than {depth} deep",
            f"配列とオブジェクトの入れ子が {depth} 段を超えています",
        )
    extent.demand(skeleton)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise _malformed(body, fault) from None
    if not isinstance(found, dict):
        raise Problem.of("structure", "a resource is a json object", "リソースは JSON オブジェクトでなければなりません")
    # As many keys as colons, unless one came twice.
    objects = reference.objects(found)
    extent.demand_of(objects, len(body))
    if skeleton.count(b":") != sum(map(len, objects)):
        key = _duplicate(body)
        raise Problem.of("structure", f"the key `{key}` appears twice in one object", f"キー `{key}` が重複しています")
    if not isinstance(found.get("resourceType"), str):
        raise Problem.of(
            "structure",
            "a resource needs a `resourceType`, and it is a string",
            "リソースには文字列の `resourceType` が必要です",
            at="Resource.resourceType",
        )
    if _CONTROL.search(body) and (at := _controlled(found)) is not None:
        text, ja = "a string holds a control character", "文字列に制御文字が含まれています"
        raise Problem.of("structure", text, ja, f"{found['resourceType']}{at}")
    return found


def _controlled(node: Any) -> str | None:
    """Where below a node a string holds what FHIR forbids: https://hl7.org/fhir/R4/datatypes.html#string"""
    stack: list[tuple[str, Any]] = [("", node)]
    while stack:
        at, value = stack.pop()
        if isinstance(value, dict):
            if any(_FORBIDDEN.search(key) for key in value):
                return at
            stack.extend((f"{at}.{key}", inner) for key, inner in value.items())
        elif isinstance(value, list):
            stack.extend((f"{at}[{place}]", inner) for place, inner in enumerate(value))
        elif isinstance(value, str) and _FORBIDDEN.search(value):
            return at
    return None


def editable(body: bytes) -> dict[str, Any]:
    """The object in a body that `parse` accepted, for changing and writing back.

    Every number whose digits Python would alter is an opaque `orjson.Fragment`: all decimals, large integers, `-0`.
    """
    found: dict[str, Any]
    if _ALTERED.search(body):
        found = json.loads(body, parse_float=orjson.Fragment, parse_int=_integer)
    else:
        found = orjson.loads(body)
    return found


def write(resource: dict[str, Any]) -> bytes:
    """The object as compact UTF-8 JSON, keys in their order and the digits of `editable` as they came."""
    return orjson.dumps(resource)


def _integer(digits: str) -> int | orjson.Fragment:
    if digits != "-0" and len(digits) < 16:
        return int(digits)
    return orjson.Fragment(digits)


def _malformed(body: bytes, fault: orjson.JSONDecodeError) -> Problem:
    try:
        body.decode()
    except UnicodeDecodeError as wrong:
        return Problem.of(
            "structure", f"byte {wrong.start + 1} is not utf-8", f"{wrong.start + 1} バイト目が UTF-8 ではありません"
        )
    reason = fault.msg if fault.msg[:2].isupper() else fault.msg[0].lower() + fault.msg[1:]
    return Problem.of(
        "structure",
        f"not json at line {fault.lineno}, column {fault.colno}: {reason}",
        f"{fault.lineno} 行 {fault.colno} 文字目が JSON として正しくありません",
    )


def _duplicate(body: bytes) -> str:
    found = ""

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                found = found or key
            seen.add(key)

    json.loads(body, object_pairs_hook=look)
    return found[:100]
