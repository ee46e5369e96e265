"""Names of one person turned against them: by who keeps one, is on one list, or is the one they are protected from."""

from __future__ import annotations

from typing import Any

import pytest

from consent.acts import declaring_conflict
from consent.acts.declaring_conflict import Conflict
from consent.explaining import explain
from consent.explaining.explain import Question
from consent.secrecy import protection
from consent.views import protections_told
from tests.laws.worlds import ref
from tests.unit.consent.acts import divided_town
from tests.unit.consent.acts.divided_town import APART, body, for_
from tests.unit.consent.acts.merges import answer, ask, undo
from tests.unit.consent.acts.test_merging import (
    CONV,
    EVERYBODY,
    LEAD,
    NOBODY,
    P,
    Q,
    R,
    asking,
    known_to_both,
    merged,
    of,
    refused,
    wrong,
)
from tests.unit.consent.test_carrying_out import activity, plan
from tests.unit.consent.town import INSTALLER, Town, case, concern, household, patient

Json = dict[str, Any]


@pytest.fixture
def two(town: Town) -> Town:
    return known_to_both(town)


@pytest.fixture
def family(town: Town) -> Town:
    """The first is the husband of the second; the third is a child, and the ninth another name of the second."""
    town.write(P, *(patient(one) for one in "1239"), household("1", "2", "3"), case())
    services = (activity(**for_("1"), description="彼の"), activity(**for_("2", "3"), description="彼女の"))
    town.write(P, plan(*services))
    return town


def labelled(town: Town, *persons: str) -> dict[str, int]:
    """How many protections lie on each of these."""
    found = {each.id: protection.labels(body(each)) for each in town.stored("Patient")}
    return {one: len(found[one]) for one in persons}


@pytest.mark.parametrize("element", ["focus", "basedOn"])
def test_a_merge_is_carried_to_nobody_by_another_request(two: Town, element: str) -> None:
    name = merged(two)
    handed = ref(name) if element == "focus" else [ref(name)]
    two.write(P, asking("center", "council", "1", "carries", **{element: handed}))
    assert not two.reads(R, name)
    part = asking("center", "council", "1", "part", partOf=[ref(name)])
    assert refused(two.write, P, part) == "business-rule R12a"
    assert wrong(two) == []


def test_texts_stay_behind_in_a_division_too_where_she_is_protected_by_another_name(family: Town) -> None:
    ask(family, P, "9", "2")
    apart = ("Patient/1", "Patient/3")
    family.protect(P, "Patient/9", "Practitioner/p", against=("Patient/1",), apart=apart)
    his, hers = divided_town.divide(family, APART)
    [his_plan] = [body(each) for each in divided_town.of(family, "CarePlan", his) if "activity" in body(each)]
    [her_plan] = [body(each) for each in divided_town.of(family, "CarePlan", hers) if "activity" in body(each)]
    assert "description" not in his_plan["activity"][0]["detail"]
    assert her_plan["activity"][0]["detail"]["description"] == "彼女の"
    assert wrong(family) == []


def test_two_names_of_one_person_go_to_one_part(family: Town) -> None:
    asked = divided_town.task_of(divided_town.ask(family))
    ask(family, P, "1", "2")
    assert refused(divided_town.answer, family, asked) == "business-rule P3"
    divided_town.answer(family, asked, accept=False)
    assert refused(divided_town.ask, family) == "business-rule P3", "who reads both is told so at once"
    assert wrong(family) == []


def test_nobody_is_merged_with_whom_they_are_protected_from(family: Town) -> None:
    family.protect(P, "Patient/2", "Practitioner/p", against=("Patient/1",))
    assert refused(ask, family, P, "2", "1") == "business-rule D1"
    ask(family, P, "1", "9")
    assert refused(ask, family, P, "2", "9") == "business-rule D1", "nor by another name of his"
    assert refused(ask, family, LEAD, "2", "9", reason="同じ人だ") == "not-found"


def test_a_mistaken_merge_is_undone_though_a_protection_says_since_that_they_are_two(family: Town) -> None:
    made = ask(family, P, "1", "2")
    family.protect(P, "Patient/2", "Practitioner/p", against=("Patient/1",))
    undo(family, P, made)
    assert wrong(family) == []


def test_whom_it_is_against_gets_no_protection_by_joining_under_another_name(family: Town) -> None:
    family.write(P, patient("8"))
    ask(family, P, "8", "1")
    family.protect(P, "Patient/2", "Practitioner/p", against=("Patient/1",))
    family.write(P, household("2", "3", "8") | {"id": "g2"})
    assert labelled(family, "1", "8", "2", "3") == {"1": 0, "8": 0, "2": 1, "3": 1}
    assert wrong(family) == []


def test_a_lock_on_the_one_name_takes_nothing_from_whom_one_on_the_other_names(two: Town) -> None:
    two.sign(P, of("1", "a", EVERYBODY))
    two.write(P, concern("moved", "1", note=[{"text": "山陽町へ移った"}]))
    two.protect(Q, "Patient/2", "Organization/other", "Practitioner/p")
    merged(two)
    two.protect(P, "Patient/1", "Organization/center")
    assert "note" in two.read(Q, "Condition/moved")
    assert "note" not in two.read(R, "Condition/moved")
    assert labelled(two, "1", "2") == {"1": 2, "2": 1}
    assert wrong(two) == []


