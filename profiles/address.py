"""Addresses that are meant for one another: what is named otherwise than it is known here would be looked at by nobody.

https://hl7.org/fhir/R4/datatypes.html#uri
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_FILE = re.compile(r"\.(html?|json|xml)\Z")


def plain(address: str) -> str:
    """An address without what does not tell one from another: case, letters that are not seen, the kind of connection,
    a version, a query, a fragment."""
    whole = unicodedata.normalize("NFKC", unquote(address)).casefold()
    seen = "".join(letter for letter in whole if letter.isprintable() and not letter.isspace())
    return re.split(r"[|?#]", seen)[0].replace("https://", "http://", 1).rstrip("/")


def names(address: str) -> list[str]:
    """The parts of such an address, the last one first."""
    return [_FILE.sub("", part) for part in re.split(r"[/:]", plain(address))[::-1]]
