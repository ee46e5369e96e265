"""A merge that nobody confirmed whose it is, or that says other names than follow from it, is named by a check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consent import verdict
from consent.verdict import Verdict
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.test_merging_said import noted
from tests.unit.consent.maintenance import lives
from tests.unit.consent.maintenance.forging import found, lay, lay_next
from tests.unit.consent.maintenance.lives import Life, P
from tests.unit.consent.maintenance.test_replaying import MORE
from tests.unit.consent.town import Town, concern

Json = dict[str, Any]
After = Callable[[Life], Town]

CENTER, OTHER, LEADING, COUNCIL = (f"Organization/{one}" for one in ("center", "other", "lead", "council"))
NAMED = [f"Task/x/_history/1 {MORE}"]


def task(sides: tuple[str, str], *pair: str, status: str = "completed", code: str = "merge") -> Json:
    source, target = pair
    made: Json = {"resourceType": "Task", "id": "x", "status": status, "intent": "order"}
    made |= {"code": concept("task-code", code), "requester": ref(sides[0]), "owner": ref(sides[1])}
    return made | {"for": ref(f"Patient/{source}"), "focus": ref(f"Patient/{target}")}


def by(who: str, task: Json, judged: Verdict, keeper: str = CENTER) -> Record:
    return Record(task, keeper, f"Practitioner/{who}", judged)


ONE, BOTH = (CENTER, CENTER), (CENTER, OTHER)
"""Who asks and who is asked, where one keeps both, and where each keeps one."""


@pytest.mark.parametrize(
    ("who", "sides", "pair", "names", "right"),
    [
        ("p", ONE, "23", "", False),
        ("p", ONE, "31", "31", True),
        ("q", ONE, "31", "31", False),
        ("lead", (LEADING, LEADING), "31", "31", True),
        ("p", BOTH, "12", "12", False),
        ("lead", (LEADING, LEADING), "12", "12", True),
        ("co", ONE, "31", "31", False),
        ("p", ONE, "31", "3", False),
        ("p", ONE, "31", "312", False),
        ("p", ONE, "31", "", False),
    ],
)
def test_one_that_was_made_at_once_is_of_who_keeps_both_or_of_the_lead_section(
    after: After, who: str, sides: tuple[str, str], pair: str, names: str, right: bool
) -> None:
    town = after(lives.apart)
    said = lay(town, by(who, task(sides, *pair), noted(*names, between=tuple({*sides}))))
    assert said == ([] if right else NAMED)


@pytest.mark.parametrize(
    ("changed", "judged", "right"),
    [
        ({"status": "requested"}, noted(), True),
        ({"status": "requested"}, noted(as_such="lead-section"), False),
        ({"status": "requested"}, noted(as_such="convener"), False),
        ({"status": "requested"}, noted(between=(CENTER,)), False),
        ({"status": "requested"}, noted("1", "2"), False),
        ({"status": "requested"}, Verdict(True, noted=noted().noted, fixed=frozenset({"Group/g"})), False),
        ({"status": "requested"}, Verdict(True, noted=noted().noted, honoured=frozenset({CENTER})), False),
        ({"status": "requested"}, Verdict(True, noted=noted().noted | {f"{verdict.DIED} Patient/1"}), False),
        ({"status": "requested", "code": "unmerge"}, noted(), True),
        ({"status": "completed", "code": "unmerge"}, noted("1", "2"), False),
        ({"status": "entered-in-error"}, noted(), False),
        ({"status": "cancelled"}, noted(), True),
    ],
)
def test_what_is_asked_or_declined_says_who_asks_whom_and_no_names(
    after: After, changed: dict[str, str], judged: Verdict, right: bool
) -> None:
    town = after(lives.apart)
    said = lay(town, by("p", task(BOTH, "1", "2", **changed), judged))
    assert said == ([] if right else NAMED)


def test_one_that_is_void_or_does_not_count_says_nothing(after: After) -> None:
    for id, judged in {"x": Verdict(void=True, noted=noted().noted), "y": Verdict(noted=noted().noted)}.items():
        made = task(BOTH, "1", "2", status="requested") | {"id": id}
        assert any(each.startswith(f"Task/{id}/") for each in lay(after(lives.apart), by("p", made, judged))), id


@pytest.mark.parametrize(("who", "right"), [("q", True), ("lead", True), ("p", False), ("co", False), ("conv", False)])
def test_what_was_asked_is_confirmed_by_who_keeps_the_other_or_by_the_lead_section(
    after: After, who: str, right: bool
) -> None:
    town = after(lives.apart)
    asked = merges.task(merges.ask(town, P, "1", "2"))
    said = lay_next(town, asked, noted("1", "2"), f"Practitioner/{who}", status="completed")
    assert said == ([] if right else [f"{asked}/_history/2 {MORE}"])


@pytest.mark.parametrize(
    ("sides", "pair", "who"),
    [(BOTH, "31", "q"), ((OTHER, OTHER), "12", "q"), ((CENTER, COUNCIL), "12", "em"), ((COUNCIL, OTHER), "12", "q")],
    ids=["who keeps neither", "one side", "asked in vain", "asked by who keeps neither"],
)
def test_two_agencies_that_do_not_keep_one_each_confirm_nothing_between_them(
    after: After, sides: tuple[str, str], pair: str, who: str
) -> None:
    town = after(lives.apart)
    between = tuple({*sides})
    assert lay(town, by("p", task(sides, *pair, status="requested"), noted(between=between))) == []
    said = lay_next(town, "Task/x", noted(*pair, between=between), f"Practitioner/{who}", status="completed")
    assert said == [f"Task/x/_history/2 {MORE}"]


@pytest.mark.parametrize(("who", "right"), [("lead", True), ("q", False), ("conv", False)])
def test_as_such_the_lead_section_alone_is_asked_and_confirms_it(after: After, who: str, right: bool) -> None:
    town = after(lives.apart)
    sides = (CENTER, LEADING)
    asked = noted(between=sides, as_such="lead-section")
    assert lay(town, by("p", task(sides, "1", "2", status="requested"), asked)) == []
    judged = noted("1", "2", between=sides, as_such="lead-section")
    said = lay_next(town, "Task/x", judged, f"Practitioner/{who}", status="completed")
    assert said == ([] if right else [f"Task/x/_history/2 {MORE}"])


@pytest.mark.parametrize("before", ["", "lead-section"])
def test_as_what_it_was_asked_stays(after: After, before: str) -> None:
    town = after(lives.apart)
    sides = (CENTER, LEADING)
    lay(town, by("p", task(sides, "1", "2", status="requested"), noted(between=sides, as_such=before)))
    other = noted("1", "2", between=sides, as_such="" if before else "lead-section")
    said = lay_next(town, "Task/x", other, "Practitioner/lead", status="completed")
    assert said == [f"Task/x/_history/2 {MORE}"]


def test_a_merge_goes_with_the_one_beside_it_that_was_undone_and_with_nothing_else(after: After) -> None:
    town = after(lives.merged)
    stands = [each for each in town.stored("Task") if {".same Patient/1", ".same Patient/3"} <= {*each.terms}]
    assert [each.number for each in stands] == [2]
    assert found(town) == []
    wrong = noted("1", between=(CENTER,))
    assert lay_next(town, stands[0].reference, wrong, "Practitioner/q") == [f"{stands[0].reference}/_history/3 {MORE}"]


def test_one_is_not_a_mistake_that_nobody_undid(after: After) -> None:
    town = after(lives.apart)
    made = merges.task(merges.ask(town, P, "1", "3"))
    said = lay_next(town, made, noted(between=(CENTER,)), "Practitioner/p", status="entered-in-error")
    assert said == [f"{made}/_history/2 {MORE}"]


UNDOING = task(BOTH, "1", "2", code="unmerge") | {"id": "y"}


@pytest.mark.parametrize(
    ("undoing", "judged", "right"),
    [
        (UNDOING, noted(), True),
        (UNDOING | {"for": ref("Patient/2"), "focus": ref("Patient/1")}, noted(), True),
        (UNDOING | {"for": ref("Patient/3")}, noted(), False),
        (UNDOING | {"status": "requested"}, noted(), False),
        (UNDOING | {"code": concept("task-code", "inquiry")}, noted(), False),
        (UNDOING, Verdict(void=True, noted=noted().noted), False),
    ],
)
def test_one_is_a_mistake_since_what_undid_these_two(after: After, undoing: Json, judged: Verdict, right: bool) -> None:
    """In the same transaction, and by what counts."""
    wrong = by("p", task(BOTH, "1", "2", status="entered-in-error"), noted())
    said = lay(after(lives.apart), Record(concern("e", "1"), CENTER, "Practitioner/p"), by("p", undoing, judged), wrong)
    assert [each for each in said if each.startswith("Task/x/")] == ([] if right else NAMED)


def test_a_name_on_what_is_no_merge_is_named(after: After) -> None:
    town = after(lives.apart)
    other = task(BOTH, "1", "2") | {"code": concept("task-code", "inquiry")}
    assert lay(town, by("lead", other, noted("1", "2"))) == NAMED
