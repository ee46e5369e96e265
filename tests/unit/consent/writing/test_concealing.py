"""What records are found by changes as somebody's place is protected, or no longer, by whichever name (D1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from consent import derivation
from consent.relations.contributions import AGAINST, HIDDEN, MEMBER, PROTECTED
from consent.relations.hidden_place import Secrets
from consent.relations.names import SAME
from consent.writing import concealing
from consent.writing.apart import NOBODY, STEP, Apart, Whom
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import Relation
from resources.store.port import Query, Snapshot, Transaction
from tests.laws.worlds import index, ref
from tests.unit.consent.writing.lain import Lain

PLACE = "かくれみの"
SECLUDED = ".secluded yes"
ONE, TWO, HOME = ".subject Patient/1", ".subject Patient/2", ".household Group/g"
C, FIRST = "Condition/c", "Patient/1"


def lock(person: str, *, number: int = 0) -> list[Relation]:
    """The rows of one protection of a person, of whose list is the lead section."""
    return [Relation(PROTECTED[number], person, HIDDEN, "x"), Relation(PROTECTED[number], person, "Organization/lead")]


def members(*persons: str) -> list[Relation]:
    return [Relation(MEMBER, "Group/g", person) for person in persons]


def names(one: str, other: str) -> list[Relation]:
    return [Relation(SAME, one, other), Relation(SAME, other, one)]


def telling(lain: Lain, name: str, *terms: str, times: int = 1, secret: bool = False) -> Version:
    """A record that says where somebody is, in so many versions, found by all that it says, or by what is harmless."""
    type, _, id = name.partition("/")
    body = {"resourceType": type, "id": id, "note": [{"text": PLACE}]}
    found = derivation.search(index(), body, secret=secret)
    own = {*terms, *([SECLUDED] if secret else [])}
    for _ in range(times):
        version = lain.put(name, *own, *(entry for entry in found if not entry.startswith(".")), note=body["note"])
    return version


def secret(lain: Lain) -> dict[str, list[bool]]:
    """Of each version of each record whether it is found by what is harmless alone."""
    said = {}
    for name in lain.versions:
        terms = lain.terms(name)
        said[name] = [SECLUDED in each for each in terms]
        if name.startswith("Condition/"):
            told = [any(PLACE in entry for entry in each) for each in terms]
            gone = [not version.body for version in lain.versions[name]]
            assert all(said != hid or over for said, hid, over in zip(told, said[name], gone, strict=True)), name
    return said


def follow(
    lain: Lain,
    changed: Iterable[Relation] = (),
    grown: Iterable[str] = (),
    apart: Apart | None = None,
    itself: Version | None = None,
) -> set[str]:
    return lain.do(lambda tx: concealing.follow(tx, index(), changed, grown, apart, itself=itself))


def lift(lain: Lain, person: str = FIRST) -> list[Relation]:
    lain.put(person)
    return lock(person)


@pytest.fixture
def told(lain: Lain) -> Lain:
    """Of a person, of their household, of both at once and of others something is told; some of it more than once."""
    lain.put(FIRST)
    lain.put("Patient/2")
    lain.put("Group/g", ONE, rows=members(FIRST))
    lain.put("Group/h", TWO)
    telling(lain, C, ONE, times=3)
    telling(lain, "Condition/home", HOME)
    telling(lain, "Condition/both", TWO, HOME)
    telling(lain, "Condition/other", TWO, ".household Group/h")
    telling(lain, "PractitionerRole/p", ONE)
    return lain


HERS = {C, "Condition/home", "Condition/both", "Group/g"}
NOW_SECRET = {C: [True] * 3, "Condition/home": [True], "Condition/both": [True], "Group/g": [True]}


def test_what_is_about_somebody_is_hidden_as_they_are_protected_and_found_again_when_that_is_lifted(told: Lain) -> None:
    before = secret(told)
    assert not any(map(any, before.values()))
    told.put(FIRST, rows=lock(FIRST))
    assert follow(told, lock(FIRST)) == HERS
    assert secret(told) == before | NOW_SECRET | {FIRST: [False, False]}
    assert follow(told, lock(FIRST)) == set(), "all is settled"
    assert follow(told, lift(told)) == HERS
    assert {name: said for name, said in secret(told).items() if name != FIRST} == {
        name: said for name, said in before.items() if name != FIRST
    }


def test_any_lock_hides_and_what_else_is_said_of_a_person_does_not(told: Lain) -> None:
    rows = [Relation(AGAINST, FIRST, "Patient/2")]
    told.put(FIRST, rows=rows)
    assert follow(told, rows) == set()
    opened = [Relation(PROTECTED[0], FIRST, "Organization/lead")]
    told.put(FIRST, rows=opened)
    assert follow(told, opened) == set(), "whom it would open to is no lock"
    told.put(FIRST, rows=[*lock(FIRST), *lock(FIRST, number=1)])
    assert follow(told, lock(FIRST, number=1)) == HERS
    told.put(FIRST, rows=lock(FIRST))
    assert follow(told, lock(FIRST, number=1)) == set(), "one of the two stands"


def test_who_joins_a_household_hides_what_is_about_it_and_who_leaves_lets_it_be_found(told: Lain) -> None:
    telling(told, "Condition/2", TWO)
    told.put("Patient/2", rows=lock("Patient/2"))
    assert follow(told, lock("Patient/2")) == {"Condition/both", "Condition/2", "Condition/other", "Group/h"}
    told.put("Group/g", rows=members(FIRST, "Patient/2"))
    assert follow(told, members("Patient/2")) == {"Condition/home"}
    told.put("Group/g", rows=members(FIRST))
    assert follow(told, members("Patient/2")) == set(), "who was there when it was written is asked"
    telling(told, "Condition/since", HOME, secret=True)
    assert follow(told, members("Patient/2")) == {"Condition/since"}
    assert follow(told, members(FIRST)) == set(), "who is not protected turns nothing"


def test_a_protection_is_of_every_name_of_a_person(told: Lain) -> None:
    told.put("Task/m", rows=names(FIRST, "Patient/2"))
    told.put("Patient/2", rows=lock("Patient/2"))
    assert follow(told, lock("Patient/2")) == {*HERS, "Condition/other", "Group/h"}
    told.put("Task/m")
    assert follow(told, names(FIRST, "Patient/2")) == {C, "Condition/home", "Group/g"}
    assert secret(told)["Condition/both"] == [True]


def test_two_who_come_to_be_one_are_both_protected(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    assert follow(told, lock("Patient/2")) == {"Condition/both", "Condition/other", "Group/h"}
    told.put("Task/m", rows=names(FIRST, "Patient/2"))
    assert follow(told, names(FIRST, "Patient/2")) == {C, "Condition/home", "Group/g"}


def test_what_has_come_to_be_about_a_protected_person_is_hidden_in_all_its_versions(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    assert follow(told, grown=[C, "Condition/other", "Condition/none", "PractitionerRole/p"]) == {"Condition/other"}
    telling(told, C, ONE, TWO)
    assert follow(told, grown=[C]) == {C}
    assert secret(told)[C] == [True] * 4


def test_a_record_that_has_become_one_about_a_protected_person_hides_its_own_earlier_versions(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    now = telling(told, C, ONE, TWO, secret=True)
    assert concealing.turned(told.versions[C][2], now)
    assert not concealing.turned(now, now)
    assert follow(told, grown=[C], itself=now) == {C}
    assert secret(told)[C] == [True] * 4
    assert follow(told, itself=now) == set()
    again = telling(told, C, ONE)
    assert concealing.turned(now, again)
    assert follow(told, itself=again) == {C}
    assert secret(told)[C] == [False] * 5


def test_where_there_is_no_room_for_it_it_is_noted_of_whom_there_is_more(told: Lain) -> None:
    """Room is asked for each version that is not found as it is to be, and for no other."""
    telling(told, "Condition/hidden", ONE, secret=True)
    told.put(FIRST, rows=lock(FIRST))
    little = Apart(room=6)
    assert follow(told, lock(FIRST), apart=little) == set()
    assert (little.hidden, little.told, little.room) == (Whom(persons=frozenset({FIRST})), NOBODY, 6)
    enough = Apart(room=7)
    assert follow(told, lock(FIRST), apart=enough) == HERS
    assert (enough.hidden, enough.told, enough.room) == (NOBODY, NOBODY, 0)
    changed = lift(told)
    later = Apart(room=6)
    assert follow(told, changed, apart=later) == set()
    assert (later.hidden, later.told) == (NOBODY, Whom(persons=frozenset({FIRST})))
    of_whom = Apart(room=0, later=Whom(persons=frozenset({FIRST})))
    assert follow(told, changed, apart=of_whom) == set()
    assert (of_whom.hidden, of_whom.told) == (NOBODY, NOBODY), "of these it is told later in any case"
    assert follow(told, changed, apart=Apart(room=7)) == {*HERS, "Condition/hidden"}


def test_who_was_never_protected_turns_nothing_by_joining_however_much_is_told_of_the_household(told: Lain) -> None:
    telling(told, "Condition/hidden", HOME, secret=True)
    opened = [Relation(PROTECTED[0], "Patient/3", "Organization/lead")]
    told.put("Patient/3", rows=opened)
    told.put("Group/g", ONE, rows=members(FIRST, "Patient/2", "Patient/3"))
    apart = Apart(room=0)
    assert follow(told, members("Patient/2"), apart=apart) == set()
    assert (apart.hidden, apart.told) == (NOBODY, NOBODY)
    assert follow(told, members("Patient/3"), apart=apart) == set()
    assert apart.hidden == NOBODY, "whom a lock would open to is no lock"


def test_who_was_protected_once_does_by_leaving_and_who_is_by_a_lock_that_names_nobody_by_joining(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    told.put("Patient/2")
    telling(told, "Condition/hidden", HOME, secret=True)
    assert follow(told, members("Patient/2")) == {"Condition/hidden"}
    told.put("Patient/3", rows=lock("Patient/3")[:1])
    told.put("Group/g", ONE, rows=members(FIRST, "Patient/3"))
    assert follow(told, members("Patient/3")) == {"Condition/hidden", "Condition/home", "Condition/both"}


def test_of_a_household_too(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    follow(told, lock("Patient/2"))
    told.put("Group/g", rows=members(FIRST, "Patient/2"))
    little = Apart(room=0)
    assert follow(told, members("Patient/2"), apart=little) == set()
    assert little.hidden == Whom(groups=frozenset({"Group/g"}))
    assert secret(told)["Condition/home"] == [False]
    assert follow(told, members("Patient/2"), apart=Apart(room=2)) == {"Condition/home"}


def test_of_a_record_that_has_very_many_versions_the_last_is_hidden_and_the_others_are_noted(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    telling(told, "Condition/long", ONE, times=STEP)
    now = telling(told, "Condition/long", ONE, TWO, secret=True)
    little = Apart(room=0)
    assert follow(told, grown=["Condition/long"], apart=little, itself=now) == set(), "it is hidden already"
    assert little.hidden == Whom(records=frozenset({"Condition/long"}))
    assert secret(told)["Condition/long"] == [False] * STEP + [True]


def settled(lain: Lain, name: str, *, beforehand: bool = False, among: Iterable[int] | None = None) -> bool:
    return lain.do(lambda tx: concealing.settled(tx, index(), name, beforehand=beforehand, among=among))


def test_a_record_is_found_as_it_is_to_be_or_was_already(told: Lain) -> None:
    assert not settled(told, C)
    assert settled(told, C, beforehand=True), "before anybody is protected"
    assert not settled(told, C, beforehand=True)
    assert secret(told)[C] == [True] * 3
    assert settled(told, C)
    assert secret(told)[C] == [False] * 3
    assert not settled(told, "Condition/none", beforehand=True)
    assert not settled(told, "PractitionerRole/p", beforehand=True), "what is no casework tells of nobody's place"


def test_some_versions_are_settled_whatever_the_others_are(told: Lain) -> None:
    assert settled(told, C, beforehand=True, among=[2])
    assert secret(told)[C] == [False, True, False]
    assert not settled(told, C, beforehand=True, among=[2])
    assert settled(told, C, beforehand=True, among=[1, 2, 9])
    assert secret(told)[C] == [True, True, False]
    assert settled(told, C, beforehand=True), "the last is not as it is to be"
    assert secret(told)[C] == [True] * 3
    settled(told, C, among=[1, 3])
    assert secret(told)[C] == [False, True, False]
    settled(told, C)
    assert secret(told)[C] == [False] * 3, "the one before is not"


def test_of_two_versions_the_first_is_settled_with_the_last(told: Lain) -> None:
    telling(told, "Condition/twice", ONE, times=2)
    settled(told, "Condition/twice", beforehand=True, among=[1])
    assert secret(told)["Condition/twice"] == [True, False]
    assert settled(told, "Condition/twice")
    assert secret(told)["Condition/twice"] == [False, False]


@pytest.mark.parametrize(
    ("persons", "groups", "names"),
    [
        ([FIRST], [], {C, "Group/g", "PractitionerRole/p", "Condition/home", "Condition/both"}),
        ([], ["Group/g"], {"Condition/home", "Condition/both"}),
        (["Patient/2"], ["Group/h"], {"Condition/other", "Condition/both", "Group/h"}),
        (["Patient/9"], [], set()),
    ],
)
def test_what_is_about_persons_and_households_is_asked_for_as_it_is_not_to_be(
    told: Lain, persons: list[str], groups: list[str], names: set[str]
) -> None:
    """By whom a record names and by who lives in the household it names."""

    def found(*, hidden: bool) -> set[tuple[str, int]]:
        asked = Query(concealing.unsettled(persons, groups, hidden=hidden), history=True)

        async def look(view: Snapshot) -> set[tuple[str, int]]:
            return {(each.reference, each.number) for each in (await view.find(asked, within=EVERYTHING)).versions}

        return told.ask(look)

    every = {(name, number) for name in names for number in range(1, len(told.versions[name]) + 1)}
    assert (found(hidden=True), found(hidden=False)) == (every, set())
    settled(told, "Condition/both", beforehand=True)
    both = {("Condition/both", 1)} & every
    assert (found(hidden=True), found(hidden=False)) == (every - both, both)


def test_of_what_was_deleted_nothing_is_found_and_its_versions_are_hidden_with_it(told: Lain) -> None:
    told.put(C, ONE, deleted=True)
    assert settled(told, C, beforehand=True)
    assert secret(told)[C] == [True] * 4
    assert told.terms(C)[3] == {ONE, SECLUDED}


def test_which_versions_are_not_as_they_are_to_be(told: Lain) -> None:
    settled(told, C, beforehand=True, among=[2])

    def unlike(name: str, *, hidden: bool) -> list[int]:
        return told.ask(lambda view: concealing.unlike(view, name, hidden=hidden))

    assert (unlike(C, hidden=True), unlike(C, hidden=False)) == ([1, 3], [2])
    assert unlike("Condition/none", hidden=True) == unlike("Condition/none", hidden=False) == []


def concealed(lain: Lain, version: Version, *rows: Relation) -> Version:
    async def work(tx: Transaction) -> Version:
        return await concealing.concealed(index(), version, rows, Secrets(tx))

    return lain.do(work)


def test_a_version_about_to_be_put_is_found_by_no_more_than_is_harmless(told: Lain) -> None:
    told.put("Patient/2", rows=lock("Patient/2"))
    hers, theirs = told.versions[C][2], told.versions["Condition/other"][0]
    assert concealed(told, hers) is hers
    made = concealed(told, theirs)
    assert SECLUDED in made.terms
    assert not any(PLACE in entry for entry in made.terms)
    assert (made.body, set(made.terms) - {SECLUDED} < set(theirs.terms)) == (theirs.body, True)
    itself = concealed(told, hers, *lock("Patient/9"))
    assert SECLUDED in itself.terms, "what protects hides itself"
    assert concealed(told, hers, Relation(PROTECTED[0], "Patient/9", "Organization/lead")) is hers
    assert concealed(told, hers, Relation(AGAINST, FIRST, HIDDEN), *members(FIRST)) is hers


def test_only_a_patient_protects() -> None:
    label = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}
    said = {"resourceType": "Patient", "id": "1", "meta": {"security": [label]}}
    assert concealing.protects(said, ())
    assert not concealing.protects(said | {"meta": {}}, ())
    assert not concealing.protects(said | {"resourceType": "Condition", "subject": ref(FIRST)}, ())
    assert not concealing.protects({"resourceType": "Group", "id": "g", "member": [{"entity": ref(FIRST)}]}, ())


def test_versions_that_differ_in_nothing_else_have_not_turned(lain: Lain) -> None:
    version = telling(lain, C, ONE)
    assert not concealing.turned(version, replace(version, terms=(*version.terms, "x y")))
