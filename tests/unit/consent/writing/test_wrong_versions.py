"""Which versions of a record named somebody by mistake, since when that was said, and what is closed for it."""

from __future__ import annotations

from typing import Any

from consent import vocabulary
from consent.relations.contributions import HIDDEN, MEMBER, PROTECTED
from consent.relations.names import SAME
from consent.verdict import Verdict
from consent.writing import wrong_versions
from resources.record.mistake import MISNAMED, MISTAKEN
from resources.record.version import Version
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.writing.lain import Lain

C, WRONG = "Condition/c", "Patient/2"
ABOUT: Any = {"subject": ref(WRONG)}
COUNTS, CODE = Verdict(True).terms(), f".code {vocabulary.CONFIRM_MISTAKE}"


def naming(lain: Lain, *versions: Version, but: str = "") -> set[int]:
    """Which of these name the person, as who is not shown one of that name sees it; as the server does without."""

    async def sees(version: Version) -> bool:
        return version.cited != but

    seen = sees if but else None
    return set(lain.ask(lambda view: wrong_versions.naming(view, versions, WRONG, seen)))


def test_a_version_names_somebody_by_itself_or_by_what_it_is_of_as_that_stands(lain: Lain) -> None:
    lain.put("Condition/about", **ABOUT)
    lain.put("Condition/wrong", f"{MISNAMED} {WRONG}", **ABOUT)
    lain.put("Condition/other", subject=ref("Patient/1"))
    lain.put("Condition/gone", **ABOUT)
    lain.put("Condition/gone", deleted=True)
    focused = [
        lain.put("Task/t", focus=ref(f"Condition/{one}")) for one in ("about", "other", "wrong", "gone", "absent")
    ]
    assert naming(lain, *focused) == {1, 3}, "a source counts as it stands, whatever of it is closed"
    itself = [lain.put(C, **ABOUT), lain.put(C), lain.put(C, f"{MISNAMED} {WRONG}", **ABOUT), lain.put(C, **ABOUT)]
    assert naming(lain, *itself, lain.put(C, deleted=True)) == {1, 4}


def test_of_what_somebody_does_not_see_nothing_is_told_neither_version_nor_source(lain: Lain) -> None:
    source = lain.put("Condition/about", **ABOUT)
    asked, itself = lain.put("Task/t", focus=ref("Condition/about")), lain.put(C, **ABOUT)
    assert naming(lain, asked, but="another") == naming(lain, itself, but="another") == {1}
    assert naming(lain, asked, but=source.cited) == set()
    assert naming(lain, asked, but=asked.cited) == naming(lain, itself, but=itself.cited) == set()


def test_a_deleted_version_names_nobody(lain: Lain) -> None:
    assert wrong_versions.names_rightly(lain.put(C, **ABOUT), WRONG)
    assert not wrong_versions.names_rightly(lain.put(C), WRONG)
    assert not wrong_versions.names_rightly(lain.put(C, deleted=True), WRONG)


def test_the_newest_versions_are_looked_at_back_to_a_number_and_to_an_instant(lain: Lain) -> None:
    stood = [lain.put(C) for _ in range(5)]
    since = ["", *(each.since for each in stood)]

    def newest(begin: int, instant: str) -> list[int]:
        found = lain.ask(lambda view: wrong_versions.newest_first(view, stood[-1], begin, instant))
        return [each.number for each in found]

    assert newest(4, since[2]) == [5, 4, 3]
    assert newest(2, since[4]) == [5, 4, 3, 2]
    assert newest(9, since[5]) == [5]
    assert newest(1, "") == newest(9, "") == [5, 4, 3, 2, 1]
    assert [each.number for each in lain.ask(lambda view: wrong_versions.versions_of(view, stood[1]))] == [
        1,
        2,
        3,
        4,
        5,
    ]


def turned(lain: Lain, since: str, *wrong: Version, person: str = WRONG) -> bool:
    return lain.ask(lambda view: wrong_versions.turned(view, wrong, person, since))


def test_what_was_said_holds_no_more_once_the_person_was_named_anew(lain: Lain) -> None:
    first, second = lain.put(C, **ABOUT), lain.put(C, **ABOUT)
    assert turned(lain, first.since, first, second)
    assert not turned(lain, second.since, first, second)
    assert not turned(lain, first.since, first)


