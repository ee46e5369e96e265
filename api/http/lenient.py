"""A search by as much of its parameters as is known here: only where that is wished, and what is left out is said.

https://hl7.org/fhir/R4/search.html#errors ("handling=lenient")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from api.http import outcomes, preference, respond
from api.http.answer import Answer
from api.http.call import Call
from api.http.respond import Json
from resources.record.problem import Issue, Problem

T = TypeVar("T")
Parameters = Sequence[tuple[str, str]]


def read(call: Call, parse: Callable[[Parameters], T], parameters: Parameters) -> tuple[T, tuple[Issue, ...]]:
    """What the parameters mean, and of each that was left out why. Raises Problem where none may be left out, or where
    one is known and cannot be read."""
    left: list[Issue] = []
    if not preference.is_lenient(call.header("prefer")):
        return parse(parameters), ()
    while True:
        try:
            return parse(parameters), tuple(left)
        except Problem as problem:
            unknown = {issue.at for issue in problem.issues} if problem.kind == "not-supported" else set()
            kept = [each for each in parameters if not {each[0], each[0].partition(":")[0]} & unknown]
            if len(kept) == len(parameters):
                raise
            left += problem.issues
            parameters = kept


def outcome(call: Call, left: Sequence[Issue]) -> Answer:
    """An answer that says what was left out, and has no body where nothing was."""
    said = [replace(issue, severity="warning") for issue in left]
    return respond.json(outcomes.outcome(said, "not-supported", call.language)) if said else Answer()


def told(call: Call, left: Sequence[Issue]) -> list[Json]:
    """The entry of a searchset that says what was left out; none where nothing was."""
    if not left:
        return []
    return [{"resource": respond.fragment(outcome(call, left).body), "search": {"mode": "outcome"}}]
