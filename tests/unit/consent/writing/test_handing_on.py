"""To which records it is handed on whom a record is about, as that grows; and what of it is left to be done apart."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations.contributions import MEMBER
from consent.writing import handing_on
from consent.writing.apart import NOBODY, STEP, Apart, OvertakenError, Whom
from resources.record.version import Version
from resources.search.relation import Relation
from tests.laws.worlds import ref
from tests.unit.consent.writing.lain import Lain

C, ONE, TWO, HOME = "Condition/c", ".subject Patient/1", ".subject Patient/2", ".household Group/g"


def grown(*terms: str, name: str = C) -> Whom:
    return Whom(grown=frozenset((name, one) for one in terms))


def from_record(lain: Lain, version: Version, apart: Apart | None = None, **said: Any) -> set[str]:
    before = lain.versions[version.reference][version.number - 2] if version.number > 1 else None
    resource = said.pop("resource", None)
    return lain.do(lambda tx: handing_on.from_record(tx, version, resource, before, apart, **said))


def chain(lain: Lain, *terms: str) -> Version:
    """A concern that grows by these, a request about it, what is asked with that in two versions, and what is not."""
    lain.put(C, ONE)
    lain.put("Task/t", ONE, f".of {C}")
    for _ in range(2):
        lain.put("Task/u", ONE, ".of Task/t")
    lain.put("Task/has", ONE, TWO, f".of {C}")
    lain.put("Task/other", ONE, ".of Condition/d")
    return lain.put(C, ONE, *terms)


def about(lain: Lain, who: str = TWO) -> set[str]:
    """Which are about them in every version."""
    return {name for name in lain.versions if all(who in each for each in lain.terms(name))}


def test_whom_a_record_comes_to_be_about_all_are_about_that_are_of_it_in_every_version(lain: Lain) -> None:
    now = chain(lain, TWO)
    assert from_record(lain, now) == {"Task/t", "Task/u"}
    assert about(lain) == {C, "Task/t", "Task/u", "Task/has"}
    assert lain.terms("Task/other") == [{ONE, ".of Condition/d"}]
    assert from_record(lain, lain.put(C, ONE, TWO)) == set(), "it has not grown"


def test_what_belongs_to_it_is_closed_with_it_too(lain: Lain) -> None:
    lain.put(C, ONE)
    lain.put("Provenance/p", ONE, f".of {C}")
    assert from_record(lain, lain.put(C, ONE, ".conference Encounter/m")) == {"Provenance/p"}
    assert lain.terms("Provenance/p") == [{ONE, f".of {C}", ".conference Encounter/m"}]


def test_what_some_of_its_versions_lack_they_are_given_and_no_other(lain: Lain) -> None:
    for _ in range(3):
        lain.put(C, ONE)
    lain.do(lambda tx: handing_on.given(tx, C, [1, 3], frozenset({TWO})))
    assert lain.terms(C) == [{ONE, TWO}, {ONE}, {ONE, TWO}]


def test_a_record_that_nobody_can_have_named_yet_hands_on_to_none_but_its_own_versions(lain: Lain) -> None:
    now = chain(lain, TWO)
    assert from_record(lain, now, unnamed=True) == set()
    assert about(lain) == {C, "Task/has"}


def test_a_new_record_hands_on_to_what_named_it_before(lain: Lain) -> None:
    lain.put("Task/t", ".of Condition/c")
    assert from_record(lain, lain.put(C, ONE)) == {"Task/t"}


def test_circles_end(lain: Lain) -> None:
    lain.put(C, ONE)
    lain.put("Task/t", ONE, f".of {C}", ".of Task/u")
    lain.put("Task/u", ONE, ".of Task/t")
    assert from_record(lain, lain.put(C, ONE, TWO, ".of Task/u")) == {"Task/t", "Task/u"}


def test_of_more_than_have_room_none_are_brought_along_within(lain: Lain) -> None:
    now = chain(lain, TWO)
    for room in (0, 1):
        apart = Apart(room=room)
        assert from_record(lain, now, apart) == set()
        assert (apart.told, apart.hidden, apart.room) == (grown(TWO), NOBODY, room)
    assert about(lain) == {C, "Task/has"}
    apart = Apart(room=2)
    assert from_record(lain, now, apart) == {"Task/t", "Task/u"}
    assert (apart.told, apart.room) == (NOBODY, 0)


def test_what_is_told_later_in_any_case_is_handed_on_within_to_those_alone_that_others_work_on(lain: Lain) -> None:
    now = chain(lain, TWO)
    lain.put("CarePlan/k", ONE, f".of {C}")
    apart = Apart(later=grown(TWO), at_once={C: {"CarePlan/k": {TWO}}})
    assert from_record(lain, now, apart) == {"CarePlan/k"}
    assert apart.told == NOBODY
    assert about(lain) == {C, "Task/has", "CarePlan/k"}
    assert from_record(lain, now, Apart(later=grown(TWO))) == set()
    assert from_record(lain, now, Apart(later=grown(HOME))) == {"Task/t", "Task/u"}


def test_of_a_record_of_many_versions_its_own_are_brought_along_apart(lain: Lain) -> None:
    for _ in range(STEP):
        lain.put(C, ONE)
    now = lain.put(C, ONE, TWO)
    apart = Apart(room=0)
    assert from_record(lain, now, apart) == set()
    assert apart.told == grown(TWO)
    assert about(lain) == set()
    lacking = handing_on.lacking
    assert lain.ask(lambda view: lacking(view, C, frozenset({TWO}))) == list(range(1, STEP + 1))
    assert lain.ask(lambda view: lacking(view, C, frozenset({ONE}))) == []
    assert lain.ask(lambda view: lacking(view, "Condition/absent", frozenset({ONE}))) == []
    from_record(lain, now)
    assert about(lain) == {C}


def members(*persons: str) -> list[Relation]:
    return [Relation(MEMBER, "Group/g", one) for one in persons]


@pytest.fixture
def home(lain: Lain) -> Lain:
    """A household that one left before a record was written, and another after it."""
    lain.put("Group/g", rows=members("Patient/1", "Patient/2", "Patient/3"))
    lain.put("Group/g", rows=members("Patient/1", "Patient/2"))
    lain.put(C, ONE)
    lain.put("Group/g", rows=members("Patient/1"))
    return lain


def test_of_a_household_those_are_taken_by_name_who_have_left_since_the_record_was_first_written(home: Lain) -> None:
    lain = home
    source = lain.put(C, HOME)
    left = lain.ask(lambda view: handing_on.left(view, source))
    assert [person for person, _ in left] == ["Patient/2"]
    assert left[0][1] == lain.versions["Group/g"][2].since
    assert lain.ask(lambda view: handing_on.taken(view, [source])) == {"Patient/2"}
    other = lain.put("Condition/d", ONE)
    assert lain.ask(lambda view: handing_on.taken(view, [source, other])) == {"Patient/2"}
    assert lain.ask(lambda view: handing_on.taken(view, [other])) == set()


def test_with_a_household_who_has_left_it_is_handed_on_by_name(home: Lain) -> None:
    lain = home
    lain.put("Task/t", ONE, f".of {C}")
    assert from_record(lain, lain.put(C, ONE, HOME)) == {"Task/t"}
    assert lain.terms("Task/t") == [{ONE, TWO, HOME, f".of {C}"}]


def test_a_related_person_whom_a_patient_says_to_be_is_about_that_patient_and_so_is_what_is_of_them(lain: Lain) -> None:
    lain.put("RelatedPerson/r", ONE)
    lain.put("Task/t", ONE, ".of RelatedPerson/r")
    patient = lain.put("Patient/2", TWO)
    link = {"resourceType": "Patient", "link": [{"other": ref("RelatedPerson/r")}, {"other": ref("RelatedPerson/x")}]}
    assert from_record(lain, patient, resource=link) == {"RelatedPerson/r", "Task/t"}
    assert about(lain) == {"RelatedPerson/r", "Task/t", "Patient/2"}
    assert from_record(lain, patient, resource=link) == set(), "they are already"


def dependents(lain: Lain, *what: Any, **said: Any) -> Any:
    source = lain.versions[C][-1]
    return lain.ask(lambda view: handing_on.dependents(view, source, *what, **said))


def test_what_each_lacks_in_some_version_is_told_and_those_that_lack_nothing_where_it_was_broken_off(
    lain: Lain,
) -> None:
    chain(lain, TWO)
    lain.put("Task/half", ONE, f".of {C}")
    lain.put("Task/half", ONE, TWO, f".of {C}")
    lain.put("Task/beyond", ONE, ".of Task/has")
    lacks = {"Task/t": {TWO}, "Task/u": {TWO}, "Task/half": {TWO}}
    assert dependents(lain, {TWO}) == lacks
    assert dependents(lain, {TWO}, whole=True) == lacks | {"Task/beyond": {TWO}}
    assert dependents(lain, {ONE}) == {}
    assert dependents(lain, {TWO}, 3) == lacks
    assert dependents(lain, {TWO}, 2) is None
    lain.put("Task/half", ONE, f".of {C}")
    lain.put("Task/half", ONE, f".of {C}")
    assert dependents(lain, {TWO}, 3) is None, "there are more versions"


def test_all_that_lack_something_are_counted_together(lain: Lain) -> None:
    chain(lain, TWO)
    lain.put("Task/v", ONE, f".of {C}")
    assert dependents(lain, {TWO}, 2) is None
    assert dependents(lain, {TWO}, 3).keys() == {"Task/t", "Task/u", "Task/v"}


def test_what_others_work_on_is_given_it_at_once(lain: Lain) -> None:
    lain.put(C, ONE)
    works = {f"{type}/x" for type in ("CarePlan", "Group", "Encounter", "ServiceRequest")}
    for name in {*works, "Task/t", "Observation/o"}:
        lain.put(name, ONE, f".of {C}")
    told = lain.ask(lambda view: handing_on.at_once(view, [(C, TWO), (C, HOME), (C, ONE), ("Condition/absent", TWO)]))
    assert told == {C: {name: {TWO, HOME} for name in works}, "Condition/absent": {}}


async def goes_on() -> bool:
    return True


async def is_over() -> bool:
    return False


def test_it_is_overtaken_where_it_goes_on_no_more_or_such_a_record_was_written_since(lain: Lain) -> None:
    def still(apart: Apart) -> Apart:
        return lain.do(lambda tx: handing_on.still(tx, apart))

    lain.put("CarePlan/k", ONE)
    end = lain.ask(lambda view: view.end())
    apart = Apart(room=3, end=end, goes_on=goes_on)
    lain.put("Task/t", ONE)
    again = still(apart)
    assert again == apart
    assert again is not apart, "what is used up in one transaction is not in another"
    with pytest.raises(OvertakenError):
        still(Apart(end=end, goes_on=is_over))
    lain.put("CarePlan/k", ONE)
    with pytest.raises(OvertakenError):
        still(apart)
    assert still(Apart(room=3)) == Apart(room=3), "nothing was looked at before it"
