"""A page of what is all at hand says where the next one begins and the one before it ends."""

from __future__ import annotations

import pytest

from consent.reading import page
from consent.reading.page import Page
from resources.record.version import Version

FOUND = [Version("Questionnaire", f"q{n}", 1, "2026-11-23T04:00:00.000Z", False, b"{}", ()) for n in range(5)]


@pytest.mark.parametrize(
    ("after", "shown", "next", "previous"),
    [
        ("", FOUND[:2], "2", ""),
        ("1", FOUND[1:3], "3", "0"),
        ("2", FOUND[2:4], "4", "0"),
        ("3", FOUND[3:], "", "1"),
        ("4", FOUND[4:], "", "2"),
        ("5", [], "", "3"),
    ],
)
def test_a_page_has_so_many_and_the_keys_of_its_neighbours(
    after: str, shown: list[Version], next: str, previous: str
) -> None:
    assert page.numbered(FOUND, 2, after) == Page(shown, 5, next, previous)


def test_a_page_of_none_tells_how_many_there_are_and_leads_nowhere() -> None:
    assert page.numbered(FOUND, 0, "") == Page([], 5, "")
    assert page.numbered(FOUND, 0, "2") == Page([], 5, "")


def test_a_page_that_holds_all_leads_nowhere() -> None:
    assert page.numbered(FOUND, 5, "") == Page(FOUND, 5, "")
    assert page.numbered((), 5, "") == Page((), 0, "")
