"""A version's number as an entity tag, written and read; and what a request demands of the version that stands.

https://hl7.org/fhir/R4/http.html#concurrency; https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from consent.writing import precondition
from consent.writing.precondition import Precondition
from resources.record import period
from resources.record.problem import Problem
from resources.record.version import Version

_TAG = re.compile(r'(?:W/)?"([^"]*)"|(\d+)')
_NO_VERSION = 0


def of(version: Version) -> str:
    return f'W/"{version.number}"'


def demanded(
    match: str | None, none_match: str | None = None, unmodified_since: str | None = None, at: Mapping[str, str] = {}
) -> Precondition:
    """What If-Match, If-None-Match and If-Unmodified-Since demand, None for one that is not there.

    `at` names their elements in a Bundle. Raises Problem `structure` for one that cannot be read: an unread one would
    guard nothing.
    """
    if match is None and none_match is None and unmodified_since is None:
        return precondition.NONE
    among, but = (
        _read(tags, name, at) if tags is not None else None
        for name, tags in (("If-Match", match), ("If-None-Match", none_match))
    )
    exists = True if among == _ANY else False if but == _ANY else None
    return Precondition(
        among=None if among is None or among == _ANY else among,
        but=frozenset() if but is None or but == _ANY else but,
        exists=exists,
        since=_second(unmodified_since, at) if unmodified_since is not None else None,
    )


def is_known(headers: Mapping[str, str], version: Version) -> bool:
    """Whether its reader has this version: If-None-Match, by the weak comparison, else If-Modified-Since."""
    tags = headers.get("if-none-match")
    if tags is not None:
        mine = of(version).removeprefix("W/")
        return bool({tag.strip().removeprefix("W/") for tag in tags.split(",")} & {"*", mine})
    said = headers.get("if-modified-since")
    since, changed = (_date(said) if said else None), period.first(version.since)
    # A date that is none is as if it were not there: the whole answer is never wrong.
    return since is not None and changed is not None and changed.replace(microsecond=0) <= since


_ANY = frozenset({-1})


def _read(tags: str, name: str, at: Mapping[str, str]) -> frozenset[int]:
    """The versions that a list of entity tags names; a tag that is not of ours names none."""
    if tags.strip() == "*":
        return _ANY
    found = set()
    for tag in tags.split(","):
        match = _TAG.fullmatch(tag.strip())
        if match is None:
            text, ja = f'{name} is `W/"1"`, not `{tag[:40]}`', f'{name} は `W/"1"` の形です（`{tag[:40]}`）'
            raise Problem.of("structure", text, ja, at.get(name, ""))
        digits = match[1] if match[1] is not None else match[2]
        ours = digits.isascii() and digits.isdigit() and len(digits) <= 9
        found.add(int(digits) if ours else _NO_VERSION)
    return frozenset(found)


def _second(text: str, at: Mapping[str, str]) -> datetime:
    found = _date(text)
    if found is None:
        reason = f"If-Unmodified-Since is no date of HTTP: `{text[:40]}`"
        ja = f"If-Unmodified-Since が HTTP の日時ではありません（`{text[:40]}`）"
        raise Problem.of("structure", reason, ja, at.get("If-Unmodified-Since", ""))
    return found


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
