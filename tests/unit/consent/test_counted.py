"""The page comes first, and a total is counted only where the page does not tell it: docs/store.md, M6."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.consent.town import Town, actor, patient

P = actor("p")


@pytest.fixture(params=["town", "town_on_mongodb"])
def everywhere(request: pytest.FixtureRequest) -> Town:
    town: Town = request.getfixturevalue(request.param)
    town.write(P, patient("1"), patient("2"), patient("3"))
    return town


def counting(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """To where each count of the store goes, from now on."""
    asked: list[int | None] = []

    async def look() -> type:
        async with town.store.snapshot() as view:
            return type(view)

    kind: Any = town.run(look())
    count = kind.count

    async def counted(self: Any, query: Any, **how: Any) -> int:
        asked.append(how.get("most"))
        number: int = await count(self, query, **how)
        return number

    monkeypatch.setattr(kind, "count", counted)
    return asked


def test_a_page_that_is_not_full_tells_the_total_itself(everywhere: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counting(everywhere, monkeypatch)
    assert everywhere.page(P, "Patient", ("_count", "10")).total == 3
    assert asked == []


def test_a_full_page_has_its_total_counted_to_a_bound(everywhere: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counting(everywhere, monkeypatch)
    assert everywhere.page(P, "Patient", ("_count", "2")).total == 3
    assert asked == [10_000]


def test_nobody_counts_where_no_total_is_wanted(everywhere: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counting(everywhere, monkeypatch)
    assert everywhere.page(P, "Patient", ("_count", "2"), ("_total", "none")).total is None
    assert asked == []
