"""What is ticked on a sheet is seen by field once it stands as a concern: a sheet filed by itself is told so.

R18 and R38 of the domain, and its decisions 16 and 18: the coordinator's summary and the roster check read concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from consent.transition import Transition, violation
from resources.record import coding
from resources.record.naming import tied_to
from resources.record.problem import Issue

_SHEET = f"{coding.BASE}/Questionnaire/tsunagu-sheet"
_BOXES = ("member.concern", "household-concern")
_DONE = ("completed", "amended")


def stands_as_concern(change: Transition) -> Iterator[Issue]:
    """R18: of a sheet that was put right what is new on it, and of one that ties its rows to nobody all that it says;
    `$submit` and the transaction of `$extract` tie each row, and bring the concerns."""
    sheet = change.after or {}
    if str(sheet.get("questionnaire", "")).partition("|")[0] != _SHEET or sheet.get("status") not in _DONE:
        return
    if change.before is None and all(tied_to(row) for row in _rows(sheet)):
        return
    fields = sorted({field for _, field in _ticked(sheet) - _ticked(change.before or {})})
    if fields:
        named = ", ".join(fields)
        missing = violation(
            "R18",
            f"what is ticked here ({named}) is told by field, and asked for at a conference, once it stands as a "
            "concern: record a Condition with the code of `concern-field`, or file a new sheet by `$submit`",
            f"ここに印を付けた分野（{named}）は、困りごととして記録するまで、世帯の課題（$household-summary）にも"
            "会議の出席者の確認にも出ません。困りごと（Condition、concern-field の符号）として記録するか、"
            "新しいシートは $submit で提出してください",
            "QuestionnaireResponse.item",
        )
        yield replace(missing, severity="warning")


def _rows(sheet: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in sheet.get("item") or () if each.get("linkId") == "member"]


def _ticked(sheet: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Whose box of which field is ticked: of a row that is tied to nobody by its place, of the household by nobody."""
    found = {("", field) for field in _codes(sheet)}
    for place, row in enumerate(_rows(sheet)):
        whose = next(iter(tied_to(row)), str(place))
        found |= {(whose, field) for field in _codes(row)}
    return found


def _codes(group: Mapping[str, Any]) -> Iterator[str]:
    for item in group.get("item") or ():
        if item.get("linkId") in _BOXES:
            for answer in item.get("answer") or ():
                if code := (answer.get("valueCoding") or {}).get("code"):
                    yield str(code)
