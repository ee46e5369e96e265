"""P7: a person reads what is about them and nobody else; who signs for them, less; of a sheet or a plan, an extract."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.evidence import Oneself
from consent.facts import Facts
from consent.rule import Action
from consent.rules import oneself
from resources.record.envelope import UNTIED, VIOLENCE
from tests.unit.consent.people import OFFICER
from tests.unit.consent.rules.asked import held, opens

MOTHER, FRIEND, OTHER_NAME = ((".subject", f"Patient/{name}") for name in ("1", "2", "1b"))
SECRET = sorted(vocabulary.SECRECY_LABELS)


def citizen(signed_in: str, purpose: str = vocabulary.PATIENT_REQUEST) -> Facts:
    """The mother herself, who has another name too; or her guardian, a RelatedPerson."""
    said = Oneself("Patient/1", f"{signed_in}/_history/1", signed_in != "Patient/1", frozenset({"Patient/1b"}))
    return Facts(replace(OFFICER, person=signed_in, purpose=purpose), oneself=said)


HERSELF, GUARDIAN = citizen("Patient/1"), citizen("RelatedPerson/r")
BOTH = pytest.mark.parametrize("who", [HERSELF, GUARDIAN], ids=["herself", "guardian"])


def read(who: Facts, *said: tuple[str, str], type: str = "Condition") -> bool:
    return opens(oneself.rules("read", who), [(".type", type), *said])


@BOTH
@pytest.mark.parametrize("action", ["create", "read", "search", "update", "delete"])
def test_what_is_about_the_person_is_read(who: Facts, action: Action) -> None:
    made = list(oneself.rules(action, who))
    concern = [(".type", "Condition"), MOTHER]
    assert opens(made, concern) is (action in ("read", "search"))
    for rule in held(made, "permit", concern):
        assert [each.version for each in rule.evidence] == [f"{who.actor.person}/_history/1"]
        assert ("may sign" in rule.because.en) is (who is GUARDIAN)


@BOTH
def test_what_is_about_somebody_else_too_or_may_be_is_not(who: Facts) -> None:
    assert not read(who, MOTHER, FRIEND)
    assert not read(who, FRIEND)
    assert not read(who)
    assert not read(who, MOTHER, (UNTIED, "yes")), "a sheet with a row of somebody unknown"
    assert not read(who, MOTHER, type="Organization")
    for code in (vocabulary.EMERGENCY_REVIEW, *vocabulary.NOTICES, *vocabulary.MERGES):
        assert not read(who, MOTHER, (".code", code))


@BOTH
def test_what_names_another_name_of_theirs_is_about_nobody_else_and_by_that_alone_nothing_is_read(who: Facts) -> None:
    assert read(who, MOTHER, OTHER_NAME)
    assert not read(who, OTHER_NAME)


@pytest.mark.parametrize("label", [*sorted(vocabulary.PERHAPS_VERY_RESTRICTED), vocabulary.WITHHELD])
def test_what_is_withheld_is_read_by_herself_and_by_nobody_who_signs_for_her(label: str) -> None:
    assert read(HERSELF, MOTHER, (".label", label))
    assert not read(GUARDIAN, MOTHER, (".label", label))
    assert not read(GUARDIAN, MOTHER, (".label", label), type="Patient")


@pytest.mark.parametrize("label", SECRET)
def test_who_signs_for_a_protected_person_reads_her_own_record_and_nothing_else_so_labelled(label: str) -> None:
    assert read(GUARDIAN, MOTHER, (".label", label), type="Patient")
    assert not read(GUARDIAN, MOTHER, (".label", label))
    assert read(HERSELF, MOTHER, (".label", label))


def test_who_signs_for_her_reads_nothing_of_violence_and_nothing_that_is_of_another_record() -> None:
    assert read(HERSELF, MOTHER, (VIOLENCE, "yes"))
    assert not read(GUARDIAN, MOTHER, (VIOLENCE, "yes"))
    for of in ("Patient/1", "RelatedPerson/r"):
        assert read(GUARDIAN, MOTHER, (".of", of))
    assert not read(GUARDIAN, MOTHER, (".of", "Encounter/e"))
    assert not read(GUARDIAN, MOTHER, (".of", "Patient/1"), (".of", "Encounter/e"))
    assert read(HERSELF, MOTHER, (".of", "Encounter/e"))


@BOTH
def test_of_a_sheet_or_a_plan_of_the_household_there_is_an_extract(who: Facts) -> None:
    rule = oneself.extract(who)
    assert rule is not None
    assert rule.effect == "permit"
    assert [each.version for each in rule.evidence] == [f"{who.actor.person}/_history/1"]
    assert ("may sign" in rule.because.en) is (who is GUARDIAN)
    household = (".household", "Group/g")
    for type in ("CarePlan", "QuestionnaireResponse"):
        assert opens([rule], [(".type", type), household, MOTHER])
        assert opens([rule], [(".type", type), household, MOTHER, FRIEND])
        assert not opens([rule], [(".type", type), household, FRIEND])
        assert not opens([rule], [(".type", type), MOTHER]), "of no household"
        withheld = (".label", vocabulary.WITHHELD)
        assert opens([rule], [(".type", type), household, MOTHER, withheld]) is (who is HERSELF)
    assert not opens([rule], [(".type", "Condition"), household, MOTHER])
    of = (".of", "Encounter/e")
    assert opens([rule], [(".type", "CarePlan"), household, MOTHER, of]) is (who is HERSELF)
    assert opens([rule], [(".type", "CarePlan"), household, MOTHER, (".of", "Patient/1")])
    assert opens([rule], [(".type", "QuestionnaireResponse"), household, MOTHER, of])


def test_it_is_for_the_persons_own_request_and_for_nobody_who_is_none() -> None:
    for who in (citizen("Patient/1", vocabulary.CARE_MANAGEMENT), Facts(HERSELF.actor)):
        assert not list(oneself.rules("read", who))
        assert oneself.extract(who) is None
