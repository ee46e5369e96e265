"""Whether an item of a questionnaire is asked at all, by the answers given to others.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from resources.record import moment

Item = Mapping[str, Any]
Scope = tuple[frozenset[str], Sequence[Item]]
"""The link ids of a part of the form, and what was answered in one instance of it."""


def links(items: Sequence[Item]) -> frozenset[str]:
    """Every link id at and below these items of a questionnaire."""
    found: set[str] = set()
    waiting = list(items)
    while waiting:
        each = waiting.pop()
        found.add(str(each["linkId"]))
        waiting += each.get("item", ())
    return frozenset(found)


def is_enabled(item: Item, scopes: Sequence[Scope]) -> bool:
    """`scopes` are from the whole response to the nearest group: a question is looked for in the nearest it is in."""
    conditions = item.get("enableWhen", ())
    if not conditions:
        return True
    held = [_holds(each, _answers(str(each["question"]), scopes)) for each in conditions]
    return any(held) if item.get("enableBehavior") == "any" else all(held)


def value(node: Mapping[str, Any], stem: str = "value") -> tuple[str, Any]:
    """The type and the value of an answer or of what it is compared with; two empty where it has none."""
    found = next((name for name in node if name.startswith(stem) and name != stem), "")
    return found[len(stem) :], node.get(found)


def same(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    """Whether two values are equal: codings by system and code, numbers by what they are."""
    (kind, left), (_, right) = one, other
    if kind == "Coding":
        return all(isinstance(each, Mapping) for each in (left, right)) and _coded(left) == _coded(right)
    if kind == "Quantity":
        return all(isinstance(each, Mapping) for each in (left, right)) and all(
            left.get(name) == right.get(name) for name in ("value", "code", "unit")
        )
    if kind == "Reference":
        return all(isinstance(each, Mapping) for each in (left, right)) and left.get("reference") == right.get(
            "reference"
        )
    return bool(left == right)


def _answers(question: str, scopes: Sequence[Scope]) -> list[tuple[str, Any]]:
    for known, items in reversed(scopes):
        if question in known:
            return list(_given(question, items))
    return []


def _given(question: str, items: Sequence[Item]) -> Iterator[tuple[str, Any]]:
    waiting = list(items)
    while waiting:
        each = waiting.pop()
        answers = each.get("answer", ())
        if each.get("linkId") == question:
            yield from (value(answer) for answer in answers)
        waiting += [*each.get("item", ()), *(inner for answer in answers for inner in answer.get("item", ()))]


def _holds(condition: Mapping[str, Any], answers: Sequence[tuple[str, Any]]) -> bool:
    operator, wanted = condition["operator"], value(condition, "answer")
    if operator == "exists":
        return bool(answers) == bool(wanted[1])
    if operator == "!=":
        return not any(same(each, wanted) for each in answers)
    if operator == "=":
        return any(same(each, wanted) for each in answers)
    return any(_compared(operator, each, wanted) for each in answers)


def _compared(operator: str, one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    left, right = _measured(*one), _measured(*other)
    if left is None or right is None:
        return False
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[operator]


def _measured(kind: str, value: Any) -> Decimal | None:
    if kind == "Quantity" and isinstance(value, Mapping):
        value = value.get("value")
    if kind in ("Date", "DateTime") and isinstance(value, str):
        read = moment.read(value)
        return None if read is None else Decimal(read.start)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(str(value))
    return None


def _coded(coding: Mapping[str, Any]) -> tuple[Any, Any]:
    return coding.get("system"), coding.get("code")
