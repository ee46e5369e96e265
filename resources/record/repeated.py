"""The values of an element that repeats: null stands where one of them is only said to be unknown.

https://hl7.org/fhir/R4/json.html#primitive
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def told(node: Mapping[str, Any], name: str) -> list[Any]:
    """Those that are told; none where the element is absent."""
    return [each for each in node.get(name) or () if each is not None]
