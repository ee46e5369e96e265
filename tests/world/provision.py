"""The provision of a consent in the words of the features: for how long, to whom, for what, of which records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from demo.journey.city import City
from demo.template import TOKYO
from tests.world import casework
from tests.world.words import AGENCIES, WHAT, several

PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
TYPES = "http://hl7.org/fhir/resource-types"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
RECIPIENT, AUTHOR = ({"coding": [{"system": _PARTICIPATION, "code": code}]} for code in ("IRCP", "AUT"))
_DAYS = {"去年": -365, "昨日": -1, "今日": 0, "明日": 1, "来年": 365}


def worded(city: City, element: str, value: str) -> dict[str, Any]:
    """The provision of the mother's consent with one element as a feature says it."""
    words = several(value)
    changed: dict[str, Callable[[], dict[str, Any]]] = {
        "期間": lambda: {"period": _period(value)},
        "提供先": lambda: {"actor": [team(city) if name == "チーム" else recipient(name) for name in words]},
        "目的": lambda: {"purpose": [{"system": PURPOSES, "code": code} for code in words]},
        "記録の種類": lambda: {"class": _types(words)},
        "全体": lambda: {"type": value, "provision": None},
        "例外": lambda: {"provision": words or None},
        "挙げた記録": lambda: {"data": _records(city, words)},
        "例外の記録": lambda: {"provision": [{"type": "deny", "data": _records(city, words)}]},
        "記録の日付": lambda: {"dataPeriod": _period(value), "class": _types(["Condition"])},
        "例外の日付": lambda: {"provision": [{"type": "deny", "dataPeriod": _period(value)}]},
    }
    return casework.provision(city, **changed[element]())


def recipient(name: str) -> dict[str, Any]:
    """An agency to which the consent provides."""
    return {"role": RECIPIENT, "reference": {"reference": AGENCIES[name]}}


def team(city: City) -> dict[str, Any]:
    """The team of a scenario, to which the consent provides."""
    return {"role": RECIPIENT, "reference": {"reference": city.known["team"]}}


def _records(city: City, words: list[str]) -> list[dict[str, Any]]:
    return [{"meaning": "instance", "reference": {"reference": city.known[WHAT[word]]}} for word in words]


def _types(words: list[str]) -> list[dict[str, str]] | None:
    return None if words == ["すべて"] else [{"system": TYPES, "code": code} for code in words]


def _period(value: str) -> dict[str, str]:
    today = datetime.now(TOKYO).date()
    start, end = value.removesuffix("まで").split("から")
    days = {"start": start, "end": end}
    return {error_boundary: (today + timedelta(days=_DAYS[day])).isoformat() for error_boundary, day in days.items()}
