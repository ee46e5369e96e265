"""What is closed with a record, and what not: which versions of which records, and what is left to be done apart."""

from __future__ import annotations

from typing import Any

import pytest

from consent.writing import as_closed
from consent.writing.apart import NOBODY, STEP, Apart, Whom
from resources.record.mistake import MISNAMED, MISTAKEN
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, has
from tests.unit.consent.test_belonging import R, V
from tests.unit.consent.writing.lain import Lain

C, P, F = "Condition/c", "Provenance/p", "Binary/f"
CONFIDENTIALITY = V["system"]
SECRET, CLOSE = f".label {CONFIDENTIALITY}|V", f".label {CONFIDENTIALITY}|R"
PAPER = ".conference Encounter/m"
ALL_CLOSING = {SECRET, CLOSE, PAPER, ".untied yes", MISTAKEN}


def of(name: str) -> str:
    return f".of {name}"


def closed(*terms: str, name: str = C) -> Whom:
    return Whom(closed=frozenset((name, one) for one in terms))


def labelled(*labels: Any) -> Any:
    return {"meta": {"security": list(labels)}}


def follow(lain: Lain, version: Version, before: Version | None, apart: Apart | None = None, **said: Any) -> set[str]:
    return lain.do(lambda tx: as_closed.follow(tx, version, before, apart, **said))


def chain(lain: Lain, *terms: str) -> Version:
    """A concern as closed as by these, a history of it in two versions, and a file of that, none of them closed."""
    concern = lain.put(C)
    for _ in range(2):
        lain.put(P, of(C))
    lain.put(F, of(P))
    lain.put("Provenance/beside", of("Condition/d"))
    lain.put("Task/asked", of(C))
    return lain.put(C, *terms) if terms else concern


def test_what_closes_a_record_closes_every_version_of_what_belongs_to_it_and_nothing_else(lain: Lain) -> None:
    for one in sorted(ALL_CLOSING - {MISTAKEN}):
        assert as_closed.of_its_own("Condition", frozenset({one, MISTAKEN})) == {MISTAKEN}
    for type in ("Provenance", "Binary"):
        assert as_closed.of_its_own(type, frozenset(ALL_CLOSING)) == ALL_CLOSING
    now = chain(lain, SECRET, PAPER, ".subject Patient/1")
    assert follow(lain, now, lain.versions[C][0]) == {P, F}
    assert lain.terms(P) == [{of(C), SECRET, PAPER}] * 2
    assert lain.terms(F) == [{of(P), SECRET, PAPER}]
    assert lain.terms("Provenance/beside") == [{of("Condition/d")}]
    assert lain.terms("Task/asked") == [{of(C)}]
    assert lain.terms(C) == [set(), {SECRET, PAPER, ".subject Patient/1"}], "its own versions say what they said"


def test_what_is_no_more_closed_opens_what_belongs_to_it_by_that_and_leaves_the_rest_closed(lain: Lain) -> None:
    before, now = lain.put(C, SECRET, CLOSE), lain.put(C, CLOSE)
    lain.put(P, of(C), SECRET, CLOSE)
    lain.put(F, of(P), SECRET, CLOSE, **labelled(V))
    lain.put("Binary/as-it-was", of(C), CLOSE)
    assert follow(lain, now, before) == {P}
    assert lain.terms(P) == [{of(C), CLOSE}]
    assert lain.terms(F) == [{of(P), SECRET, CLOSE}], "it says so itself"


def test_a_record_that_is_as_closed_as_it_was_or_that_nothing_can_belong_to_is_not_looked_into(lain: Lain) -> None:
    chain(lain)
    for number in range(2):
        lain.put(C, SECRET, f".subject Patient/{number}")
    first, before, now = lain.versions[C]
    assert follow(lain, now, before) == set()
    assert follow(lain, now, None, unnamed=True) == follow(lain, now, first, unnamed=True) == set()
    assert lain.terms(P) == [{of(C)}] * 2
    assert follow(lain, now, None) == {P, F}


def test_as_many_versions_as_have_room_are_closed_within_and_of_more_none(lain: Lain) -> None:
    """Of the history there are two versions, and of its file one: the bound is of one question, or of all records."""
    now = chain(lain, SECRET)
    before = lain.versions[C][0]
    for room in (0, 1):
        apart = Apart(room=room)
        assert follow(lain, now, before, apart) == set()
        assert (apart.hidden, apart.told, apart.room) == (closed(SECRET), NOBODY, room)
    assert lain.terms(P) == [{of(C)}] * 2
    apart = Apart(room=5)
    assert follow(lain, now, before, apart) == {P, F}
    assert (apart.hidden, apart.told, apart.room) == (NOBODY, NOBODY, 3)


