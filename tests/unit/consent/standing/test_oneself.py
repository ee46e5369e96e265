"""Whose records are the caller's own: the person's, or of whom they may sign for today; nobody's if it is uncertain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from consent.evidence import Oneself
from consent.secrecy import protection
from consent.standing import oneself
from consent.verdict import Verdict
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.filed import Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.standing.test_signing import BEFORE, FATHER, MOTHER, kin, register
from tests.unit.consent.town import patient

CHILD = {"birthDate": "2012-05-05"}


@pytest.fixture
def family(lying: Lying) -> Lying:
    """A child, and a mother who is on record as that, with a register's paper, since before."""
    lying.now = BEFORE
    lying.put(patient("1", **CHILD), kin(name=[{"text": "母"}]))
    lying.put(register())
    lying.now = NOW
    return lying


def of(lying: Lying, name: str, now: datetime = NOW) -> Oneself | None:
    return lying.ask(lambda view: oneself.of(view, name, now))


FOR_CHILD = Oneself("Patient/1", "RelatedPerson/mother/_history/1", signs=True)


def merged(lying: Lying, id: str, *persons: str) -> None:
    task: Json = {"resourceType": "Task", "id": id, "status": "completed", "code": concept("task-code", "merge")}
    task |= {"for": ref(persons[0]), "focus": ref(persons[1])}
    lying.put(task, judged=Verdict(True, noted=frozenset(f".same {one}" for one in persons)))


def label(id: str, against: Iterable[str] = (), signer: str = "", other: str = "") -> Json:
    """A protection; `signer`, and the `other`, are the versions that an officer on its list confirmed."""
    made = protection.label(own("secrecy-label", "address-secret"), id, ["HealthcareService/desk"], against)
    parts = [*made["extension"], *(extension(protection.SIGNER, valueUri=each) for each in (signer, other) if each)]
    return made | {"extension": parts}


def protect(lying: Lying, *labels: Json, id: str = "1") -> None:
    lying.put(patient(id, **CHILD, meta={"security": list(labels)}))


def test_the_person_who_is_signed_in_is_the_one_on_record(family: Lying) -> None:
    assert of(family, "Patient/1") == Oneself("Patient/1", "Patient/1/_history/1")
    family.put(patient("1"), patient("2"))
    merged(family, "m", "Patient/1", "Patient/2")
    assert of(family, "Patient/1") == Oneself("Patient/1", "Patient/1/_history/2", names=frozenset({"Patient/2"}))
    assert of(family, "Patient/9") is None
    family.delete("Patient/1")
    assert of(family, "Patient/1") is None


def test_who_may_sign_for_a_person_today_asks_about_that_one(family: Lying) -> None:
    assert of(family, MOTHER) == FOR_CHILD
    family.put(patient("2"))
    merged(family, "m", "Patient/1", "Patient/2")
    assert of(family, MOTHER) is None, "of age by the other name"
    family.put(patient("2", **CHILD), patient("3", **CHILD))
    merged(family, "m", "Patient/1", "Patient/3")
    other = Oneself("Patient/1", "RelatedPerson/mother/_history/1", signs=True, names=frozenset({"Patient/3"}))
    assert of(family, MOTHER) == other
    assert of(family, MOTHER, BEFORE) is None, "recorded on that day"
    assert of(family, MOTHER, datetime.fromisoformat("2030-05-05T00:00:00+09:00")) is None, "of age"
    assert of(family, MOTHER, datetime.fromisoformat("2030-05-04T23:59:00+09:00")) == other


@pytest.mark.parametrize(
    "amiss",
    [
        kin(role="AUNT"),
        kin(active=False),
        kin(patient=ref("RelatedPerson/other")),
        kin(patient={"display": "子"}),
        kin(modifierExtension=[extension("entered-in-error", valueBoolean=True)]),
    ],
    ids=["an aunt", "no more", "of no Patient", "of nobody", "in error"],
)
def test_nobody_else_who_is_on_record_does(family: Lying, amiss: Json) -> None:
    family.put(amiss)
    assert of(family, MOTHER) is None


def test_who_is_not_on_record_any_more_or_without_a_paper_does_not(family: Lying) -> None:
    family.put(register(status="superseded"))
    assert of(family, MOTHER) is None
    assert of(family, "RelatedPerson/nobody") is None
    family.delete(MOTHER)
    assert of(family, MOTHER) is None


CONFIRMED = f"{MOTHER}/_history/1"


def test_of_a_protected_person_nobody_before_an_officer_of_each_list_confirmed_that_one(family: Lying) -> None:
    protect(family, label("a"))
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=f"{FATHER}/_history/1"))
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=CONFIRMED))
    assert of(family, MOTHER) == FOR_CHILD
    protect(family, label("a", signer=CONFIRMED, other=f"{FATHER}/_history/3"))
    assert of(family, MOTHER) == FOR_CHILD, "whoever else was confirmed"
    protect(family, label("a", signer=CONFIRMED), label("b"))
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=CONFIRMED), label("b", signer=CONFIRMED))
    assert of(family, MOTHER) == FOR_CHILD
    protect(family, label("a", signer=CONFIRMED), label("b", signer=f"{MOTHER}/_history/2"))
    assert of(family, MOTHER) is None, "as they were confirmed by each"
    protect(family)
    assert of(family, MOTHER) == FOR_CHILD, "protected no more"


