"""Whose list of a protection it is, what each operation on it writes, and what is told to whom (D1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from consent.acts.protecting import Protect
from consent.secrecy import protection
from consent.verdict import NONE, Verdict
from tests.laws.worlds import Record, extension, ref
from tests.unit.consent.acts.laid import laid
from tests.unit.consent.acts.made import posted
from tests.unit.consent.acts.test_protecting import LABEL, PLACE, labels, refused, where
from tests.unit.consent.acts.test_protection_list import SDV
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, household, patient

P, Q, LEAD, COLLEAGUE, HEAD = actor("p"), actor("q"), actor("lead"), actor("p2"), actor("head")
WIFE, CHILD = "Patient/wife", "Patient/child"
CENTER, OTHER = "Organization/center", "Organization/other"
Json = dict[str, Any]


@pytest.fixture
def family(town_with: Callable[..., Town]) -> Town:
    """A wife and a child of a household, whom the center keeps; a colleague there, and the head of its department."""
    return town_with(_family)


def _family(town: Town) -> None:
    town.write(INSTALLER, {"resourceType": "Organization", "id": "above", "name": "所管課"})
    posted(town, "p2", "officer", "center", healthcareService=[ref("HealthcareService/desk")])
    posted(town, "head", "department", "above")
    center: Json = {"resourceType": "Organization", "id": "center", "name": "center", "meta": {"versionId": "1"}}
    town.write(INSTALLER, center | {"partOf": ref("Organization/above")})
    town.write(P, *(patient(one, address=[{"text": PLACE}]) for one in ("wife", "child", "apart")))
    town.write(P, household("wife", "child"))


def left(town: Town, id: str) -> None:
    """Their post is over."""
    town.write(INSTALLER, town.read(INSTALLER, f"PractitionerRole/{id}") | {"active": False})


def act(town: Town, operation: str, who: Any = P, *named: str, name: str = WIFE, **said: Any) -> list[str]:
    """The Patients written, in order."""
    done = town.of_list(who, f"${operation}", name, named=named, **said)
    return [each.version.reference for each in done]


def kind(town: Town, operation: str, who: Any = P, *named: str, **said: Any) -> str:
    problem = refused(town, lambda: act(town, operation, who, *named, **said))
    return " ".join((problem.kind, *problem.rules))


def further(town: Town, *named: str, who: Any = LEAD, **said: Any) -> str:
    """One more protection of the wife; its id."""
    town.run(town.gate.protect(who, Protect(WIFE, SDV, named, **said)))
    return protection.id_of(labels(town, WIFE)[-1])


def on_list(town: Town, name: str = WIFE) -> list[list[str]]:
    return [where(each, "disclosable-to") for each in labels(town, name)]


def part(name: str, **value: Any) -> Json:
    return extension(name, **value)


def test_the_whole_label_says_who_is_on_the_list_for_good_or_for_days_and_who_is_shown(family: Town) -> None:
    family.protect(P, WIFE, "Practitioner/p", shares=(CHILD,), against=("Practitioner/co",))
    (before,) = labels(family, WIFE)
    assert act(family, "extend-protection", P, OTHER) == [WIFE, CHILD], "the one that was asked about first"
    act(family, "extend-protection", P, "Practitioner/p2", until="2026-11-30")
    act(family, "release-performers", P, OTHER, "HealthcareService/desk")
    days = [{"url": "who", "valueReference": ref("Practitioner/p2")}, {"url": "until", "valueDate": "2026-11-30"}]
    told = [
        part("disclosable-to", valueReference=ref(OTHER)),
        part("substitute") | {"extension": days},
        part("released-performer", valueReference=ref(OTHER)),
        part("released-performer", valueReference=ref("HealthcareService/desk")),
    ]
    assert labels(family, WIFE) == labels(family, CHILD) == [before | {"extension": [*before["extension"], *told]}]


@pytest.mark.parametrize("operation", ["extend-protection", "release-performers"])
def test_who_is_put_on_a_list_or_released_stands_in_the_directory(family: Town, operation: str) -> None:
    family.protect(P, WIFE, "Practitioner/p", apart=(CHILD,))
    before = labels(family, WIFE)
    assert kind(family, operation, P, "Organization/nowhere") == "invalid"
    assert kind(family, operation, P, "Patient/apart") == "invalid"
    assert kind(family, operation, P) == "business-rule D1"
    assert labels(family, WIFE) == before


@pytest.mark.parametrize("operation", ["extend-protection", "release-performers"])
def test_of_two_the_one_that_is_named_is_changed_and_the_other_is_not(family: Town, operation: str) -> None:
    family.protect(P, WIFE, "Practitioner/p", shares=(CHILD,))
    second = further(family, CENTER)
    first, other = labels(family, WIFE)
    assert kind(family, operation, P, OTHER) == "business-rule D1"
    assert kind(family, operation, P, OTHER, id="another") in ("forbidden D1", "not-found")
    assert act(family, operation, P, OTHER, id=second) == [WIFE]
    name = "disclosable-to" if operation.startswith("extend") else "released-performer"
    now = other | {"extension": [*other["extension"], part(name, valueReference=ref(OTHER))]}
    assert labels(family, WIFE) == [first, now]
    assert labels(family, CHILD) == [first]


def test_of_two_the_one_that_is_named_is_confirmed_and_the_one_that_is_named_is_lifted(family: Town) -> None:
    family.protect(P, WIFE, "Practitioner/p", apart=(CHILD,))
    second, third = further(family, CENTER), further(family, "HealthcareService/desk")
    first, two, three = labels(family, WIFE)
    assert kind(family, "confirm-protection", LEAD) == "business-rule D1"
    assert act(family, "confirm-protection", LEAD, id=third) == [WIFE]
    confirmed = three | {"extension": [*three["extension"], part("lock-confirmed", valueBoolean=True)]}
    assert labels(family, WIFE) == [first, two, confirmed]
    assert kind(family, "lift-protection", P) == "business-rule D1"
    assert act(family, "lift-protection", P, id=second) == [WIFE]
    assert labels(family, WIFE) == [first, confirmed]


@pytest.mark.parametrize("operation", ["extend-protection", "release-performers", "confirm-signer", "lift-protection"])
@pytest.mark.parametrize("purpose", ["BTG", "statistics", "PATRQT"])
def test_it_is_done_in_casework_and_for_no_other_purpose(family: Town, operation: str, purpose: str) -> None:
    family.protect(P, WIFE, "Practitioner/p", apart=(CHILD,))
    before = labels(family, WIFE)
    assert kind(family, operation, actor("p", purpose), OTHER) in ("not-found", "forbidden D1")
    assert labels(family, WIFE) == before


@pytest.mark.parametrize(
    ("clock", "until", "is_let"),
    [
        ("2026-11-23T13:00", "2026-11-22", False),
        ("2026-11-23T13:00", "2026-11-23", True),
        ("2026-11-23T13:00", "2026-12-23", True),
        ("2026-11-23T13:00", "2026-12-24", False),
        ("2026-11-23T00:00", "2026-11-22", False),
        ("2026-11-23T00:00", "2026-12-23", True),
        ("2026-11-23T00:00", "2026-12-24", False),
    ],
)
def test_a_substitute_is_on_the_list_from_today_and_for_a_month_at_most(
    family: Town, clock: str, until: str, *, is_let: bool
) -> None:
    family.protect(P, WIFE, "Practitioner/p", apart=(CHILD,))
    who = replace(P, now=datetime.fromisoformat(f"{clock}:00+09:00"))
    asked: Callable[..., Any] = act if is_let else kind
    done = asked(family, "extend-protection", who, "Practitioner/p2", until=until)
    assert done == ([WIFE] if is_let else "business-rule D1")


def test_only_who_is_on_the_list_is_told_that_a_substitute_is_the_one_it_is_against(family: Town) -> None:
    family.protect(P, WIFE, "Practitioner/p", apart=(CHILD,), against=("Practitioner/p2",))
    for name in ("Practitioner/p2", "PractitionerRole/p2"):
        assert kind(family, "extend-protection", P, name, until="2026-11-25") == "business-rule D1"
    assert act(family, "extend-protection", HEAD, "PractitionerRole/p2", until="2026-11-25") == [WIFE]
    assert not family.reads(COLLEAGUE, WIFE), "who it is against sees nothing all the same"


NAMED = {
    "its agency": CENTER,
    "its desk": "HealthcareService/desk",
    "the person": "Practitioner/p2",
    "the post": "PractitionerRole/p2",
}


@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED)
def test_the_lead_section_acts_where_nobody_who_is_named_holds_a_post_now_and_only_there(
    family: Town, named: str
) -> None:
    posted(family, "gone", "officer", "center", healthcareService=[ref("HealthcareService/desk")])
    left(family, "gone")
    family.protect(P, WIFE, named, apart=(CHILD,))
    assert kind(family, "extend-protection", LEAD, OTHER) == "not-found"
    left(family, "p2")
    left(family, "p") if named == CENTER else None
    assert kind(family, "extend-protection", Q, OTHER) == "not-found"
    assert act(family, "extend-protection", LEAD, OTHER) == [WIFE]
    assert on_list(family) == [[named, OTHER]]


def test_a_post_that_is_over_lets_no_agency_in(family: Town) -> None:
    """So the lead section may lift a lock that keeps out who has the person in care."""
    family.protect(P, WIFE, "PractitionerRole/p2", "PractitionerRole/q", apart=(CHILD,))
    assert kind(family, "lift-protection", LEAD, heard="異存はない") == "not-found"
    left(family, "p2")
    assert act(family, "lift-protection", LEAD, heard="異存はない") == [WIFE]


def test_an_agency_or_a_person_who_is_named_lets_in_and_what_is_gone_from_the_directory_nobody(family: Town) -> None:
    for name in (CENTER, "Practitioner/p"):
        family.protect(P, WIFE, name, apart=(CHILD,))
        assert kind(family, "lift-protection", LEAD, heard="異存はない") == "not-found"
        family.lift(P, WIFE)
    gone = protection.label(LABEL, "old", ["Organization/nowhere", "PractitionerRole/q"], [])
    laid(family, Record(patient("old", meta={"security": [gone]}), CENTER, "Practitioner/p"))
    assert kind(family, "extend-protection", HEAD, OTHER, name="Patient/old", until="2026-11-25") == "not-found"
    assert act(family, "lift-protection", LEAD, name="Patient/old", heard="異存はない") == ["Patient/old"]


@pytest.mark.parametrize("judged", [NONE, Verdict(void=True)], ids=["stands", "waits to be confirmed"])
def test_the_head_of_a_department_is_theirs_where_that_is_confirmed(town: Town, judged: Verdict) -> None:
    for id in ("above", "aside"):
        town.write(INSTALLER, {"resourceType": "Organization", "id": id, "name": id})
        posted(town, f"head-{id}", "department", id)
    sub: Json = {"resourceType": "Organization", "id": "sub", "name": "出先", "partOf": ref("Organization/above")}
    laid(town, Record(sub, "", "", judged))
    posted(town, "s", "officer", "sub")
    posted(town, "s2", "officer", "sub")
    town.write(P, patient("wife"))
    town.protect(P, WIFE, "Practitioner/s")
    substitute = partial(town.of_list, operation="$extend-protection", name=WIFE, named=("Practitioner/s2",))
    for who in ("head-aside", "q"):
        assert refused(town, partial(substitute, actor(who), until="2026-11-25")).kind == "not-found"
    if judged.void:
        assert refused(town, partial(substitute, actor("head-above"), until="2026-11-25")).kind == "not-found"
    else:
        substitute(actor("head-above"), until="2026-11-25")


def test_the_head_is_theirs_where_the_department_itself_is_on_the_list(family: Town) -> None:
    posted(family, "above2", "officer", "above")
    family.protect(P, WIFE, "Organization/above", apart=(CHILD,))
    assert act(family, "extend-protection", HEAD, "Practitioner/above2", until="2026-11-25") == [WIFE]


def test_a_protection_of_an_older_release_lies_on_that_person_alone(family: Town) -> None:
    """It has no id by which others could be found who share the dwelling."""
    old = LABEL | {"extension": [extension("disclosable-to", valueReference=ref("Practitioner/p"))]}
    persons = (patient(one, meta={"security": [old]}) for one in ("one", "two"))
    laid(family, *(Record(each, CENTER, "Practitioner/p") for each in persons))
    assert act(family, "extend-protection", P, OTHER, name="Patient/one") == ["Patient/one"]
    assert (on_list(family, "Patient/one"), on_list(family, "Patient/two")) == (
        [["Practitioner/p", OTHER]],
        [["Practitioner/p"]],
    )


SIGNS = ("RelatedPerson/mother",)


@pytest.fixture
def signed(family: Town) -> Town:
    """The child's mother signs for it by the register; its place is told to an officer of the center alone."""
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}
    for one, whose in (("mother", CHILD), ("other", "Patient/apart")):
        kin: Json = {"resourceType": "RelatedPerson", "id": one, "patient": ref(whose)}
        family.write(P, kin | {"relationship": [{"coding": [role]}]})
    family.protect(P, CHILD, "Practitioner/p", apart=(WIFE,))
    return family


