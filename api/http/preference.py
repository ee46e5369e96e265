"""What a client would like of an answer: the preferences in a Prefer, however they are separated, quoted and spelt.

https://www.rfc-editor.org/rfc/rfc7240; https://hl7.org/fhir/R4/http.html#ops
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

RETURN = {"minimal": "minimal", "representation": "representation", "operationoutcome": "OperationOutcome"}

_PREFERENCE = re.compile(r"""([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?\s*(?:[,;]|$)""")


@lru_cache(maxsize=256)
def read(prefer: str) -> Mapping[str, str]:
    """The preferences by name, in lower case; of two of one name the first counts."""
    found: dict[str, str] = {}
    for match in _PREFERENCE.finditer(prefer[:1000]):
        name, quoted, plain = match.groups()
        found.setdefault(name.lower(), (quoted if quoted is not None else plain or "").strip().lower())
    return found


def returning(prefer: str) -> str:
    """`minimal`, `representation` or `OperationOutcome`, empty where nothing of that kind is wished."""
    return RETURN.get(read(prefer).get("return", ""), "") if prefer else ""


def is_lenient(prefer: str) -> bool:
    """Whether what is not known may be left out, as long as it is said."""
    return bool(prefer) and read(prefer).get("handling") == "lenient"


def is_async(prefer: str) -> bool:
    """Whether the answer is to come later."""
    return bool(prefer) and "respond-async" in read(prefer)