def test_of_what_has_no_room_what_closes_is_to_be_hidden_and_what_is_over_to_be_told(lain: Lain) -> None:
    before = lain.put(C, SECRET, CLOSE)
    for id in "pqr":
        lain.put(f"Provenance/{id}", of(C), SECRET, CLOSE)
    opened, kept, bare = lain.put(C, CLOSE), lain.put(C, CLOSE, PAPER), lain.put(C)
    for now, hidden, told in (
        (opened, closed(CLOSE), closed(SECRET)),
        (kept, closed(CLOSE, PAPER), closed(SECRET)),
        (bare, NOBODY, closed(SECRET, CLOSE)),
    ):
        apart = Apart(room=2)
        assert follow(lain, now, before, apart) == set()
        assert (apart.hidden, apart.told) == (hidden, told)
    apart = Apart(room=2)
    assert follow(lain, before, bare, apart) == set()
    assert (apart.hidden, apart.told) == (NOBODY, NOBODY), "they are closed already"


def test_what_is_opened_later_in_any_case_is_not_opened_within(lain: Lain) -> None:
    before, now = lain.put(C, SECRET), lain.put(C)
    lain.put(P, of(C), SECRET)
    apart = Apart(later=closed(SECRET))
    assert follow(lain, now, before, apart) == set()
    assert (apart.hidden, apart.told) == (NOBODY, NOBODY)
    assert lain.terms(P) == [{of(C), SECRET}]
    assert follow(lain, now, before, Apart(later=closed(CLOSE))) == {P}


def test_a_record_that_belongs_to_others_is_closed_itself_in_its_earlier_versions(lain: Lain) -> None:
    lain.put(C, SECRET)
    before = lain.put(P, of(C))
    now = lain.put(P, of(C), SECRET)
    assert follow(lain, now, None) == set(), "it begins so"
    assert follow(lain, now, before) == {P}
    assert lain.terms(P) == [{of(C), SECRET}, {of(C), SECRET}]
    assert follow(lain, now, before) == set(), "nothing is left to be done"
    itself = lain.put(P, of(C), SECRET, CLOSE, **labelled(R))
    assert follow(lain, itself, now) == set()
    assert lain.terms(P) == [{of(C), SECRET}] * 2 + [{of(C), SECRET, CLOSE}], "what it says itself it says from then on"


def test_what_comes_to_belong_to_another_is_as_closed_as_that_in_every_version(lain: Lain) -> None:
    lain.put(C)
    lain.put("Condition/d", SECRET)
    before, now = lain.put(P, of(C)), lain.put(P, of(C), of("Condition/d"), of("Condition/absent"))
    other = lain.put("Task/t", of(C)), lain.put("Task/t", of(C), of("Condition/d"))
    assert follow(lain, other[1], other[0]) == set()
    assert lain.terms("Task/t") == [{of(C)}, {of(C), of("Condition/d")}], "what is asked about a record is not of it"
    assert follow(lain, now, before) == {P}
    assert lain.terms(P) == [{of(C), SECRET}, {of(C), of("Condition/d"), of("Condition/absent"), SECRET}]


def test_a_mistake_closes_the_earlier_versions_of_whatever_record_and_nothing_else_does(lain: Lain) -> None:
    before = lain.put(C, ".subject Patient/2")
    wrong: Any = {"verificationStatus": {"coding": [{"system": "x", "code": "entered-in-error"}]}}
    now = lain.put(C, MISTAKEN, **wrong)
    assert follow(lain, now, before) == {C}
    assert lain.terms(C) == [{".subject Patient/2", MISTAKEN}, {MISTAKEN}]
    right = lain.put(C, SECRET)
    assert follow(lain, right, now) == {C}
    assert lain.terms(C) == [{".subject Patient/2"}, set(), {SECRET}]
    assert follow(lain, lain.put(C, CLOSE), right) == set()
    assert lain.terms(C)[2] == {SECRET}
    asked = lain.put("Task/t", of(C), **labelled(V))
    assert follow(lain, lain.put("Task/t", of(C), MISTAKEN, status="entered-in-error"), asked) == {"Task/t"}
    assert lain.terms("Task/t") == [{of(C), MISTAKEN}] * 2, "not by what it is of, nor by what else it says"


def test_a_deleted_record_is_closed_by_what_it_last_said_and_a_version_that_misnames_stays_closed(lain: Lain) -> None:
    lain.put(C)
    misnamed = f"{MISNAMED} Patient/2"
    lain.put(P, of(C), **labelled(R))
    lain.put(P, of(C), **labelled(V))
    lain.put(P, of(C), misnamed, **labelled(V))
    gone = lain.put(P, of(C), deleted=True)
    assert lain.do(lambda tx: as_closed.settled(tx, gone))
    assert lain.terms(P) == [{of(C), CLOSE}, {of(C), SECRET}, {of(C), misnamed, MISTAKEN, SECRET}, {of(C), SECRET}]
    assert not lain.do(lambda tx: as_closed.settled(tx, gone))


def test_a_record_that_was_a_mistake_when_it_was_deleted_is_one_in_every_version(lain: Lain) -> None:
    lain.put(C)
    lain.put(C, verificationStatus={"coding": [{"code": "entered-in-error"}]})
    gone = lain.put(C, deleted=True)
    assert lain.do(lambda tx: as_closed.settled(tx, gone))
    assert lain.terms(C) == [{MISTAKEN}] * 3


