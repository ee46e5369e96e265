"""The answer of `$explain-access`, as an onlooker reads it.

profiles/tsunagu/OperationDefinition-explain-access.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from demo.answer import Answer


@dataclass(frozen=True, slots=True)
class Explanation:
    """`allowed` is None where nothing was decided. `rules` made the decision; `lacking` would have permitted it.

    `sentences` say why: of a permit the grounds and their articles, of a denial what forbids it and what was lacking.
    """

    allowed: bool | None
    rules: tuple[str, ...]
    lacking: tuple[str, ...]
    sentences: tuple[str, ...]


def read(answer: Answer) -> Explanation:
    """The explanation; where the question itself was refused, one that says nothing."""
    body = answer.json if isinstance(answer.json, dict) else {}
    given = body.get("parameter", ())
    decision = next((part.get("valueCode") for part in given if part.get("name") == "decision"), None)
    return Explanation(
        allowed=None if decision is None else decision == "permit",
        rules=tuple(dict.fromkeys(_ids(given, "rule"))),
        lacking=tuple(dict.fromkeys(_ids(given, "lacking"))),
        sentences=tuple(dict.fromkeys(_sentences(given, allowed=decision == "permit"))),
    )


def _ids(given: list[Mapping[str, Any]], kind: str) -> Iterator[str]:
    for parameter in given:
        if parameter.get("name") == kind:
            yield from (str(part["valueString"]) for part in _parts(parameter, "id"))


def _sentences(given: list[Mapping[str, Any]], *, allowed: bool) -> Iterator[str]:
    for parameter in given:
        if parameter.get("name") in ("rule", "reason"):
            yield from _because(parameter)
            yield from (str(part["valueString"]) for part in _parts(parameter, "legal-basis-text"))
        elif parameter.get("name") == "lacking" and not allowed:
            for lack in _parts(parameter, "lacks"):
                yield from _because(lack)


def _because(parameter: Mapping[str, Any]) -> Iterator[str]:
    return (str(part["valueString"]) for part in _parts(parameter, "because"))


def _parts(parameter: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    return (part for part in parameter.get("part", ()) if part.get("name") == name)
