"""Pages along the time of change, while records are changed out of their reader's sight.

docs/policy.md, "nothing leaks": pages are full, and tell of no record that is not shown
"""

from __future__ import annotations

import pytest

from consent.reading import steady
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import several
from resources.store.port import Found, TooCostly
from tests.laws.worlds import V3, index
from tests.unit.consent.town import BOTH_STORES, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
V = [{"system": f"{V3}v3-Confidentiality", "code": "V"}]
SEALED = {"type": "permit", "provision": [{"type": "deny", "securityLabel": V}]}
SORTS = ("", "-_lastUpdated", "_lastUpdated", "-_lastUpdated,code", "code,-_lastUpdated")


def read(town: Town, sort: str = "", count: int = 2, *, types: str = "") -> list[tuple[list[str], str, str]]:
    """The pages one after the other, and back: their records and the keys of their links, without instants."""
    after, found, back = "", [], False
    asked = [("_count", str(count)), *([("_sort", sort)] if sort else [])]
    while True:
        if types:
            wanted = several.parse(index(), frozenset(types.split(",")), [*asked, ("_type", types)])
            page = town.run(town.gate.search_several(Q, wanted, after))
        else:
            page = town.page(Q, "Condition", *asked, after=after)
        found.append(([each.id for each in page.versions], page.next, page.previous))
        back = back or not page.next
        after = page.previous if back else page.next
        if not after:
            return found


@pytest.fixture(params=BOTH_STORES)
def shared(request: pytest.FixtureRequest) -> Town:
    """The other agency may read what is written about a person, but for what is very restricted."""
    town: Town = request.getfixturevalue({"sqlite": "town", "mongodb": "town_on_mongodb"}[request.param])
    town.write(P, patient("1"))
    town.sign(P, consent("s", provision=SEALED))
    for id in ("c1", "h1", "c2", "h2", "c3", "h3", "h4", "h5", "c4", "c5"):
        town.write(P, concern(id, "1"))
    return town


def seal(town: Town, *ids: str) -> None:
    town.write(P, *(concern(id, "1", meta={"versionId": "1", "security": V}) for id in ids))


HIDDEN = ("h1", "h2", "h3", "h4", "h5")


@pytest.mark.parametrize("sort", SORTS)
def test_pages_are_full_after_records_were_hidden(shared: Town, sort: str) -> None:
    seal(shared, *HIDDEN)
    found = read(shared, sort)
    sizes = [len(ids) for ids, _, _ in found]
    assert sizes == [2, 2, 1, 2, 2]
    assert not any(hidden in str(found) for hidden in HIDDEN)
    assert {id for ids, _, _ in found for id in ids} == {"c1", "c2", "c3", "c4", "c5"}


def test_pages_of_several_types_are_full_too(shared: Town) -> None:
    seal(shared, *HIDDEN)
    found = read(shared, types="Condition,Group")
    assert [len(ids) for ids, _, _ in found] == [2, 2, 1, 2, 2]
    assert not any(hidden in str(found) for hidden in HIDDEN)


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_hidden_between_two_pages_is_passed_over(shared: Town, sort: str) -> None:
    asked = [("_count", "3"), *([("_sort", sort)] if sort else [])]
    first = shared.page(Q, "Condition", *asked)
    seal(shared, *HIDDEN)
    after, rest, sizes = first.next, [], []
    while after:
        page = shared.page(Q, "Condition", *asked, after=after)
        rest += [each.id for each in page.versions]
        sizes.append(len(page.versions))
        assert not any(f'"{hidden}"' in page.next for hidden in HIDDEN)
        after = page.next
    seen = [each.id for each in first.versions]
    assert sorted({*seen, *rest} - {*HIDDEN}) == ["c1", "c2", "c3", "c4", "c5"]
    assert not {*rest} & {*HIDDEN}
    assert not {*rest} & {*seen}
    assert all(size == 3 for size in sizes[:-1])


def test_no_page_passes_over_places_without_end(shared: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first = shared.page(Q, "Condition", ("_count", "1"))
    seal(shared, *HIDDEN, "c4")
    monkeypatch.setattr(steady, "_IN_ALL", 2)
    with pytest.raises(TooCostly):
        shared.page(Q, "Condition", ("_count", "1"), after=first.next)


def test_a_place_that_an_answer_no_more_has_is_refused(shared: Town) -> None:
    for place in ('["Condition","c1"]', '["2026-11-23T04:00:00.000Z",7]', f'{steady._MARK}2026 ["Condition","c1"]'):
        with pytest.raises(Problem) as refused:
            shared.page(Q, "Condition", ("_count", "2"), after=place)
        assert (refused.value.kind, refused.value.issues[0].at) == ("structure", "_cursor")


def version(since: str) -> Version:
    return Version("Condition", "c", 1, since, False, b"{}", ())


def test_of_versions_that_stand_those_of_a_period_are_chosen_and_those_written_from_an_instant_on() -> None:
    early, late = version("2026-11-20T00:00:00.000Z"), version("2026-11-21T00:00:00.000Z")
    both = [early, late]
    assert steady.during(both, None, "") == both
    assert steady.during(both, None, late.since) == [late]
    assert steady.during(both, None, "2026-11-22") == []
    assert steady.during(both, ("2026-01-01", "2026-11-30"), "") == both, "what stands since before it stands in it"
    assert steady.during(both, ("2026-11-25", "2026-11-30"), "") == both
    assert steady.during(both, ("2026-01-01", late.since), "") == [early], "its end is no part of it"
    assert steady.during(both, ("2026-01-01", early.since), "") == []
    assert steady.during(both, ("2026-01-01", "2026-11-30"), late.since) == [late]


def test_of_a_page_what_was_written_before_an_instant_is_left_out_and_nothing_follows_it() -> None:
    late, early = version("2026-11-21T00:00:00.000Z"), version("2026-11-20T00:00:00.000Z")
    page = Found([late, early], "next", "first")
    assert steady.since(page, "") is steady.since(page, early.since) is page
    assert steady.since(page, late.since) == Found([late], "", "first")
