"""Shapes of primitive values that the structural checker leaves alone: blank strings, uris, ids, days there never were.

https://hl7.org/fhir/R4/datatypes.html#primitive
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resources.record import moment, wording
from resources.record.problem import Issue

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")

_WRITTEN = rb"[ \t]|\\[nrt]|\\u(?:0020|00[aA]0|2000|3000)"
_OTHER = rb"\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80"
BLANK = re.compile(rb'"(?:' + _WRITTEN + rb"|" + _OTHER + rb')+"')
"""In the bytes of a body, a string of nothing but space; most bodies have none, and their strings are not looked at."""

_URIS = "urn:ietf:rfc:3986"
"""The system of an identifier whose value is itself a uri (https://hl7.org/fhir/R4/datatypes.html#Identifier)."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S")
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")


def id(value: str, at: str) -> Issue | None:
    if ID.fullmatch(value):
        return None
    shown = wording.quoted(value)
    return Issue(f"{shown} is not an id", f"{shown} は id の形ではありません", at, code="value")


def again(id: str, at: str) -> Issue:
    """Said of an element whose id another one of its resource has."""
    shown = wording.quoted(id)
    text, ja = (
        f"another element of this resource has the id {shown}",
        f"id {shown} の要素が、このリソースに二つあります",
    )
    return Issue(text, ja, at, code="duplicate")


def agreeing(kind: str, value: Mapping[str, Any], at: str) -> Issue | None:
    """Whether an identifier that says to be a uri is one, and the size of an attachment that of its data."""
    if kind == "Identifier":
        said = value.get("value") if value.get("system") == _URIS else None
        return uri(said, f"{at}.value", absolute=True) if type(said) is str else None
    said, data = value.get("size"), value.get("data")
    if type(said) is not int or type(data) is not str:
        return None
    letters = "".join(data.split())
    there = len(letters) * 3 // 4 - letters[-2:].count("=")
    if said == there:
        return None
    return Issue(f"the data has {there} bytes", f"データは {there} バイトです", f"{at}.size", code="value")


def text(value: str, at: str) -> Issue | None:
    if value == "" or not value.isspace():
        return None
    return Issue(
        "a string holds more than space", "空白だけの文字列は書けません。要素ごと省いてください", at, code="value"
    )


def day(value: str, at: str) -> Issue | None:
    if moment.read(value) is not None:
        return None
    shown = wording.quoted(value)
    return Issue(f"{shown} is no date or time that there is", f"{shown} という日付・日時はありません", at, code="value")


def uri(value: str, at: str, absolute: bool) -> Issue | None:
    """A uri is well formed where it says its kind, and has a scheme where it names a system."""
    if value[:4] == "urn:" and not well_formed(value):
        shown = wording.quoted(value)
        return Issue(f"{shown} is not a well-formed urn", f"{shown} は urn の形ではありません", at, code="value")
    if absolute and not _ABSOLUTE.match(value):
        shown = wording.quoted(value)
        return Issue(
            f"{shown} is not an absolute uri", f"{shown} は絶対 URI（http…、urn… など）ではありません", at, code="value"
        )
    return None


def well_formed(urn: str) -> bool:
    """Whether an `urn:uuid:` or `urn:oid:` has the form it must; any other has."""
    if urn.startswith("urn:uuid:"):
        return _UUID.fullmatch(urn) is not None
    return not urn.startswith("urn:oid:") or _OID.fullmatch(urn) is not None