def test_of_many_versions_some_are_settled_each_by_what_it_says_itself(lain: Lain) -> None:
    lain.put(C)
    lain.put(P, of(C), **labelled(R))
    lain.put(P, of(C), **labelled(V))
    lain.put(P, of(C), deleted=True)
    now = lain.put(P, of(C))
    settled, bare = as_closed.settled, {of(C)}
    assert lain.do(lambda tx: settled(tx, now, frozenset({PAPER}), among=range(4, 5)))
    assert lain.terms(P) == [bare, bare, bare, {of(C), PAPER}]
    assert lain.do(lambda tx: settled(tx, now, among=range(3, 4)))
    assert lain.terms(P)[:3] == [bare, {of(C), SECRET}, {of(C), SECRET}], "with that it was deleted after"
    assert lain.do(lambda tx: settled(tx, now, among=range(1, 2)))
    assert lain.terms(P)[0] == {of(C), CLOSE}
    lain.put(F, of(C), **labelled(V))
    gone = lain.put(F, of(C), deleted=True)
    assert lain.do(lambda tx: settled(tx, gone, among=range(2, 3)))
    assert lain.terms(F) == [{of(C), SECRET}] * 2


MANY = STEP + 1


@pytest.fixture
def often(lain: Lain) -> Lain:
    """A history that was written more often than is settled at once."""
    lain.put(C)
    for _ in range(MANY - 2):
        lain.put(P, of(C))
    return lain


def versions(lain: Lain, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Version, Version]:
    had = lain.put(P, of(C), *before)
    return lain.put(P, of(C), *after), had


@pytest.mark.parametrize(
    ("before", "after", "hidden", "told"),
    [
        ((), (SECRET,), (SECRET,), ()),
        ((SECRET,), (), (), (SECRET,)),
        ((SECRET,), (SECRET, CLOSE), (SECRET, CLOSE), ()),
        ((SECRET, CLOSE), (SECRET,), (), (CLOSE,)),
        ((CLOSE,), (SECRET,), (SECRET,), (CLOSE,)),
    ],
)
def test_of_a_record_of_many_versions_all_but_the_newest_are_settled_apart(
    often: Lain, before: tuple[str, ...], after: tuple[str, ...], hidden: tuple[str, ...], told: tuple[str, ...]
) -> None:
    now, had = versions(often, before, after)
    apart = Apart(room=0)
    follow(often, now, had, apart)
    assert (apart.hidden, apart.told) == (closed(*hidden, name=P), closed(*told, name=P))
    assert often.terms(P)[: MANY - 2] == [{of(C)}] * (MANY - 2)
    within = Apart(room=MANY)
    follow(often, now, had, within)
    assert (within.hidden, within.told) == (NOBODY, NOBODY), "there is room for all"


def test_a_record_of_many_that_only_comes_to_belong_to_another_is_settled_within(often: Lain) -> None:
    often.put("Condition/d", SECRET)
    had = often.put(P, of(C))
    now = often.put(P, of(C), of("Condition/d"))
    apart = Apart(room=0)
    assert follow(often, now, had, apart) == {P}
    assert all(SECRET in each for each in often.terms(P))
    assert (apart.hidden, apart.told) == (NOBODY, NOBODY)


def belonging(lain: Lain, *what: Any) -> Any:
    return lain.ask(lambda view: as_closed.belonging(view, C, *what))


def test_what_belongs_to_a_record_is_found_through_what_belongs_to_it_the_nearer_first(lain: Lain) -> None:
    chain(lain)
    lain.put(P, of("Condition/d"))
    lain.put("Binary/a", of(F))
    lain.put(P, of(C), of("Binary/a"))
    found = belonging(lain, EVERYTHING)
    assert list(found) == [P, F, "Binary/a"]
    assert found[P].number == 4, "as it is now, though it was of it before"
    assert list(belonging(lain, has(".of", C))) == [P]
    assert belonging(lain, EVERYTHING, 4).keys() == found.keys()
    assert belonging(lain, EVERYTHING, 2) is None, "there are three versions of the one"
    for id in "qrs":
        lain.put(f"Binary/{id}", of(F))
    assert belonging(lain, EVERYTHING, 5) is None
    assert len(belonging(lain, EVERYTHING, 6)) == 6


def test_what_was_open_in_one_of_its_versions_is_found_as_it_is_now(lain: Lain) -> None:
    lain.put(C)
    for terms in ([CLOSE], [SECRET], []):
        lain.put(P, of(C), *terms)
    found = belonging(lain, has(".label", SECRET.partition(" ")[2]))
    assert {name: each.number for name, each in found.items()} == {P: 3}


def test_what_lacks_one_of_what_closes_a_record_is_less_closed() -> None:
    lacking = as_closed.lacking({SECRET, CLOSE})
    assert not lacking.matches([CLOSE, SECRET, ".type Binary"])
    for terms in ([CLOSE], [SECRET], [f"{SECRET}x", CLOSE], []):
        assert lacking.matches(terms)
    assert not as_closed.lacking(()).matches([])
