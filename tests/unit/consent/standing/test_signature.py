"""Who may sign, told of papers alone: majority to the day, a day that nobody can tell, parents and guardians."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consent.standing import signature
from consent.standing.signed import Representative, Signing
from resources.record import period
from tests.laws.worlds import V3, concept, ref
from tests.unit.consent.people import ABSENT

Json = dict[str, Any]
MOTHER = "RelatedPerson/mother"


def related(role: str, **elements: Any) -> Json:
    recorded: Json = {"resourceType": "RelatedPerson", "patient": ref("Patient/1")}
    return recorded | {"relationship": [{"coding": [{"system": f"{V3}v3-RoleCode", "code": role}]}]} | elements


def official(status: str = "current", **elements: Any) -> Json:
    paper: Json = {"resourceType": "DocumentReference", "status": status}
    return paper | {"type": concept("guardianship-paper", "family-register")} | elements


def representative(
    role: str = "MTH", *, confirmed: bool = False, paper: Json | None = None, **now: Any
) -> Representative:
    then = related(role)
    return Representative(then, then | now, papers=(paper or official(),), confirmed=confirmed)


def signing(born: str = "2012-05-05", **others: Representative) -> Signing:
    patient = {"resourceType": "Patient"} | ({"birthDate": born} if born else {})
    return Signing(patient, representatives={f"RelatedPerson/{name}": one for name, one in others.items()})


def word(*performers: str, on: str = "2026-11-23", deny: bool = False) -> Json:
    consent: Json = {"resourceType": "Consent", "patient": ref("Patient/1"), "dateTime": on}
    consent |= {"performer": [ref(name) for name in performers]}
    return consent | {"provision": {"type": "deny" if deny else "permit"}}


def refused(consent: Json, known: Signing) -> list[int]:
    return list(signature.may_not(consent, known))


@pytest.mark.parametrize(
    ("born", "majority"),
    [
        ("2008-02-29", "2026-02-28T15:00:00"),  # 1 March: 2026 has no 29 February
        ("2008-02-28", "2026-02-27T15:00:00"),
        ("2012-05-05", "2030-05-04T15:00:00"),
        ("2012-05", "2030-04-30T15:00:00"),  # the first day that it may be
    ],
)
def test_what_a_parent_signed_lapses_on_the_day_of_majority_in_japan(born: str, majority: str) -> None:
    on = "2026-02-01"
    ends = signature.lapses(word(MOTHER, on=on), signing(born, mother=representative()))
    assert ends is not None
    assert period.instant(ends).startswith(majority)


def test_it_lapses_on_the_first_day_that_they_may_be_of_age_by_any_of_their_birth_dates() -> None:
    known = replace(signing("2012-05-05", mother=representative()), births=frozenset({"2011-02-03", "2013-01-01"}))
    ends = signature.lapses(word(MOTHER), known)
    assert ends is not None
    assert period.instant(ends).startswith("2029-02-02T15:00:00")


def test_what_the_person_signed_or_somebody_for_an_adult_never_lapses_by_age() -> None:
    assert signature.lapses(word("Patient/1"), signing()) is None
    assert signature.lapses(word(MOTHER), signing("1980-01-01", mother=representative())) is None
    assert signature.lapses(word(MOTHER), signing("", mother=representative())) is None
    assert signature.lapses(word(MOTHER, on="2026-11"), signing(mother=representative())) is None


@pytest.mark.parametrize("on", ["2026", "2026-11", "2026-02-31", "昨日"])
def test_a_paper_without_a_day_bears_nobodys_signature(on: str) -> None:
    for signer in ("Patient/1", MOTHER):
        consent = word(signer, on=on)
        assert refused(consent, signing("1980-01-01", mother=representative("GUARD", confirmed=True))) == [0]
        assert not signature.founded(consent, signing("1980-01-01", mother=representative()))
    assert refused(word("Patient/1", on=on, deny=True), signing("1980-01-01")) == [0]


def test_on_a_day_that_no_clock_can_show_nobody_is_of_age_and_nobody_stands_for_another() -> None:
    on = "0001-01-01"
    assert refused(word("Patient/1", on=on), signing("0001-01-01")) == [0]
    assert refused(word(MOTHER, on=on), signing("0001-01-01", mother=representative())) == [0]
    assert refused(word("Patient/1", on=on, deny=True), signing("0001-01-01")) == []


def test_the_first_and_the_last_day_of_minority() -> None:
    born = "2008-11-23"
    assert refused(word("Patient/1", on="2026-11-22"), signing(born)) == [0]
    assert refused(word("Patient/1", on="2026-11-23"), signing(born)) == []
    assert refused(word(MOTHER, on="2026-11-22"), signing(born, mother=representative())) == []
    assert refused(word(MOTHER, on="2026-11-23"), signing(born, mother=representative())) == [0]


def test_between_the_days_that_a_birth_date_may_mean_neither_signs_alone() -> None:
    assert refused(word("Patient/1", on="2026-11-10"), signing("2008-11")) == [0]
    assert refused(word(MOTHER, on="2026-11-10"), signing("2008-11", mother=representative())) == [0]
    assert refused(word("Patient/1", on="2026-12-01"), signing("2008-11")) == []


def test_a_parent_signs_for_a_minor_and_a_confirmed_guardian_for_an_adult() -> None:
    adult = "1980-01-01"
    assert refused(word(MOTHER), signing(mother=representative("FTH"))) == []
    assert refused(word(MOTHER), signing(mother=representative("GUARD"))) == []
    assert refused(word(MOTHER), signing(mother=representative("SIS"))) == [0]
    assert refused(word(MOTHER), signing(adult, mother=representative("GUARD", confirmed=True))) == []
    assert refused(word(MOTHER), signing(adult, mother=representative("GUARD"))) == [0]
    assert refused(word(MOTHER), signing(adult, mother=representative("MTH", confirmed=True))) == [0]


@pytest.mark.parametrize(
    ("role", "signs"),
    [
        *((role, True) for role in ("PRN", "MTH", "FTH", "NPRN", "NMTH", "NFTH", "GESTM", "GUARD")),
        *((role, True) for role in ("ADOPTP", "ADOPTMTH", "ADOPTFTH")),
        *((role, False) for role in ("STPPRN", "STPMTH", "STPFTH", "PRNFOST", "MTHFOST", "PRNINLAW", "GRPRN", "SIB")),
        *((role, False) for role in ("SPS", "FAMMEMB", "POWATT", "DPOWATT")),
    ],
)
def test_who_has_parental_authority_over_a_minor(role: str, *, signs: bool) -> None:
    """By birth or by adoption, or a guardian: nobody who married a parent, fosters, or is kin."""
    assert refused(word(MOTHER), signing(mother=representative(role))) == ([] if signs else [0])


def test_who_is_not_said_to_be_confirmed_is_not() -> None:
    guard = Representative(related("GUARD"), related("GUARD"), papers=(official(),))
    assert refused(word(MOTHER), signing("1980-01-01", mother=guard)) == [0]
    assert signature.guardians(word("Patient/1"), signing("1980-01-01", mother=guard)) == []


@pytest.mark.parametrize(
    "known",
    [
        representative(active=False),
        representative(_active=ABSENT),
        representative(period={"_end": ABSENT}),
        representative(patient=ref("Patient/2")),
        representative(relationship=[]),
        representative(period={"end": "2026-11-01"}),
        representative(period={"start": "2026-11-24"}),
        representative(paper=official("superseded")),
        representative(paper=official(type={"text": "家族の手紙"})),
        Representative(related("MTH"), related("MTH")),
        Representative(now=related("MTH"), papers=(official(),)),
        Representative(then=related("MTH"), papers=(official(),)),
    ],
)
def test_who_is_not_on_record_for_that_person_on_that_day_with_a_paper_signs_nothing(known: Representative) -> None:
    assert refused(word(MOTHER), signing(mother=representative())) == []
    assert refused(word(MOTHER), signing(mother=known)) == [0]
    assert refused(word("RelatedPerson/stranger"), signing(mother=representative())) == [0]


def test_beside_one_who_may_sign_alone_only_those_are_refused_who_may_not() -> None:
    both = word("RelatedPerson/sister", MOTHER)
    assert refused(both, signing(mother=representative(), sister=representative("SIS"))) == [0]
    assert refused(word("Patient/1", MOTHER), signing(mother=representative())) == []
    assert refused(word("Patient/1", "RelatedPerson/sister"), signing(sister=representative("SIS"))) == [0, 1]


def test_by_the_birth_date_that_stands_now_a_signature_keeps_or_loses_its_ground() -> None:
    minor, adult = signing(mother=representative()), signing("1980-01-01", mother=representative())
    assert signature.founded(word(MOTHER), minor)
    assert not signature.founded(word(MOTHER), adult)
    assert signature.founded(word("Patient/1"), adult)
    assert not signature.founded(word("Patient/1"), minor)
    assert signature.founded(word("Patient/1", deny=True), minor)
    assert not signature.founded(word("RelatedPerson/stranger"), signing(mother=representative()))


def test_who_signed_is_a_ward_on_the_day_that_a_confirmed_guardian_stands_for_them() -> None:
    confirmed = representative("GUARD", confirmed=True)
    assert signature.guardians(word("Patient/1"), signing(mother=confirmed)) == [confirmed]
    assert signature.guardians(word("Patient/1"), signing(mother=representative("GUARD"))) == []
    assert signature.guardians(word("Patient/1", on="2026"), signing(mother=confirmed)) == []
    over = representative("GUARD", confirmed=True, period={"end": "2026-11-01"})
    assert signature.guardians(word("Patient/1"), signing(mother=over)) == []


DAY = date(2026, 11, 23)


@pytest.mark.parametrize("untold", [{"_active": ABSENT}, {"period": {"_end": ABSENT}}])
def test_whose_guardian_may_still_be_one_does_not_act_alone(untold: Json) -> None:
    perhaps = representative("GUARD", confirmed=True, **untold)
    ward = signing("1980-01-01", mother=perhaps)
    assert signature.guardians(word("Patient/1"), ward) == [perhaps]
    assert not signature.acts_alone("Patient/1", DAY, ward)
    over = representative("GUARD", confirmed=True, **untold | {"active": False})
    assert signature.acts_alone("Patient/1", DAY, signing("1980-01-01", mother=over))


def test_who_signs_for_a_person_may_do_so_by_each_birth_date_that_they_have() -> None:
    minor = signing(mother=representative())
    assert signature.may_sign_for(MOTHER, "Patient/1", DAY, minor)
    assert not signature.may_sign_for("RelatedPerson/stranger", "Patient/1", DAY, minor)
    assert not signature.may_sign_for(MOTHER, "Patient/2", DAY, minor)
    assert not signature.may_sign_for(MOTHER, "Patient/1", date(2030, 5, 5), minor)
    assert signature.may_sign_for(MOTHER, "Patient/1", DAY, replace(minor, births=frozenset({"2011-01-01"})))
    assert not signature.may_sign_for(MOTHER, "Patient/1", DAY, replace(minor, births=frozenset({"1980-01-01"})))


def test_who_is_certainly_of_age_by_each_birth_date_and_nobodys_ward_acts_alone() -> None:
    def alone(born: str = "1980-01-01", on: date = DAY, births: tuple[str, ...] = ()) -> bool:
        return signature.acts_alone("Patient/1", on, replace(signing(born), births=frozenset(births)))

    assert alone()
    assert alone("2008-11-23")
    assert not alone("2008-11-24")
    assert not alone("2008-11", date(2026, 11, 10)), "between the days that it may be"
    assert not alone("")
    assert alone(births=("1970-01-01",))
    assert not alone(births=("1970-01-01", "2012-05-05"))
    assert not alone("2012-05-05", births=("1970-01-01",))
    assert not alone("", births=("1970-01-01",))


def test_a_ward_by_any_name_does_not_act_alone() -> None:
    def ward(guard: Representative, *names: str) -> bool:
        known = replace(signing("1980-01-01", mother=guard), names=frozenset(names))
        own = signature.guardians(word("Patient/1"), known) == [guard]
        assert own is not signature.acts_alone("Patient/1", DAY, known)
        return own

    confirmed = representative("GUARD", confirmed=True)
    assert ward(confirmed)
    assert ward(confirmed, "Patient/1", "Patient/2")
    assert not ward(representative("GUARD"))
    assert not ward(representative("GUARD", confirmed=True, period={"end": "2026-11-22"}))
    of_other = representative("GUARD", confirmed=True, patient=ref("Patient/2"))
    assert not ward(of_other)
    assert ward(of_other, "Patient/1", "Patient/2")
