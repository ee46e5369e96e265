"""Who is said to be in conflict of interest with a person has nothing of what is about them, under whatever post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from consent import vocabulary
from consent.actor import Actor
from consent.acts import breaking_glass, declaring_conflict, naming_by_mistake, saying_who
from consent.acts.breaking_glass import Emergency
from consent.acts.declaring_conflict import Conflict
from consent.acts.naming_by_mistake import Misnaming
from consent.acts.reply import Reply
from consent.explaining import explain, who_can_see
from consent.explaining.explain import Question
from consent.explaining.who_can_see import Question as Seeing
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.people import NOW, SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient, taken_on

Json = dict[str, Any]

P, Q, LEAD, CONV, EM = actor("p"), actor("q"), actor("lead"), actor("conv"), actor("em")
ALWAYS = {"meta": {"versionId": "1"}}


def declare(town: Town, who: Actor, staff: str, *persons: str) -> str:
    asked = Conflict(staff, persons)
    names = ("$declare-conflict", *persons)
    done = town.run(town.gate.operate(who, names, lambda unit: declaring_conflict.declared(unit, asked)))
    return done.told[0].reference


def refused(town: Town, who: Actor, staff: str, *persons: str) -> str:
    with pytest.raises(Problem) as caught:
        declare(town, who, staff, *persons)
    return caught.value.kind


@pytest.fixture
def family(town: Town) -> Town:
    """A household of two, and a third person; a colleague works for the center and for another agency."""
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"})
    for id, agency in (("p2", "center"), ("p2b", "other")):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref("Practitioner/p2")}
        town.write(
            INSTALLER, post | {"organization": ref(f"Organization/{agency}"), "code": [concept("role", "officer")]}
        )
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(
        P,
        concern("c", "1"),
        concern("d", "2"),
        concern("e", "3"),
        concern("f", "1", evidence=[{"detail": [ref("Patient/3")]}]),
    )
    return town


P2 = actor("p2", organization="Organization/center")


def test_nothing_about_that_person_is_there_for_them_any_more(family: Town) -> None:
    assert len(family.search(P2, "Condition")) == 4
    declare(family, P, "Practitioner/p2", "Patient/1")
    assert sorted(family.search(P2, "Condition")) == ["Condition/d", "Condition/e"]
    assert sorted(family.search(P2, "Patient")) == ["Patient/2", "Patient/3"]
    assert family.search(P2, "Group") == []
    for closed in ("Condition/c", "Condition/f", "Patient/1", "Group/g"):
        with pytest.raises(Problem, match=closed):
            family.read(P2, closed)
    with pytest.raises(Problem):
        family.write(P2, concern("new", "1"))
    with pytest.raises(Problem):
        family.write(P2, concern("c", "1") | ALWAYS)
    family.delete(P2, "Condition/c")
    assert family.read(P, "Condition/c")["id"] == "c", "nothing is there for them to delete"
    assert len(family.search(P, "Condition")) == 4


def test_it_binds_the_person_under_every_post_and_by_a_post_is_the_person_meant(family: Town) -> None:
    declare(family, P, "PractitionerRole/p2b", "Patient/1")
    assert sorted(family.search(P2, "Condition")) == ["Condition/d", "Condition/e"]


def test_it_follows_the_person_into_whatever_household(family: Town) -> None:
    declare(family, P, "Practitioner/p2", "Patient/1")
    family.write(P, household("1", "3") | {"id": "h"})
    plan: Json = {
        "resourceType": "CarePlan",
        "id": "k",
        "status": "active",
        "intent": "plan",
        "subject": ref("Group/h"),
    }
    family.write(P, plan)
    assert family.search(P2, "CarePlan") == []
    assert family.search(P, "CarePlan") == ["CarePlan/k"]


def test_it_beats_the_list_of_a_protection(family: Town) -> None:
    label = own("secrecy-label", "address-secret")
    label["extension"] = [extension("disclosable-to", valueReference=ref("Practitioner/p2"))]
    family.write(P, patient("1", meta={"versionId": "1", "security": [label]}))
    declare(family, P, "Practitioner/p2", "Patient/1")
    with pytest.raises(Problem, match="Patient/1"):
        family.read(P2, "Patient/1")


def test_it_beats_the_emergency_in_which_the_person_is_not_there(family: Town) -> None:
    urgent = actor("em", "BTG")
    declare(family, LEAD, "Practitioner/em", "Patient/1")

    def break_glass(record: str) -> None:
        asked = Emergency("火事", record)
        family.run(
            family.gate.operate(urgent, ("$break-glass", record), lambda unit: breaking_glass.broken(unit, asked, "t"))
        )

    for record in ("Patient/1", "Condition/c", "Group/g"):
        with pytest.raises(Problem) as caught:
            break_glass(record)
        assert caught.value.kind == "not-found"
    break_glass("Patient/2")
    assert family.search(urgent, "Condition") == ["Condition/d"]


@pytest.mark.parametrize("who", [P, SYSTEM, LEAD])
def test_an_agency_with_care_and_the_lead_section_declare_it(family: Town, who: Actor) -> None:
    assert declare(family, who, "Practitioner/q", "Patient/1", "Patient/2").startswith("Flag/")


def test_the_member_of_staff_declares_it_of_persons_that_they_can_see(family: Town) -> None:
    declare(family, P2, "Practitioner/p2", "Patient/3")
    assert "Condition/e" not in family.search(P2, "Condition")
    assert refused(family, Q, "Practitioner/q", "Patient/1") == "not-found"
    assert refused(family, Q, "Practitioner/q", "Patient/none") == "not-found"


def test_an_agency_that_took_a_request_on_declares_it(family: Town) -> None:
    assert refused(family, Q, "Practitioner/p", "Patient/1") == "not-found"
    taken_on(family)
    name = declare(family, Q, "Practitioner/p", "Patient/1")
    assert family.search(Q, "Flag") == [name]
    assert "Condition/c" not in family.search(P, "Condition")


def test_nobody_else_declares_it(family: Town) -> None:
    for who in (Q, CONV, actor("co"), actor("aud"), replace(P, purpose=vocabulary.STATISTICS)):
        assert refused(family, who, "Practitioner/p", "Patient/1") == "not-found"
    for staff in ("Practitioner/none", "Patient/1", "Organization/center", ""):
        assert refused(family, P, staff, "Patient/1") == "business-rule"
    assert refused(family, P, "Practitioner/q") == "business-rule"
    assert refused(family, P, "Practitioner/q", "Group/g") == "not-found"
    assert family.stored("Flag") == []


def test_it_is_shown_to_the_lead_section_and_to_who_declared_it(family: Town) -> None:
    name = declare(family, P, "Practitioner/p2", "Patient/1")
    assert family.read(LEAD, name)["author"] == ref("Practitioner/p")
    assert family.search(LEAD, "Flag") == family.search(P, "Flag") == [name]
    for who in (P2, Q, CONV, EM, actor("co"), actor("aud")):
        assert family.search(who, "Flag") == []
        with pytest.raises(Problem, match=name):
            family.read(who, name)


def test_ones_own_declaration_is_ones_own_and_no_matter_of_colleagues(family: Town) -> None:
    name = declare(family, P2, "Practitioner/p2", "Patient/1")
    assert family.search(P2, "Flag") == family.search(LEAD, "Flag") == [name]
    assert family.search(P, "Flag") == []


def test_the_lead_section_ends_it_and_nobody_else_touches_it(family: Town) -> None:
    name = declare(family, P, "Practitioner/p2", "Patient/1")
    flag = family.read(LEAD, name)
    with pytest.raises(Problem, match="D2"):
        family.write(P, flag | {"status": "inactive"})
    for who in (P, LEAD):
        with pytest.raises(Problem):
            family.delete(who, name)
    changes: tuple[Json, ...] = ({"status": "entered-in-error"}, {"subject": ref("Patient/2")}, {"extension": None})
    for changed in changes:
        with pytest.raises(Problem):
            family.write(LEAD, flag | changed)
    family.write(LEAD, flag | {"status": "inactive"})
    assert len(family.search(P2, "Condition")) == 4


def test_nobody_writes_one_but_the_operation(family: Town) -> None:
    flag = family.read(LEAD, declare(family, P, "Practitioner/p2", "Patient/1"))
    forged = {key: value for key, value in flag.items() if key != "meta"} | {"id": "forged"}
    with pytest.raises(Problem, match="D2"):
        family.write(P, forged)
    plain = forged | {"category": [{"text": "注意"}]}
    family.write(P, plain)
    with pytest.raises(Problem, match="D2"):
        family.write(P, forged | ALWAYS)


def test_nobody_is_told_of_it_by_asking_who_can_see(family: Town) -> None:
    asked = Seeing("Patient", "1")
    before = family.run(who_can_see.answered(family.gate, P, asked))
    declare(family, LEAD, "Practitioner/p2", "Patient/1")
    assert family.run(who_can_see.answered(family.gate, P, asked))["parameter"] == before["parameter"]


def test_to_oneself_it_is_explained_as_if_the_record_were_not_there(family: Town) -> None:
    declare(family, P, "Practitioner/p2", "Patient/1")
    told = family.run(explain.explain(family.gate, P2, Question("Condition", "c")))
    absent = family.run(explain.explain(family.gate, P2, Question("Condition", "none")))
    assert str(told).replace("Condition/c", "") == str(absent).replace("Condition/none", "")


def test_it_counts_from_the_next_request_on_and_is_on_the_trail(family: Town) -> None:
    name = declare(family, P, "Practitioner/p2", "Patient/1")
    event = next(each for each in family.trail() if "$declare-conflict" in str(each))
    assert name in str(event)
    assert "Patient/1" in str(event)
    assert family.search(replace(P2, now=NOW + timedelta(seconds=1)), "Group") == []


def say(town: Town, who: Actor, staff: str, person: str) -> list[str]:
    do = lambda unit: saying_who.kept(unit, staff, person)  # noqa: E731
    return [each.reference for each in town.run(town.gate.operate(who, ("account also", person), do)).told]


def test_of_an_account_that_is_also_a_persons_they_and_their_household_are_kept_from_them(family: Town) -> None:
    assert len(family.search(P2, "Condition")) == 4
    [name] = say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    assert family.search(P2, "Condition") == ["Condition/e"]
    assert family.search(P2, "Patient") == ["Patient/3"]
    for closed in ("Condition/c", "Condition/d", "Condition/f", "Patient/1", "Patient/2", "Group/g"):
        with pytest.raises(Problem, match=closed):
            family.read(P2, closed)
    assert len(family.search(P, "Condition")) == 4, "of a colleague it says nothing"
    assert family.search(LEAD, "Flag") == [name]
    for who in (P, P2, Q, CONV, SYSTEM, replace(P2, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)):
        assert family.search(who, "Flag") == []
    assert say(family, INSTALLER, "Practitioner/p2", "Patient/1") == [], "it stands already"


def test_who_was_in_one_household_with_them_stays_theirs_to_keep_away_from(family: Town) -> None:
    say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    family.write(P, household("1", "2", "3") | ALWAYS)
    assert family.search(P2, "Condition") == []
    family.write(P, household("1", "2") | {"meta": {"versionId": "2"}})
    assert family.search(P2, "Condition") == []
    family.write(P, household("2") | {"meta": {"versionId": "3"}})
    assert family.search(P2, "Condition") == [], "nor is who left them there for them, whichever of the two it was"
    for closed in ("Patient/2", "Patient/3", "Group/g"):
        with pytest.raises(Problem, match=closed):
            family.read(P2, closed)
    assert len(family.search(P, "Condition")) == 4


@pytest.mark.parametrize("first", ["protected", "said"])
def test_who_is_protected_against_them_as_a_person_is_kept_from_them_whatever_the_list_names(
    family: Town, first: str
) -> None:
    """They never lived together by any record; the agency of both is on the list."""
    family.write(P, patient("9"))
    protected = partial(
        family.protect, P, "Patient/3", "Organization/center", "Practitioner/p2", against=("Patient/9",)
    )
    if first == "protected":
        protected()
    assert "Condition/e" in family.search(P2, "Condition")
    [name] = say(family, INSTALLER, "Practitioner/p2", "Patient/9")
    if first == "said":
        protected()
    assert family.search(P2, "Condition") == ["Condition/c", "Condition/d"]
    for closed in ("Patient/3", "Condition/e", "Condition/f"):
        with pytest.raises(Problem, match=closed):
            family.read(P2, closed)
    assert family.reads(P, "Patient/3"), "of a colleague it says nothing"
    family.write(LEAD, family.read(LEAD, name) | {"status": "inactive"})
    assert family.reads(P2, "Patient/3")


def test_so_it_is_by_another_name_of_either(family: Town) -> None:
    family.write(P, patient("8"), patient("9"))
    family.protect(P, "Patient/3", "Organization/center", against=("Patient/9",))
    say(family, INSTALLER, "Practitioner/p2", "Patient/8")
    assert family.reads(P2, "Patient/3")
    merges.ask(family, P, "8", "9")
    assert not family.reads(P2, "Patient/3")
    family.write(P, patient("7"), concern("g", "7"))
    assert family.reads(P2, "Condition/g")
    merges.ask(family, P, "7", "3")
    assert not family.reads(P2, "Condition/g")


def test_who_had_left_before_they_came_or_came_after_they_had_left_never_was_with_them(family: Town) -> None:
    family.write(P, household("2") | ALWAYS)
    family.write(P, household("2", "3") | {"meta": {"versionId": "2"}})
    say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    assert sorted(family.search(P2, "Patient")) == ["Patient/3"]
    family.write(P, household("3") | {"meta": {"versionId": "3"}})
    family.write(P, household("1", "3") | {"meta": {"versionId": "4"}})
    assert family.search(P2, "Patient") == []


def test_a_household_that_is_gone_keeps_its_persons_apart(family: Town) -> None:
    say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    family.delete(P, "Group/g")
    assert family.search(P2, "Condition") == ["Condition/e"]


def test_by_a_membership_that_was_a_mistake_nobody_is_kept_apart(family: Town) -> None:
    say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    family.write(P, household("1") | ALWAYS)
    assert family.search(P2, "Condition") == ["Condition/e"]
    wrong = Misnaming("Group/g", "Patient/2", "同姓の別の人を登録していた")
    do = partial(naming_by_mistake.asked, said=wrong)
    asked = family.run(family.gate.operate(P, ("$mark-mistake", "Group/g"), do)).task
    yes = partial(naming_by_mistake.answered, said=Reply(asked.id, True, "住民票で確かめた"))
    family.run(family.gate.operate(LEAD, ("$mark-mistake", asked.reference), yes))
    assert sorted(family.search(P2, "Condition")) == ["Condition/d", "Condition/e"]


def test_it_binds_in_an_emergency_and_in_what_is_explained(family: Town) -> None:
    say(family, INSTALLER, "Practitioner/em", "Patient/2")
    asked = Emergency("火事", "Condition/c")
    do = lambda unit: breaking_glass.broken(unit, asked, "t")  # noqa: E731
    with pytest.raises(Problem) as caught:
        family.run(family.gate.operate(actor("em", "BTG"), ("$break-glass", "Condition/c"), do))
    assert caught.value.kind == "not-found"
    say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    told = family.run(explain.explain(family.gate, P2, Question("Condition", "d")))
    absent = family.run(explain.explain(family.gate, P2, Question("Condition", "none")))
    assert str(told).replace("Condition/d", "") == str(absent).replace("Condition/none", "")


def test_only_the_installer_says_it_and_only_another_of_the_lead_section_ends_it(family: Town) -> None:
    for who in (P, P2, LEAD, replace(P2, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST)):
        with pytest.raises(Problem) as caught:
            say(family, who, "Practitioner/p2", "Patient/1")
        assert caught.value.kind == "forbidden"
    for staff, person in (("PractitionerRole/p2", "Patient/1"), ("Practitioner/p2", "Group/g"), ("", "Patient/1")):
        with pytest.raises(Problem) as caught:
            say(family, INSTALLER, staff, person)
        assert caught.value.kind == "not-found"
    [name] = say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    flag = family.read(LEAD, name)
    with pytest.raises(Problem):
        family.write(P2, flag | {"status": "inactive"})
    with pytest.raises(Problem, match="D2"):
        family.write(LEAD, flag | {"code": {"text": "別人"}})
    family.write(LEAD, flag | {"status": "inactive"})
    assert len(family.search(P2, "Condition")) == 4
    [again] = say(family, INSTALLER, "Practitioner/p2", "Patient/1")
    assert again != name
    [own_one] = say(family, INSTALLER, "Practitioner/lead", "Patient/3")
    with pytest.raises(Problem):
        family.write(LEAD, flag | {"id": own_one.removeprefix("Flag/"), "status": "inactive"})
    assert len([each for each in family.stored("Flag") if b'"inactive"' in each.body]) == 1


def test_nobody_makes_a_declaration_of_one_person_into_one_of_a_household(family: Town) -> None:
    flag = family.read(LEAD, declare(family, P, "Practitioner/p2", "Patient/1"))
    themselves = {"coding": [own("record-category", "same-person")]}
    with pytest.raises(Problem, match="D2"):
        family.write(LEAD, flag | {"code": themselves})
    forged = {key: value for key, value in flag.items() if key != "meta"} | {"id": "forged", "code": themselves}
    with pytest.raises(Problem, match="D2"):
        family.write(P, forged)
    assert "Condition/d" in family.search(P2, "Condition")
