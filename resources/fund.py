"""What a request to the fund says, and what the fund's Tasks move.

okayama-2019.txt s26, s28; F1 to F10; CodeSystem `fund-input`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from resources.record import coding, reference, wording

REQUEST = coding.own("task-code", "fund-request")
CONSULTATION = coding.own("task-code", "fund-consultation")
DEPOSIT = coding.own("task-code", "fund-deposit")
URGENT = frozenset({"urgent", "asap", "stat"})
"""The priorities of a Task that is an emergency (F6)."""

YEN = "JPY"

_OTHER = "other"
"""The kind of expense that is none of the others (F3)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a request says; empty, or None, where it does not. `checked` are existing services and why none applies."""

    amount: int | None
    service: str
    first: bool
    need: str
    independence: str
    reason: str
    expense: str
    field: str
    payee: str
    checked: tuple[tuple[str, str], ...]


def is_of(task: Mapping[str, Any] | None, kind: str) -> bool:
    """Whether a Task is of this kind."""
    return bool(task) and kind in coding.of((task or {}).get("code"))


def emergency(task: Mapping[str, Any]) -> bool:
    """Whether it is asked for in an emergency."""
    return task.get("priority") in URGENT


def read(task: Mapping[str, Any]) -> Said:
    """What a request says of itself."""
    return Said(
        amount=yen(task, "input", "amount"),
        service=_text(task, "service"),
        first=any(each.get("valueBoolean") is True for each in _of(task, "input", "first-introduction")),
        need=_words(task, "need"),
        independence=_words(task, "independence"),
        reason=_words(task, "reason"),
        expense=_first(map(_expense, _codes(task, "expense"))),
        field=_first(coding.codes(each, "adviser-field") for each in _codes(task, "field")),
        payee=next((reference.one(each, "valueReference") for each in _of(task, "input", "payee")), ""),
        checked=tuple(_checked(task)),
    )


def yen(task: Mapping[str, Any], element: str, kind: str) -> int | None:
    """A whole amount of yen above nothing, None where there is none such or several."""
    found = [each.get("valueMoney") for each in _of(task, element, kind)]
    if len(found) != 1 or not isinstance(found[0], Mapping) or found[0].get("currency") != YEN:
        return None
    value = found[0].get("value")
    return int(value) if isinstance(value, int | float) and value > 0 and value == int(value) else None


def answered(task: Mapping[str, Any]) -> bool:
    """Whether a consultation was answered in words: a dot or a yes is no answer."""
    said = (each.get("valueString") or each.get("valueMarkdown") for each in task.get("output") or ())
    return any(wording.tells(text) for text in said)


def moves(task: Mapping[str, Any]) -> int:
    """What a completed Task of the fund moves: what is paid in is more, what is paid out is less."""
    if task.get("status") != "completed":
        return 0
    if is_of(task, DEPOSIT):
        return yen(task, "input", "amount") or 0
    return -(yen(task, "output", "paid") or 0) if is_of(task, REQUEST) else 0


def called(service: str) -> str:
    """A service as it is compared with another."""
    return "".join(service.split()).casefold()


def _checked(task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in _of(task, "input", "checked-service"):
        why = (str(said.get("valueString", "")) for said in coding.extension(each, "why-not"))
        yield str(each.get("valueString", "")).strip(), next(filter(wording.tells, why), "").strip()


def _of(task: Mapping[str, Any], element: str, kind: str) -> list[Mapping[str, Any]]:
    found = task.get(element)
    entries = found if isinstance(found, list) else []
    return [each for each in entries if isinstance(each, dict) and kind in coding.codes(each.get("type"), "fund-input")]


def _expense(said: Any) -> frozenset[str]:
    """What is none of the named kinds says in words what it is."""
    found = coding.codes(said, "expense-kind")
    return found - {_OTHER} if _OTHER in found and not wording.tells(said.get("text")) else found


def _words(task: Mapping[str, Any], kind: str) -> str:
    """What says something; a dot is nothing said."""
    found = _text(task, kind)
    return found if wording.tells(found) else ""


def _text(task: Mapping[str, Any], kind: str) -> str:
    return next((str(each.get("valueString", "")).strip() for each in _of(task, "input", kind)), "")


def _codes(task: Mapping[str, Any], kind: str) -> Iterator[Any]:
    return (each.get("valueCodeableConcept") for each in _of(task, "input", kind))


def _first(found: Iterable[frozenset[str]]) -> str:
    return next((code for codes in found for code in sorted(codes)), "")