def test_or_once_their_name_or_who_sees_their_place_has_changed(lain: Lain) -> None:
    for relation in (Relation(SAME, WRONG, "Patient/9"), Relation(PROTECTED[0], WRONG, HIDDEN)):
        before = lain.put(C)
        begun = lain.put(WRONG, rows=[relation])
        assert turned(lain, before.since)
        assert not turned(lain, begun.since)
        over = lain.put(WRONG)
        assert turned(lain, begun.since), "it has ended since"
        assert not turned(lain, over.since)


def test_of_a_household_that_holds_of_each_who_is_or_was_in_it(lain: Lain) -> None:
    before = lain.put("Group/g", rows=[Relation(MEMBER, "Group/g", one) for one in (WRONG, "Patient/3")])
    lain.put("Group/g", rows=[Relation(MEMBER, "Group/g", "Patient/3")])
    lain.put("Group/h", rows=[Relation(MEMBER, "Group/h", "Patient/4")])
    persons = wrong_versions.persons
    assert lain.ask(lambda view: persons(view, "Group/g")) == {WRONG, "Patient/3"}
    assert lain.ask(lambda view: persons(view, WRONG)) == {WRONG}
    lain.put(WRONG, rows=[Relation(PROTECTED[0], WRONG, HIDDEN)])
    assert turned(lain, before.since, person="Group/g")
    assert not turned(lain, before.since, person="Group/h")


CONFIRMED: Any = {
    "status": "completed",
    "code": concept("task-code", "confirm-mistake"),
    "focus": ref(C),
    "input": [{"valueReference": ref(WRONG)}],
}
BY_SERVER = {*COUNTS, ".masked yes", CODE}


def confirmed(lain: Lain, record: str = C, person: str = WRONG) -> str:
    return lain.ask(lambda view: wrong_versions.confirmed(view, record, person))


def test_it_is_confirmed_by_what_the_server_wrote_of_a_task_that_counts(lain: Lain) -> None:
    said = {"begun": CONFIRMED | {"status": "accepted"}, "code": CONFIRMED | {"code": concept("task-code", "x")}}
    said |= {"bare": {name: each for name, each in CONFIRMED.items() if name != "input"}}
    confirms = wrong_versions.confirms
    task = lain.put("Task/t", *BY_SERVER, f".of {C}", **CONFIRMED)
    assert confirms(task, CONFIRMED) == (C, WRONG)
    assert confirms(task, said["begun"]) is confirms(task, said["code"]) is None
    assert confirms(task, said["bare"]) == (C, "")
    for less in (*COUNTS, ".masked yes"):
        assert confirms(lain.put("Task/u", *(BY_SERVER - {less}), f".of {C}", **CONFIRMED), CONFIRMED) is None
    assert confirms(lain.put("Task/u", *BY_SERVER, f".of {C}", deleted=True), CONFIRMED) is None
    assert confirmed(lain) == task.since
    assert confirmed(lain, person="Patient/3") == confirmed(lain, "Condition/d") == ""


def test_it_was_confirmed_when_it_last_was_in_whatever_version_of_which_task(lain: Lain) -> None:
    lain.put("Task/a", *BY_SERVER, f".of {C}", **CONFIRMED)
    latest = lain.put("Task/b", *BY_SERVER, f".of {C}", **CONFIRMED)
    lain.put("Task/b", CODE, f".of {C}", **CONFIRMED | {"status": "cancelled"})
    lain.put("Task/c", *(BY_SERVER - {CODE}), f".of {C}", **CONFIRMED)
    lain.put("Task/d", *BY_SERVER, **CONFIRMED)
    lain.put("ServiceRequest/e", *BY_SERVER, f".of {C}", **CONFIRMED)
    assert confirmed(lain) == latest.since, "what the others say they are not found by"
    household = lain.put("Task/h", *BY_SERVER, ".household Group/g", **CONFIRMED | {"focus": ref("Group/g")})
    assert confirmed(lain, "Group/g") == household.since


def test_what_was_closed_as_wrong_and_is_not_confirmed_is_shut_for_nothing(lain: Lain) -> None:
    open_, shut = lain.put(C), lain.put(C, MISTAKEN)
    named, again, last = lain.put(C, MISTAKEN, f"{MISNAMED} {WRONG}"), lain.put(C, MISTAKEN), lain.put(C)
    for_nothing = wrong_versions.shut_for_nothing
    assert for_nothing([open_, shut, named, again, last], []) == range(2, 5)
    assert for_nothing([open_, shut, named, again, last], [4]) == range(2, 3)
    assert for_nothing([open_, named, last], []) == for_nothing([open_], []) == for_nothing([], []) == range(0)
    assert for_nothing([open_, shut], []) == range(0), "the whole record is a mistake"
