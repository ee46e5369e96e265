"""What the policy rests on says from when to when it counts, in dates that can be told.

docs/policy.md, "three answers": what cannot be told is best refused when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import active, coding, envelope, period
from resources.record.problem import Issue

_OVER = ("cancelled", "entered-in-error", "finished", "inactive")


def told(change: Transition) -> Iterator[Issue]:
    """P4, P12, art. 3: it can be told from when to when a meeting, a post, an entry of the directory and a seat count,
    and whether what is in the directory does.

    What is ended by the change may stay as it was: one that cannot be told can always be ended.
    """
    record = change.after
    if record is None or record.get("status") in _OVER or record.get("active") is False:
        return
    if (type := record["resourceType"]) in vocabulary.INSTALLED and active.told(record) is None:
        text = "it cannot be told whether this is in use: say so, or leave it out"
        ja = "使われているかどうかを読み取れません。true か false で記入するか、省いてください"
        yield violation("P12", text, ja, f"{type}.active")
    for rule, at, written in _periods(record):
        if period.span(written) is None:
            yield violation(
                rule,
                "it cannot be told when this begins or ends: write the dates out, the start before the end",
                "いつからいつまでかを読み取れません。日付を省かず、開始が終了より前になるように記入してください",
                at,
            )


def _periods(record: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The periods that the policy reads in a record: the rule by which it does, the element, and what stands there."""
    type = record["resourceType"]
    if type == "Encounter" and envelope.is_conference(record):
        yield "P4", "Encounter.period", record.get("period")
        yield from _each("P4", "Encounter.participant", record.get("participant"))
    elif type == "CareTeam" and vocabulary.STANDING_ROSTER in coding.of(record.get("category")):
        yield from _each("art. 3", "CareTeam.participant", record.get("participant"))
    elif type in vocabulary.INSTALLED:
        for place, held in enumerate(coding.extension(record, "in-force")):
            yield "P12", f"{type}.extension[{place}]", held.get("valuePeriod")
        yield "P12", f"{type}.period", record.get("period")


def _each(rule: str, at: str, parts: Any) -> Iterator[tuple[str, str, Any]]:
    for place, part in enumerate(parts or ()):
        yield rule, f"{at}[{place}].period", part.get("period")
