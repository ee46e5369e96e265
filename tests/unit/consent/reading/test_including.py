"""What comes with a page comes whole, each record once, along what was asked of the types that its reader reaches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from consent.reading import including
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.include import Include
from resources.search.predicate import Predicate, term
from tests.laws.worlds import index

TYPES = frozenset({"CarePlan", "Condition", "Group", "Patient"})


def version(name: str, **terms: str) -> Version:
    type, _, id = name.partition("/")
    said = [term(code.replace("_", "-"), value) for code, value in terms.items()]
    own = (term(".id", name), term(".type", type), *said)
    return Version(type, id, 1, "2026-11-23T04:00:00.000Z", False, b"{}", tuple(sorted(own)))


class Records:
    """Some records, found by a condition; `asked` are the types that were looked through, and for how many."""

    def __init__(self, *versions: Version) -> None:
        self.versions, self.asked = versions, list[tuple[str, int]]()

    async def fetch(self, type: str, what: Predicate, most: int) -> Sequence[Version]:
        self.asked.append((type, most))
        return [each for each in self.versions if each.type == type and what.matches(each.terms)][:most]


def included(
    records: Records,
    matched: Sequence[Version],
    *includes: Include,
    types: frozenset[str] = TYPES,
    hidden: Callable[[str, str], bool] | None = None,
) -> list[str]:
    made = including.included(index(), includes, matched, types, records.fetch, hidden)
    return [each.reference for each in asyncio.run(made)]


SUBJECT = Include("Condition", "subject", "", False, False)
PART_OF = Include("CarePlan", "part-of", "", False, True)
C1 = version("Condition/c1", subject="Patient/1")
C2 = version("Condition/c2", subject="Patient/1")
C3 = version("Condition/c3", subject="Group/g")
PEOPLE = Records(version("Patient/1"), version("Patient/2"), version("Group/g"))


def test_along_a_reference_comes_what_it_leads_to_once_and_nothing_else() -> None:
    assert included(PEOPLE, [C1, C2, C3], SUBJECT) == ["Group/g", "Patient/1"]
    assert included(PEOPLE, [C1, C2, C3], Include("Condition", "subject", "Group", False, False)) == ["Group/g"]
    assert included(PEOPLE, [C1, C3], Include("Encounter", "subject", "", False, False)) == []
    assert included(PEOPLE, [C1, C3], Include("Condition", "encounter", "", False, False)) == []
    assert included(PEOPLE, []) == []


def test_of_a_type_that_its_reader_does_not_reach_nothing_comes() -> None:
    assert included(PEOPLE, [C1, C3], SUBJECT, types=frozenset({"Condition", "Patient"})) == ["Patient/1"]
    back = Include("Condition", "subject", "", True, False)
    leading = Records(C1, C2, C3)
    assert included(leading, [version("Patient/1")], back) == ["Condition/c1", "Condition/c2"]
    assert included(leading, [version("Patient/1")], back, types=frozenset({"Patient"})) == []


def test_against_a_reference_comes_what_leads_to_any_of_the_page() -> None:
    plan = version("CarePlan/k", subject="Patient/2")
    leading = Records(C1, C2, C3, plan, version("Condition/other", subject="Patient/3"))
    page = [version("Patient/1"), version("Patient/2"), version("Group/g")]
    every = Include("", "*", "", True, False)
    assert included(leading, page, every) == ["CarePlan/k", "Condition/c1", "Condition/c2", "Condition/c3"]
    named = Include("Condition", "subject", "", True, False)
    assert included(leading, page[:2], named) == ["Condition/c1", "Condition/c2"]
    assert included(leading, page, Include("Condition", "subject", "Group", True, False)) == ["Condition/c3"]


def test_what_matched_comes_a_second_time_by_no_way() -> None:
    below = version("CarePlan/below", part_of="CarePlan/above")
    above = version("CarePlan/above")
    both = Records(below, above)
    up, down = Include("CarePlan", "part-of", "", False, False), Include("CarePlan", "part-of", "", True, False)
    assert included(both, [below], up) == ["CarePlan/above"]
    assert included(both, [below, above], up, down) == []
    assert included(both, [above], up, down) == ["CarePlan/below"]


def test_by_a_parameter_that_is_hidden_from_its_reader_nothing_comes() -> None:
    told = version("Condition/c", subject="Patient/1", asserter="Patient/2")
    every = Include("Condition", "*", "", False, False)
    assert included(PEOPLE, [told], every) == ["Patient/1", "Patient/2"]
    hides = lambda type, name: (type, name) == ("Condition", "asserter")  # noqa: E731
    assert included(PEOPLE, [told], every, hidden=hides) == ["Patient/1"]
    back = Include("", "*", "", True, False)
    records = Records(told, C1)
    assert included(records, [version("Patient/2")], back) == ["Condition/c"]
    assert included(records, [version("Patient/2")], back, hidden=hides) == []


def line(many: int) -> list[Version]:
    """Plans, each a part of the next; the last leads nowhere."""
    return [
        version(f"CarePlan/p{n}", **({"part_of": f"CarePlan/p{n + 1}"} if n < many else {})) for n in range(many + 1)
    ]


def test_what_came_is_followed_where_it_was_asked_for_and_each_once() -> None:
    plans = line(3)
    once = Include("CarePlan", "part-of", "", False, False)
    assert included(Records(*plans), plans[:1], once) == ["CarePlan/p1"]
    assert included(Records(*plans), plans[:1], PART_OF) == ["CarePlan/p1", "CarePlan/p2", "CarePlan/p3"]
    other = Include("CarePlan", "subject", "", False, False)
    own = version("CarePlan/p0", part_of="CarePlan/p1", subject="Patient/1")
    further = version("CarePlan/p1", subject="Patient/2")
    records = Records(further, version("Patient/1"), version("Patient/2"))
    assert included(records, [own], PART_OF, other) == ["CarePlan/p1", "Patient/1"]


def test_a_circle_ends_where_it_began() -> None:
    plans = [version("CarePlan/a", part_of="CarePlan/b"), version("CarePlan/b", part_of="CarePlan/a")]
    assert included(Records(*plans), plans[:1], PART_OF) == ["CarePlan/b"]
    into = version("CarePlan/0", part_of="CarePlan/a")
    assert included(Records(into, *plans), [into], PART_OF) == ["CarePlan/a", "CarePlan/b"]


def test_what_leads_on_further_than_is_followed_is_refused_and_never_given_in_part() -> None:
    assert len(included(Records(*line(7)), line(7)[:1], PART_OF)) == 7
    with pytest.raises(Problem) as refused:
        included(Records(*line(8)), line(8)[:1], PART_OF)
    assert (refused.value.kind, [each.at for each in refused.value.issues]) == ("too-costly", ["_include"])
    alone = Records(*(version(f"Condition/c{n}", subject="Patient/1") for n in range(2)))
    assert len(included(alone, [version("Patient/1")], Include("", "*", "", True, False))) == 2


def test_so_many_come_with_a_page_and_with_one_more_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(including, "MOST", 3)
    back, page = Include("", "*", "", True, False), [version("Patient/1")]
    three = [version(f"Condition/c{n}", subject="Patient/1") for n in range(3)]
    assert len(included(Records(*three), page, back)) == 3
    for more in (version("Condition/c3", subject="Patient/1"), version("CarePlan/k", subject="Patient/1")):
        with pytest.raises(Problem, match="more than 3 records"):
            included(Records(*three, more), page, back)
    plans, matched = line(4), line(4)[:1]
    assert len(included(Records(*plans[:4]), matched, PART_OF)) == 3
    with pytest.raises(Problem, match="more than 3 records"):
        included(Records(*plans), matched, PART_OF)


def test_no_more_is_looked_up_than_may_still_come_and_one() -> None:
    plans = line(2)
    records = Records(*plans, version("Patient/1"))
    own = version("CarePlan/p0", part_of="CarePlan/p1", subject="Patient/1")
    included(records, [own], PART_OF, Include("CarePlan", "subject", "", False, False))
    assert records.asked == [("CarePlan", 1001), ("Patient", 1000), ("CarePlan", 999)]
