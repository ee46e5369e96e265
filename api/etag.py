"""A version's number as an entity tag, written and read.

https://hl7.org/fhir/R4/http.html#concurrency
"""

from __future__ import annotations

from resources.record.problem import Problem
from resources.record.version import Version


def of(version: Version) -> str:
    return f'W/"{version.number}"'


def number(tag: str, at: str = "") -> int | None:
    """The version that an If-Match names, None for an empty one. Raises Problem where it names none."""
    tag = tag.strip()
    if not tag:
        return None
    digits = tag.removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        text, ja = f'If-Match is `W/"1"`, not `{tag}`', f'If-Match は `W/"1"` の形です（`{tag}`）'
        raise Problem.of("structure", text, ja, at)
    return int(digits)


def named(tags: str, version: Version) -> bool:
    """Whether an If-None-Match names this version; the comparison is the weak one."""
    return bool(tags) and bool(
        {tag.strip().removeprefix("W/") for tag in tags.split(",")} & {"*", of(version).removeprefix("W/")}
    )