def test_who_joins_keeps_the_lock_of_another_name_as_the_earlier_one(two: Town) -> None:
    two.sign(P, of("1", "a", EVERYBODY))
    two.write(P, concern("moved", "1", note=[{"text": "山陽町へ移った"}]), patient("3"))
    two.protect(Q, "Patient/2", "Organization/other", "Practitioner/p")
    merged(two)
    two.protect(P, "Patient/3", "Practitioner/p")
    two.write(P, household("3", "1"))
    assert "note" in two.read(Q, "Condition/moved")
    assert wrong(two) == []


def test_a_list_is_told_to_nobody_whom_a_protection_under_another_name_is_against(two: Town) -> None:
    two.write(P, patient("3"))
    two.protect(P, "Patient/1", "Organization/center")
    assert len(two.run(protections_told.told(two.gate, P, "1"))) == 1
    ask(two, P, "1", "3")
    two.protect(LEAD, "Patient/3", "Organization/lead", against=("Practitioner/p",))
    [flag] = [each.reference for each in two.stored("Flag")]
    two.write(LEAD, two.read(LEAD, flag) | {"status": "inactive"})
    assert two.run(protections_told.told(two.gate, P, "1")) == []


def test_nobody_is_protected_from_themselves_so_their_own_refusal_counts(two: Town) -> None:
    assert refused(two.protect, P, "Patient/1", "Organization/center", against=("Patient/1",)) == "business-rule D1"
    two.write(P, patient("3"))
    two.sign(P, of("3", "a", EVERYBODY))
    two.write(P, concern("of-3", "3"))
    ask(two, P, "3", "1")
    two.protect(P, "Patient/1", "Organization/center", against=("Patient/3",))
    assert two.reads(R, "Condition/of-3")
    two.sign(P, of("3", "b", NOBODY))
    assert not two.reads(R, "Condition/of-3")


def test_the_word_of_an_officer_who_has_left_since_is_none_of_an_officer_on_the_list(two: Town) -> None:
    two.protect(P, "Patient/1", "Practitioner/p")
    asked = ask(two, P, "1", "2")
    [post] = [body(each) for each in two.stored("PractitionerRole") if each.id == "p"]
    two.write(INSTALLER, post | {"active": False})
    assert refused(answer, two, Q, asked) == "forbidden D1"


def test_the_lead_section_decides_too_where_its_own_agency_keeps_the_one(town: Town) -> None:
    town.write(CONV, patient("1"))
    town.write(Q, patient("2"), asking("other", "lead", "2", "shown"))
    asked = ask(town, CONV, "1", "2", decides=True, reason="生年月日と旧姓が同じ")
    assert refused(answer, town, CONV, asked, reason="同じ人だ") == "forbidden P1"
    answer(town, LEAD, asked, reason="戸籍で確かめた")
    assert "link" in town.read(LEAD, "Patient/1")
    assert wrong(town) == []


def test_what_is_explained_of_another_tells_no_merge_to_who_does_not_read_it(two: Town) -> None:
    two.sign(P, of("1", "a", EVERYBODY))
    said = Conflict("Practitioner/em", ("Patient/2",))
    two.run(two.gate.operate(LEAD, ("$declare-conflict",), lambda unit: declaring_conflict.declared(unit, said)))
    question = Question("Condition", "c", about="Practitioner/em")
    before = two.run(explain.explain(two.gate, LEAD, question))
    merged(two)
    assert not two.reads(R, "Condition/c")
    assert two.run(explain.explain(two.gate, LEAD, question)) == before


def test_who_lives_with_the_other_name_of_a_protected_person_gets_the_protection_as_who_joins_them(town: Town) -> None:
    town.write(P, *(patient(one) for one in ("1", "2", "child", "man")), household("2", "child", "man"))
    town.protect(P, "Patient/1", "Practitioner/p", against=("Patient/man",))
    made = ask(town, P, "1", "2")
    assert labelled(town, "1", "2", "child", "man") == {"1": 1, "2": 0, "child": 1, "man": 0}
    assert wrong(town) == []
    town.write(P, concern("later", "1"))
    undo(town, P, made)
    assert labelled(town, "child") == {"child": 1}, "it ends for each by being lifted"
    assert wrong(town) == []


def test_what_was_lifted_for_who_lives_with_a_name_does_not_come_back_by_a_merge(town: Town) -> None:
    town.write(P, *(patient(one) for one in ("1", "2", "child")), household("2", "child"))
    town.protect(P, "Patient/2", "Practitioner/p", shares=("Patient/child",))
    town.lift(P, "Patient/child")
    ask(town, P, "1", "2")
    assert labelled(town, "2", "child") == {"2": 1, "child": 0}


def test_who_protects_a_person_says_of_those_who_live_with_another_name_whether_they_share(town: Town) -> None:
    town.write(P, *(patient(one) for one in ("1", "2", "child")), household("2", "child"))
    ask(town, P, "1", "2")
    assert refused(town.protect, P, "Patient/1", "Practitioner/p") == "business-rule D1"
    town.protect(P, "Patient/1", "Practitioner/p", shares=("Patient/child",))
    assert labelled(town, "1", "child") == {"1": 1, "child": 1}


def test_where_the_other_agency_keeps_who_lives_there_the_lead_section_is_told(two: Town) -> None:
    two.write(P, patient("child"), household("1", "child"))
    two.protect(Q, "Patient/2", "Organization/other")
    answer(two, Q, ask(two, P, "1", "2"))
    assert labelled(two, "child") == {"child": 1}
    asked = [body(each) for each in two.stored("Task") if b"review-restriction" in each.body]
    assert [each["for"] for each in asked] == [ref("Patient/child")]
    assert wrong(two) == []
