"""R18: what is ticked on a sheet that brings no concerns with it is told, and nothing of one that does."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import ticked
from tests.laws.worlds import extension, own, ref
from tests.unit.consent.people import change

Json = dict[str, Any]
SHEET = "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet"


def box(link: str, *fields: str) -> Json:
    return {"linkId": link, "answer": [{"valueCoding": own("concern-field", each)} for each in fields]}


def row(*fields: str, whose: str = "") -> Json:
    tied = {"extension": [extension("member-subject", valueReference=ref(whose))]} if whose else {}
    return {"linkId": "member", "item": [box("member.concern", *fields)]} | tied


def sheet(*items: Json, **elements: Any) -> Json:
    made: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "questionnaire": SHEET, "status": "completed"}
    return made | {"item": [*items]} | elements


def told(before: Json | None, after: Json | None) -> list[str]:
    """The fields that it names, in a warning."""
    found = list(ticked.stands_as_concern(change(before, after)))
    assert all(each.severity == "warning" and each.rule == "R18" for each in found)
    return [each.text.partition("(")[2].partition(")")[0] for each in found]


def test_a_sheet_whose_rows_are_tied_to_nobody_is_told_all_that_it_ticks() -> None:
    assert told(None, sheet(row("debts"), row("health"), box("household-concern", "housing"))) == [
        "debts, health, housing"
    ]
    assert told(None, sheet(row("debts", whose="Patient/1"), row("health"))) == ["debts, health"]
    assert told(None, sheet(row("debts"), questionnaire=f"{SHEET}|0.1.0")) == ["debts"]
    assert told(None, sheet(row("debts"), status="amended")) == ["debts"]
    empty = {"linkId": "household-concern"}
    assert told(None, sheet(row("debts"), empty, empty | {"answer": [{"valueString": "住まい"}]})) == ["debts"]


def test_what_submit_and_extract_file_has_its_concerns_beside_it() -> None:
    assert told(None, sheet(row("debts", whose="Patient/1"), box("household-concern", "housing"))) == []


def test_of_a_sheet_that_is_put_right_only_what_is_new_is_told() -> None:
    had = sheet(row("debts", whose="Patient/1"))
    assert told(had, sheet(row("debts", "health", whose="Patient/1"))) == ["health"]
    assert told(had, sheet(row("debts", whose="Patient/1"), box("household-concern", "debts"))) == ["debts"]
    assert told(had, sheet(row("debts", whose="Patient/2"))) == ["debts"]
    assert told(had, had | {"status": "amended"}) == told(had, sheet(row(whose="Patient/1"))) == []


@pytest.mark.parametrize("other", [{"questionnaire": "https://example.org/q"}, {"status": "in-progress"}])
def test_another_form_and_one_that_is_being_filled_in_are_told_nothing(other: Json) -> None:
    assert told(None, sheet(row("debts"), **other)) == []
    assert told(sheet(row("debts")), None) == []