def signers(town: Town) -> list[list[str]]:
    return [where(each, "confirmed-signer") for each in labels(town, CHILD)]


def test_an_officer_on_the_list_confirms_the_version_of_who_signs_and_takes_that_back(signed: Town) -> None:
    (before,) = labels(signed, CHILD)
    confirm = partial(act, signed, "confirm-signer", P, *SIGNS, name=CHILD)
    assert confirm() == [CHILD]
    told = part("confirmed-signer", valueUri="RelatedPerson/mother/_history/1")
    assert labels(signed, CHILD) == [before | {"extension": [*before["extension"], told]}]
    assert confirm(undo=True) == [CHILD]
    assert labels(signed, CHILD) == [before]


def test_one_who_signs_for_this_person_is_named_and_nobody_else_and_one_alone(signed: Town) -> None:
    signed.write(P, {"resourceType": "RelatedPerson", "id": "gone", "patient": ref(CHILD)})
    signed.delete(P, "RelatedPerson/gone")
    of_the_person = ("RelatedPerson/other", "RelatedPerson/gone", "RelatedPerson/none", "Patient/child")
    for named in ((), (*SIGNS, "RelatedPerson/other"), *((one,) for one in of_the_person)):
        assert kind(signed, "confirm-signer", P, *named, name=CHILD) == "business-rule D1", named
    assert signers(signed) == [[]]


