"""Whom a record may mean by a reference: the agencies, posts and desks of who asks, and whose files they keep."""

from __future__ import annotations

from dataclasses import replace

from consent import vocabulary
from consent.evidence import Conflict, HeldRole
from consent.facts import Facts
from consent.succession import NONE, Succession, Successions
from resources.search.relation import Relation
from tests.unit.consent.people import CENTER, NOBODY, OFFICER, SYSTEM, around, officer, post, row

FORMER, OLDER, OTHER = "Organization/former", "Organization/older", "Organization/other"
FILES = Successions((Succession(FORMER, CENTER, "Task/1/_history/2"), Succession(OLDER, FORMER, "Task/2/_history/1")))
DESK = "HealthcareService/desk"
AT_A_DESK = HeldRole(
    "PractitionerRole/role", "PractitionerRole/role/_history/1", CENTER, frozenset(), frozenset({DESK})
)


def test_a_person_acts_for_the_agencies_of_the_posts_held_and_a_system_for_its_own() -> None:
    assert officer(post(), post(agency=OTHER, name="x"), post(agency="", name="y")).agencies == {CENTER, OTHER}
    assert Facts(SYSTEM).agencies == {CENTER}
    assert Facts(NOBODY).agencies == frozenset()
    assert Facts(OFFICER).agencies == frozenset()
    assert Facts(replace(OFFICER, organization=CENTER)).agencies == frozenset(), "where the client is registered"


def test_a_system_of_an_agency_that_another_has_succeeded_acts_for_none() -> None:
    former = replace(SYSTEM, organization=FORMER)
    assert Facts(former, successions=FILES).agencies == frozenset()
    assert Facts(former).agencies == {FORMER}
    assert Facts(SYSTEM, successions=FILES).agencies == {CENTER}


def test_the_files_of_those_it_succeeds_are_an_agencys_to_keep_and_to_answer_for() -> None:
    succeeding = officer(successions=FILES)
    assert succeeding.keeps == {CENTER, FORMER, OLDER}
    assert succeeding.succeeded == {FORMER, OLDER}
    assert succeeding.answers == {CENTER, FORMER, OLDER, "Practitioner/p", "PractitionerRole/role"}
    assert succeeding.identities == {CENTER, "Practitioner/p", "PractitionerRole/role"}, "no list means who succeeds"
    assert succeeding.refusable == succeeding.answers, "what is refused follows"
    alone = officer()
    assert alone.keeps == {CENTER}
    assert alone.succeeded == frozenset()
    assert alone.answers == alone.identities
    other = officer(post(agency=OTHER), successions=FILES)
    assert other.keeps == {OTHER}
    assert other.succeeded == frozenset()


def test_by_which_references_somebody_is_meant() -> None:
    who = officer(AT_A_DESK)
    assert who.seats == {"Practitioner/p", "PractitionerRole/role"}
    assert who.identities == {"Practitioner/p", "PractitionerRole/role", CENTER, DESK}
    assert replace(who, former=frozenset({"PractitionerRole/old"})).refusable == who.identities | {
        "PractitionerRole/old"
    }
    assert Facts(SYSTEM).seats == frozenset()
    assert Facts(SYSTEM).identities == {CENTER}
    for citizen in ("Patient/1", "RelatedPerson/1"):
        assert Facts(replace(OFFICER, person=citizen)).seats == frozenset(), "no one who works on it"


def test_offices_at_the_agencies_whose_files_they_keep_are_not_theirs_but_for_those_they_hold() -> None:
    convener = officer(post("convener"), successions=FILES)
    every = {f"{agency}#{each}" for agency in (CENTER, FORMER, OLDER) for each in vocabulary.AS_SUCH}
    assert convener.not_theirs == every - {f"{CENTER}#convener"}
    assert convener.addressed == convener.identities | {f"{CENTER}#convener"}
    assert officer().not_theirs == {f"{CENTER}#{each}" for each in vocabulary.AS_SUCH}
    assert Facts(NOBODY).not_theirs == frozenset()


def test_how_much_was_heard_of_records_is_how_many_rows_were_asked_for() -> None:
    assert officer().heard == 0
    world = around(row(Relation("member", "Group/g", "Patient/1")), row(Relation("member", "Group/h", "Patient/1")))
    assert officer(world=world).heard == 2


def test_who_writes_and_what_they_are() -> None:
    assert officer().writer == "Practitioner/p"
    assert Facts(SYSTEM).writer == CENTER
    two = officer(post("convener"), post("lead-section", name="second"))
    assert [held.reference for held in two.holds("lead-section")] == ["PractitionerRole/second"]
    assert two.holds("auditor") == ()
    conflicts = (Conflict("Patient/1", "Flag/1/_history/1"), Conflict("Patient/2", "Flag/2/_history/1"))
    assert officer(conflicts=conflicts).conflicting == {"Patient/1", "Patient/2"}


def test_facts_that_differ_in_what_the_rules_ask_make_other_rules() -> None:
    """And facts alike in it make the same, so that they are made once."""
    one = officer()
    assert one.made_of == officer().made_of
    assert one.made_of == replace(one, actor=replace(OFFICER, client="another", request="other")).made_of
    others = [
        replace(one, actor=replace(OFFICER, client="")),
        replace(one, actor=replace(OFFICER, person="Practitioner/x")),
        replace(one, actor=replace(OFFICER, organization=CENTER)),
        replace(one, actor=replace(OFFICER, purpose=vocabulary.STATISTICS)),
        replace(one, actor=replace(OFFICER, scopes=())),
        replace(one, posts=(post("auditor"),)),
        replace(one, wordings=frozenset({"tag"})),
        replace(one, type="Condition"),
        replace(one, conflicts=(Conflict("Patient/1", "Flag/1/_history/1"),)),
        replace(one, carded=False),
        replace(one, former=frozenset({"PractitionerRole/old"})),
        replace(one, successions=FILES),
    ]
    assert all(each.made_of != one.made_of for each in others)
    assert len({each.made_of for each in others}) == len(others)


def test_where_one_type_is_asked_for_all_else_stays() -> None:
    whole = replace(
        officer(conflicts=(Conflict("Patient/1", "Flag/1/_history/1"),), wordings=frozenset({"tag"})),
        former=frozenset({"PractitionerRole/old"}),
        carded=False,
        successions=FILES,
    )
    assert whole.of_type("Condition") == replace(whole, type="Condition")
    assert whole.of_type("") is whole
    assert officer().successions is NONE
