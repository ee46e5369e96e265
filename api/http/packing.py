"""Bodies packed with gzip: unpacked no further than their bound, and answers packed where they are long.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3; https://hl7.org/fhir/R4/http.html#2.21.0.7
"""

from __future__ import annotations

import asyncio
import zlib

from api.http import call
from api.http.call import Content
from api.http.intake import Body
from resources.record.problem import Problem

LONG = 4 * 1024
"""An answer shorter than this is sent as it is: to pack it would take longer than to send it."""

_ASIDE = 256 * 1024
_GZIP = 31
_LEVEL = 1
_NONE = ("", "identity")


def unpacked(body: Body, coding: str) -> Content:
    """Reads a body that came in this coding, as `Call` wants it."""
    said = coding.strip().lower()
    if said in _NONE:
        return body.read

    async def read(most: int) -> bytes:
        if said not in ("gzip", "x-gzip"):
            shown = said[:40]
            ja = f"`gzip` か、圧縮なしで送ってください（`{shown}`）"
            raise Problem.of("media-type", f"send it as it is or as `gzip`, not `{shown}`", ja)
        packed = await body.read(most)
        found = await asyncio.to_thread(_unpacked, packed, most)
        body.grow(len(found))
        return found

    return read


def accepts(accept_encoding: str) -> bool:
    """Whether who asks takes gzip."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


async def packed(body: bytes) -> bytes:
    """The body as gzip; a very long one is packed aside."""
    return _packed(body) if len(body) < _ASIDE else await asyncio.to_thread(_packed, body)


def _packed(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL, _GZIP)


def _unpacked(packed: bytes, most: int) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    try:
        found = reader.decompress(packed, most + 1)
    except zlib.error:
        raise _broken() from None
    if len(found) > most:
        raise call.too_long(most)
    if not reader.eof or reader.unused_data:
        raise _broken()
    return found


def _broken() -> Problem:
    return Problem.of("structure", "the body is no whole gzip", "本文が gzip として正しくありません")
