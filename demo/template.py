"""The demo's payloads: JSON files with `{{name}}` or `{{Type/name}}` where a reference or a time goes in.

docs/journey.md, demo/household_h, demo/household_k
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

FOLDER = Path(__file__).parent / "household_h"
SECOND = Path(__file__).parent / "household_k"
TOKYO = ZoneInfo("Asia/Tokyo")
_PLACE = re.compile(r"\{\{(?:[A-Z][A-Za-z]+/)?([a-z0-9-]+)\}\}")


class Unfilled(Exception):
    """A payload asks for a value that nobody has given."""


def fill(name: str, values: Mapping[str, Any], folder: Path = FOLDER) -> dict[str, Any]:
    """The payload `<name>.json` with every place filled; household H's where this folder has none of its own.

    Raises Unfilled naming the place.
    """
    own = folder / f"{name}.json"
    payload = orjson.loads((own if own.exists() else FOLDER / own.name).read_bytes())
    filled = _filled(payload, values, name)
    return filled if isinstance(filled, dict) else {}


def clock(now: datetime) -> dict[str, str]:
    """The times payloads ask for: `now`, `today`, `in-a-year`, and a conference's window around now, in local time.

    The window ends with its day.
    """
    local = now.astimezone(TOKYO)
    morning = local.replace(hour=0, minute=0, second=0)
    night = local.replace(hour=23, minute=59, second=59)
    return {
        "now": local.isoformat(timespec="seconds"),
        "today": local.date().isoformat(),
        "in-a-year": (local.date() + timedelta(days=365)).isoformat(),
        "window-start": max(local - timedelta(minutes=1), morning).isoformat(timespec="seconds"),
        "window-end": min(local + timedelta(hours=2), night).isoformat(timespec="seconds"),
    }


def _filled(part: Any, values: Mapping[str, Any], payload: str) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values, payload) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values, payload) for value in part]
    if not isinstance(part, str):
        return part
    if whole := _PLACE.fullmatch(part):
        return _given(whole.group(1), values, payload)
    return _PLACE.sub(lambda place: str(_given(place.group(1), values, payload)), part)


def _given(name: str, values: Mapping[str, Any], payload: str) -> Any:
    if name not in values:
        raise Unfilled(f"`{payload}.json` asks for `{name}`, which is not known yet")
    return values[name]