def test_nor_where_another_name_of_the_person_is_protected(family: Lying) -> None:
    family.put(patient("2", **CHILD))
    merged(family, "m", "Patient/1", "Patient/2")
    protect(family, label("a"), id="2")
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=CONFIRMED), id="2")
    assert of(family, MOTHER) is not None
    protect(family, label("b", signer=CONFIRMED))
    assert of(family, MOTHER) is not None
    protect(family, label("b", signer=f"{FATHER}/_history/1"))
    assert of(family, MOTHER) is None
    protect(family, label("b", signer=CONFIRMED))
    protect(family, label("a", against=[MOTHER], signer=CONFIRMED), id="2")
    assert of(family, MOTHER) is None


@pytest.mark.parametrize("against", [MOTHER, "Patient/mother", "Patient/her-other", "RelatedPerson/her-kin"])
def test_nor_one_against_whom_they_are_protected_by_any_name_of_theirs(family: Lying, against: str) -> None:
    protect(family, label("a", against=["Practitioner/p", FATHER], signer=CONFIRMED))
    links = [{"other": ref(MOTHER), "type": "seealso"}]
    more = [{"other": ref("RelatedPerson/her-kin"), "type": "seealso"}]
    family.put(patient("mother", link=links), patient("her-other", link=more))
    merged(family, "m", "Patient/mother", "Patient/her-other")
    assert of(family, MOTHER) == FOR_CHILD
    protect(family, label("a", against=[against], signer=CONFIRMED))
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=CONFIRMED))
    assert of(family, MOTHER) == FOR_CHILD, "not against them any more"


def test_who_signs_is_one_of_those_of_whom_anything_recorded_says_so(family: Lying) -> None:
    def is_one_of(*against: str, signer: str = MOTHER) -> bool:
        return family.ask(lambda view: oneself.is_one_of(view, signer, against))

    every = ("Patient/mother", "Patient/her-other", "RelatedPerson/her-kin")
    assert is_one_of(MOTHER)
    assert not is_one_of()
    assert not any(map(is_one_of, every))
    links = [{"other": ref(MOTHER), "type": "seealso"}]
    more = [{"other": ref("RelatedPerson/her-kin"), "type": "seealso"}]
    family.put(patient("mother", link=links), patient("her-other", link=more), patient("stranger"))
    assert [is_one_of(one) for one in every] == [True, False, False]
    merged(family, "m", "Patient/mother", "Patient/her-other")
    assert all(map(is_one_of, every))
    family.put(patient("mother"))
    assert all(map(is_one_of, every)), "or were once said to be"
    assert is_one_of(FATHER, "Patient/stranger", "Patient/her-other")
    assert not is_one_of(FATHER, "Patient/stranger")
    assert not is_one_of(*every, signer=FATHER)


def test_who_signs_reads_until_the_hour_that_their_record_says(family: Lying) -> None:
    family.put(kin(name=[{"text": "母"}], period={"end": "2026-11-23T13:00:00+09:00"}))
    assert of(family, MOTHER) is not None
    assert of(family, MOTHER, NOW + timedelta(seconds=1)) is None
    family.put(kin(name=[{"text": "母"}], period={"start": "2026-11-23T13:00:01+09:00"}))
    assert of(family, MOTHER) is None
    family.put(kin(name=[{"text": "母"}], period={"end": "2026-13"}))
    assert of(family, MOTHER) is None, "that nobody can tell"


@pytest.mark.parametrize(
    ("changed", "still"),
    [
        ({"name": [{"text": "別の人"}]}, False),
        ({"identifier": [{"value": "1"}]}, False),
        ({"birthDate": "1990-01-01"}, False),
        ({"gender": "female"}, False),
        ({"patient": ref("Patient/2")}, False),
        ({"relationship": kin(role="NMTH")["relationship"]}, False),
        ({"telecom": [{"value": "086"}]}, True),
    ],
)
def test_whom_an_officer_confirmed_is_who_is_meant_as_long_as_they_are_said_to_be_the_same(
    family: Lying, changed: Json, *, still: bool
) -> None:
    family.put(patient("2", **CHILD, meta={"security": [label("b", signer=CONFIRMED)]}))
    protect(family, label("a", signer=CONFIRMED))
    family.put(kin(name=[{"text": "母"}]) | changed)
    tomorrow = NOW + timedelta(days=1)
    assert (of(family, MOTHER, tomorrow) is not None) is still
    family.put(kin(name=[{"text": "母"}]))
    assert of(family, MOTHER, tomorrow) is not None, "as they were confirmed"


def test_who_was_changed_is_meant_again_once_that_is_confirmed(family: Lying) -> None:
    protect(family, label("a", signer=CONFIRMED))
    family.put(kin(name=[{"text": "母（改姓）"}]))
    assert of(family, MOTHER) is None
    protect(family, label("a", signer=f"{MOTHER}/_history/2"))
    assert of(family, MOTHER) == Oneself("Patient/1", f"{MOTHER}/_history/2", signs=True)
    protect(family, label("a", signer=f"{MOTHER}/_history/3"))
    assert of(family, MOTHER) is None, "a version that there is not"
    gone: dict[str, Any] = kin(name=[{"text": "母（改姓）"}])
    family.delete(MOTHER)
    family.put(gone)
    protect(family, label("a", signer=f"{MOTHER}/_history/3"))
    assert of(family, MOTHER) is None, "nor one that was deleted"