def test_only_a_person_on_that_list_confirms_and_the_one_that_is_meant(signed: Town) -> None:
    second = protection.id_of(_more(signed))
    assert kind(signed, "confirm-signer", P, *SIGNS, name=CHILD) == "business-rule D1", "two are theirs"
    act(signed, "confirm-signer", P, *SIGNS, name=CHILD, id=second)
    assert signers(signed) == [[], ["RelatedPerson/mother/_history/1"]]
    assert kind(signed, "confirm-signer", LEAD, *SIGNS, name=CHILD) == "not-found"
    act(signed, "confirm-signer", COLLEAGUE, *SIGNS, name=CHILD)
    assert signers(signed) == [[], ["RelatedPerson/mother/_history/1"]], "she is named by the second alone"
    assert kind(signed, "confirm-signer", SYSTEM, *SIGNS, name=CHILD, id=second) == "forbidden D1"


def _more(town: Town, named: str = CENTER) -> Json:
    town.run(town.gate.protect(LEAD, Protect(CHILD, SDV, (named,))))
    return labels(town, CHILD)[-1]


def test_whom_a_protection_is_against_is_confirmed_by_nobody_and_may_be_taken_back(signed: Town) -> None:
    signed.lift(P, CHILD)
    act_against = Protect(CHILD, SDV, ("Practitioner/p",), apart=(WIFE,), against=SIGNS)
    signed.run(signed.gate.protect(P, act_against))
    assert kind(signed, "confirm-signer", P, *SIGNS, name=CHILD) == "business-rule D1"
    assert signers(signed) == [[]]
    assert act(signed, "confirm-signer", P, *SIGNS, name=CHILD, undo=True) == [CHILD]


def test_who_sees_no_more_than_the_card_of_the_person_is_told_as_if_nobody_signed(signed: Town) -> None:
    asked: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref(CHILD)}
    signed.write(P, asked | {"requester": ref(CENTER), "owner": ref(OTHER)})
    second = _more(signed, OTHER)
    assert signed.reads(Q, CHILD)
    assert kind(signed, "confirm-signer", Q, *SIGNS, name=CHILD, id=protection.id_of(second)) == "business-rule D1"
    assert signers(signed) == [[], []]
