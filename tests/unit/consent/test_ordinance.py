"""What law and ordinance say that is data: which notice is shown on which day, whom a field of concern asks for."""

from __future__ import annotations

from datetime import datetime

from consent import ordinance
from consent.ordinance import FundTerms, Notice, Ordinance
from profiles.spec import Spec

EARLY, LATE = datetime.fromisoformat("2025-05-31T23:59:59+09:00"), datetime.fromisoformat("2025-06-01T00:00:00+09:00")


def test_the_notice_of_a_basis_is_the_one_of_that_day(spec: Spec) -> None:
    """懲役 became 拘禁刑 on 2025-06-01: the last day of the one wording is followed by the first of the other."""
    law = ordinance.of(spec)
    assert law.notice("art9", EARLY) == {"art9-until-2025-05"}
    assert law.notice("art9", LATE) == {"art9-from-2025-06"}
    for basis in law.bases:
        assert all(code.startswith(basis) for code in law.notice(basis, LATE))


def test_what_is_not_said_of_an_ordinance_is_not_so() -> None:
    none = Ordinance(frozenset(), {})
    assert not none.advisers_first
    assert FundTerms().usual_amount == 0
    two = Ordinance(frozenset(), {}, notices=(Notice("a", "x", {}), Notice("b", "y", {})))
    assert two.notice("x", LATE) == {"a"}
    assert none.notice("x", LATE) == frozenset()


def test_each_field_of_concern_asks_for_all_the_advisers_that_are_said_to_attend(spec: Spec) -> None:
    said = spec.artefacts["https://tsunagu.example/fhir/CodeSystem/adviser-field"]["concept"]
    pairs = {(each["valueCode"], concept["code"]) for concept in said for each in concept["property"]}
    found = ordinance.of(spec).advising
    assert {(field, adviser) for field, advisers in found.items() for adviser in advisers} == pairs
