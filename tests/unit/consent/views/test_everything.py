"""Everything about a person or a household: by whom it is searched, type by type, page by page, and of which time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.actor import Actor, Scope
from consent.reading.page import Page
from consent.reading.reading import Reading
from consent.views import everything
from consent.views.everything import Everything
from resources.record.problem import Problem
from resources.search import request
from resources.search.predicate import has
from tests.laws.worlds import index, ref
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.test_oneself import SELF
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, actor, case, concern, household, patient
from tests.unit.consent.views.reading import said
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")


@pytest.fixture
def kept(town: Town) -> Town:
    """Two households of one agency, the first of two persons; a third person is in none."""
    town.write(P, *(patient(one) for one in ("1", "2", "3", "4")))
    town.write(P, household("1", "2"), household("4") | {"id": "h"})
    town.write(P, case(), case("kh") | {"subject": ref("Group/h")})
    town.write(P, *(concern(f"c{one}", one) for one in ("1", "2", "3", "4")))
    town.write(P, concern("house", "1") | {"subject": ref("Group/g")})
    return town


def whom(town: Town, type: str, id: str, who: Actor = P) -> list[str]:
    async def look() -> list[str]:
        async with town.gate.reading(who, "search", "operation", "$everything") as reading:
            return list(await everything.whom_of(reading, type, id))

    return town.run(look())


def page(town: Town, asked: Everything, after: str = "", who: Actor = P) -> Page:
    async def look() -> Page:
        async with town.gate.reading(who, "search", "operation", "$everything") as reading:
            return await everything.page(reading, asked, after)

    return town.run(look())


def names(found: Page) -> list[str]:
    return [each.reference for each in found.versions]


def test_a_person_is_searched_by_their_own_name_and_each_of_their_households(kept: Town) -> None:
    assert whom(kept, "Patient", "1") == ["Patient/1", "Group/g"]
    assert whom(kept, "Patient", "3") == ["Patient/3"]
    kept.write(P, household("1") | {"id": "i"})
    assert whom(kept, "Patient", "1") == ["Patient/1", "Group/g", "Group/i"]
    kept.write(P, household("2") | again())
    assert whom(kept, "Patient", "1") == ["Patient/1", "Group/i"], "of which they are now"


def test_a_household_is_searched_by_its_own_name_and_each_of_its_members(kept: Town) -> None:
    assert whom(kept, "Group", "g") == ["Group/g", "Patient/1", "Patient/2"]
    assert whom(kept, "Group", "h") == ["Group/h", "Patient/4"]
    kept.write(P, household() | {"id": "empty"})
    assert whom(kept, "Group", "empty") == ["Group/empty"]


def test_whom_one_may_not_see_is_refused(kept: Town) -> None:
    for type, id in (("Patient", "1"), ("Group", "g"), ("Patient", "none"), ("Group", "none")):
        with pytest.raises(Problem, match=f"there is no `{type}/{id}`"):
            whom(kept, type, id, Q)
    reads = replace(P, scopes=(Scope("user", "*", frozenset("r")),))
    with pytest.raises(Problem) as refused:
        whom(kept, "Patient", "1", reads)
    assert refused.value.kind == "forbidden", "to read is not to search"


def test_so_many_households_and_members_are_looked_through(kept: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.write(P, household("1") | {"id": "i"})
    monkeypatch.setattr(everything, "MOST_HOUSEHOLDS", 2)
    assert len(whom(kept, "Patient", "1")) == 3
    monkeypatch.setattr(everything, "MOST_HOUSEHOLDS", 1)
    with pytest.raises(Problem, match="more than 1 records"):
        whom(kept, "Patient", "1")
    monkeypatch.setattr(everything, "MOST_MEMBERS", 2)
    assert whom(kept, "Group", "g") == ["Group/g", "Patient/1", "Patient/2"]
    monkeypatch.setattr(everything, "MOST_MEMBERS", 1)
    assert whom(kept, "Group", "g") == ["Group/g", "Patient/1"]


def test_by_which_parameters_a_type_says_whom_it_is_about() -> None:
    made = {type: sorted(everything.codes_of(index(), type)) for type in ("Condition", "Group", "Patient", "Task")}
    assert made == {
        "Condition": ["asserter", "patient", "subject"],
        "Group": ["member"],
        "Patient": ["link"],
        "Task": ["patient", "subject"],
    }


WHOLE = ["Patient/1", "CarePlan/k", "Condition/house", "Condition/c1", "Group/g"]


def test_of_a_person_comes_what_is_found_by_them_and_their_household_type_by_type(kept: Town) -> None:
    found = page(kept, Everything("Patient", "1", 100))
    assert (names(found), found.total, found.next) == (WHOLE, len(WHOLE), "")
    of_g = page(kept, Everything("Group", "g", 100))
    assert names(of_g)[0] == "Group/g"
    both = {"Patient/1", "Patient/2", "Condition/c1", "Condition/c2", "Condition/house", "CarePlan/k", "Group/g"}
    assert (set(names(of_g)), of_g.total) == (both, 7)
    of_3 = page(kept, Everything("Patient", "3", 100))
    assert names(of_3) == ["Patient/3", "Condition/c3"]


def test_the_types_that_are_asked_for_come_in_their_order_and_no_other(kept: Town) -> None:
    some = frozenset({"Group", "Condition", "Organization"})
    assert names(page(kept, Everything("Patient", "1", 100, types=some))) == [
        "Condition/house",
        "Condition/c1",
        "Group/g",
    ]
    of_g = page(kept, Everything("Group", "g", 100, types=some))
    assert names(of_g)[0] == "Group/g", "what was asked about first"
    directory = page(kept, Everything("Patient", "1", 100, types=frozenset({"Organization"})))
    assert (names(directory), directory.total, directory.next) == ([], 0, "")


@pytest.mark.parametrize("count", range(1, 7))
def test_each_page_is_full_but_the_last_and_only_the_first_tells_how_many_there_are(kept: Town, count: int) -> None:
    seen, after, totals = list[str](), "", list[int | None]()
    while True:
        found = page(kept, Everything("Patient", "1", count), after)
        seen += names(found)
        totals.append(found.total)
        assert len(found.versions) == min(count, len(WHOLE) - len(seen) + len(found.versions))
        after = found.next
        if not after:
            break
    assert seen == WHOLE
    assert totals == [len(WHOLE), *[None] * (len(totals) - 1)]
    assert len(totals) <= len(WHOLE) // count + 1


def test_since_an_instant_comes_what_was_written_from_then_on(kept: Town) -> None:
    later = (P.now + timedelta(hours=1)).isoformat()
    assert names(page(kept, Everything("Patient", "1", 100, since=later))) == []
    assert names(page(kept, Everything("Patient", "1", 100, since=P.now.isoformat()))) == WHOLE


def test_of_a_time_comes_the_care_of_then_and_what_has_no_date(kept: Town) -> None:
    for id, day in (("may", "2026-05-06"), ("june", "2026-06-07")):
        kept.write(P, concern(id, "1", recordedDate=day))

    def dated(**asked: Any) -> set[str]:
        found = page(kept, Everything("Patient", "1", 100, **asked))
        return {name for name in names(found) if name not in WHOLE}

    assert dated() == {"Condition/may", "Condition/june"}
    assert dated(start="2026-06-01") == {"Condition/june"}
    assert dated(end="2026-05-31") == {"Condition/may"}
    assert dated(start="2026-05-06", end="2026-06-07") == {"Condition/may", "Condition/june"}
    assert dated(start="2026-05-07", end="2026-06-06") == set()
    assert set(WHOLE) <= set(names(page(kept, Everything("Patient", "1", 100, start="2026-07-01"))))


def test_who_is_asked_of_others_is_shown_what_they_may_find(kept: Town) -> None:
    kept.sign(P, consent("a"))
    shown = names(page(kept, Everything("Patient", "1", 100), who=Q))
    assert "Condition/c1" in shown
    assert not {"Condition/house", "CarePlan/k", "Group/g"} & set(shown)
    narrow = replace(P, scopes=(Scope("user", "Patient", frozenset("rs")), Scope("user", "Group", frozenset("rs"))))
    assert names(page(kept, Everything("Patient", "1", 100), who=narrow)) == ["Patient/1", "Group/g"]
    system = page(kept, Everything("Patient", "1", 100), who=SYSTEM)
    assert set(WHOLE) <= set(names(system))


def test_oneself_is_not_told_by_it_what_they_reported_of_others(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), concern("mine", "1"))
    town.write(P, concern("theirs", "2", asserter=ref("Patient/1")))
    assert names(page(town, Everything("Patient", "1", 100))) == ["Patient/1", "Condition/theirs", "Condition/mine"]
    assert names(page(town, Everything("Patient", "1", 100), who=SELF)) == ["Patient/1", "Condition/mine"]


def test_a_record_is_found_by_a_person_in_the_compartment_and_by_a_household_as_its_subject(town: Town) -> None:
    def found(who: Actor, type: str, *whom: str) -> list[Any]:
        async def asked(reading: Reading) -> list[Any]:
            return list(everything.conditions(reading, type, whom))

        return said(town, who, asked)

    def by(type: str, *pairs: tuple[str, str]) -> list[Any]:
        return [request.parse(index(), type, [pair]).what for pair in pairs]

    town.write(P, patient("1"))
    person, group = "Patient/1", "Group/g"
    reported, patient_, subject = (("asserter", person), ("patient", person), ("subject", person))
    assert found(P, "Condition", person, group) == by("Condition", reported, patient_, subject, ("subject", group))
    assert found(SELF, "Condition", person) == by("Condition", patient_, subject), "not by who reported"
    assert found(P, "Patient", person) == [has(".id", person), *by("Patient", ("link", person))]
    assert found(P, "Group", group, person) == [has(".id", group), *by("Group", ("member", person))]
    assert (everything.MOST_HOUSEHOLDS, everything.MOST_MEMBERS) == (20, 100)
