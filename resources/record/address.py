"""An absolute address, alike for every spelling that is the same by RFC 3986, and what it names on this server.

https://www.rfc-editor.org/rfc/rfc3986#section-6.2; https://hl7.org/fhir/R4/references.html#literal

The case of scheme, host and percent-encodings, encodings of what needs none, steps of a path and the scheme's own port
make no other address. A slash at the end, two in a row, another case of the path, a fragment or a user do.
"""

from __future__ import annotations

import re

from resources.record import reference

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://(\[[^\]/?#@\s]*\]|[^:\[\]/?#@\s]*)(?::(\d*))?((?:/[^?#\s]*)?)")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~]")
_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_PORTS = {"http": "80", "https": "443"}


def normal(address: str) -> str:
    """The one spelling of an address without query and fragment; empty for what is none, or names a user."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return ""
    scheme, host = found[1].lower(), _decoded(found[2]).lower()
    port = "" if found[3] in (None, "", _PORTS.get(scheme)) else f":{found[3]}"
    return f"{scheme}://{host}{port}{_walked(_decoded(found[4]))}"


def below(base: str, address: str) -> str:
    """`Type/id`, with its version, or the search `Type?…`, of an address of the server with this normal base; empty for
    any other."""
    if not base or "://" not in address or "#" in address:
        return ""
    place, mark, query = address.partition("?")
    here = normal(place)
    if not here.startswith(f"{base}/"):
        return ""
    rest = here[len(base) + 1 :]
    names = _TYPE.fullmatch(rest) is not None if mark else reference.is_relative(rest)
    return f"{rest}{mark}{query}" if names else ""


def _decoded(text: str) -> str:
    """Without the encodings of what needs none; those that stay in capitals."""

    def plain(match: re.Match[str]) -> str:
        letter = chr(int(match[0][1:], 16))
        return letter if _PLAIN.fullmatch(letter) else match[0].upper()

    return _ENCODED.sub(plain, text)


def _walked(path: str) -> str:
    """A path without `.` and `..`."""
    steps = path.split("/")[1:]
    walked: list[str] = []
    for step in steps:
        if step == "..":
            del walked[-1:]
        elif step != ".":
            walked.append(step)
    if steps and steps[-1] in (".", ".."):
        walked.append("")
    return "".join(f"/{step}" for step in walked)
