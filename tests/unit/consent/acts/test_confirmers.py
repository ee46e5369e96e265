"""Who confirms a post, and who confirms what stands above an agency; what is written of it (P12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent import verdict
from consent.actor import Actor, Scope
from consent.acts import confirming_posts, department_confirmer, in_care, post_confirmer
from consent.acts.confirming_posts import Confirmed
from consent.facts import Facts
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from resources.store.port import Transaction
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.people import SYSTEM as A_SYSTEM
from tests.unit.consent.standing.lying import Lying, in_a_store
from tests.unit.consent.town import INSTALLER, Town, actor

Json = dict[str, Any]

ABOVE, BESIDE, FAR = "Organization/above", "Organization/beside", "Organization/far"
VOID = Verdict(void=True)
COMING: Json = {"resourceType": "PractitionerRole", "id": "new", "practitioner": ref("Practitioner/new")}
COMING |= {"organization": ref(FAR), "code": [concept("role", "officer")]}
LISTED: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "code": [concept("role", "department")]}
LISTED |= {"organization": ref(FAR), "participatingOrganization": ref(ABOVE)}


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Lying]:
    """An agency that is far, in which nobody is yet."""
    with in_a_store(tmp_path) as made:
        made.put({"resourceType": "Organization", "id": "far"}, {"resourceType": "Organization", "id": "none"})
        yield made


def at(agency: str, *functions: str) -> Facts:
    return officer(post(*functions, agency=agency))


LEADS = at("Organization/lead", "lead-section")


def held(agency: str, id: str = "held", **elements: Any) -> Json:
    made: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{id}")}
    return made | {"organization": ref(agency), "code": [concept("role", "officer")]} | elements


def may(lying: Lying, who: Facts, *wrote: str) -> bool:
    return lying.ask(lambda view: post_confirmer.may(view, who, COMING, wrote))


def test_somebody_of_the_agency_confirms_and_once_somebody_is_there_nobody_else(lying: Lying) -> None:
    assert may(lying, at(FAR))
    assert [may(lying, who) for who in (at(ABOVE), LEADS)] == [False, True]
    lying.put(LISTED, held(FAR))
    assert [may(lying, who) for who in (at(FAR), at(ABOVE), LEADS)] == [True, False, False]
    lying.put(held(FAR, active=False))
    assert [may(lying, who) for who in (at(FAR), at(ABOVE), LEADS)] == [True, True, True]


def test_where_somebody_is_at_the_department_the_lead_section_does_not(lying: Lying) -> None:
    lying.put(LISTED)
    assert (may(lying, at(ABOVE)), may(lying, LEADS)) == (True, True)
    lying.put(held(ABOVE))
    assert (may(lying, at(ABOVE)), may(lying, LEADS), may(lying, at(BESIDE))) == (True, False, False)


@pytest.mark.parametrize(
    ("listed", "judged"),
    [
        (LISTED | {"active": False}, verdict.NONE),
        (LISTED | {"code": [concept("role", "member")]}, verdict.NONE),
        (LISTED | {"period": {"end": "2026-11-22"}}, verdict.NONE),
        (LISTED | {"period": {"start": "2026-11-24"}}, verdict.NONE),
        (LISTED | {"organization": ref(BESIDE)}, verdict.NONE),
        (LISTED, VOID),
    ],
    ids=["is over", "is no department", "has ended", "begins later", "of another agency", "waits to be confirmed"],
)
def test_who_is_not_in_charge_now_confirms_nothing(lying: Lying, listed: Json, judged: Verdict) -> None:
    lying.put(listed, judged=judged)
    assert not may(lying, at(ABOVE))
    lying.put(LISTED | {"id": "b", "active": True, "period": {"start": "2026-11-23", "end": "2026-11-23"}})
    assert may(lying, at(ABOVE))


def test_what_the_agency_is_part_of_is_in_charge_where_the_list_says_none_and_it_stands(lying: Lying) -> None:
    part: Json = {"resourceType": "Organization", "id": "far", "partOf": ref(BESIDE)}
    lying.put(part, judged=VOID)
    assert not may(lying, at(BESIDE))
    lying.put(part)
    assert may(lying, at(BESIDE))
    lying.put(LISTED)
    assert (may(lying, at(BESIDE)), may(lying, at(ABOVE))) == (False, True)


def test_the_department_of_who_wrote_it_is_nobody(lying: Lying) -> None:
    lying.put(LISTED, held(ABOVE, "wrote"))
    assert may(lying, at(ABOVE), "Practitioner/else")
    assert not may(lying, at(ABOVE), "Practitioner/wrote")
    assert may(lying, LEADS, "Practitioner/wrote"), "so that it is not confirmed within that one"


def test_a_post_in_no_agency_is_the_lead_sections(lying: Lying) -> None:
    nowhere = {name: said for name, said in COMING.items() if name != "organization"}

    def confirms_it(who: Facts) -> bool:
        return lying.ask(lambda view: post_confirmer.may(view, who, nowhere, ()))

    assert [confirms_it(who) for who in (at(ABOVE), LEADS)] == [False, True]


def confirms(lying: Lying, who: Facts, record: Json) -> bool:
    return lying.ask(lambda view: department_confirmer.may(view, who, record))


PLACES: dict[str, Json] = {
    "part of": {"resourceType": "Organization", "id": "far", "partOf": ref(ABOVE)},
    "listed": LISTED,
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_stands_above_an_agency_is_confirmed_by_it_or_by_a_keeper_who_is_not_of_that_or_who_leads(
    lying: Lying, place: Json
) -> None:
    keeper, own = at(BESIDE, "directory-keeper"), at(ABOVE, "directory-keeper")
    every = (at(FAR), keeper, own, LEADS, at(BESIDE))
    assert [confirms(lying, who, place) for who in every] == [True, True, False, True, False]
    lying.put(held(FAR))
    assert [confirms(lying, who, place) for who in every] == [True, False, False, False, False]


def test_to_which_agencies_a_list_opens_now(lying: Lying) -> None:
    desk: Json = {"resourceType": "HealthcareService", "id": "d", "providedBy": ref(BESIDE)}
    lying.put(desk, held(ABOVE, "x"), held(FAR, "x2", practitioner=ref("Practitioner/x")))
    lying.put(held(ABOVE, "gone", active=False))

    def of(*named: str) -> frozenset[str]:
        return lying.ask(lambda view: in_care.agencies(view, named))

    assert of(CENTER) == {CENTER}
    assert of("HealthcareService/d") == {BESIDE}
    assert of("PractitionerRole/x") == {ABOVE}
    assert of("Practitioner/x") == {ABOVE, FAR}
    assert of("Practitioner/gone", "Practitioner/none", "", "Patient/1") == frozenset()
    assert of("PractitionerRole/x2", CENTER) == {FAR, CENTER}
    nowhere = {name: said for name, said in held(FAR, "nowhere").items() if name != "organization"}
    lying.put(nowhere)
    lying.delete("PractitionerRole/x2")
    assert of("Practitioner/nowhere", "PractitionerRole/x2") == frozenset()


WAITING: Json = held("Organization/other", "w")
Q, LEAD = actor("q"), actor("lead")
MADE = Decision(True, (Rule("P12", "permit", EVERYTHING, Text("it was confirmed by the agency", "機関が確認した")),))


def confirm(town: Town, who: Actor, *named: str) -> Confirmed:
    do = partial(confirming_posts.confirmed, named=named)
    return town.run(town.gate.operate(who, ("$confirm-posts",), do))


def kind(town: Town, who: Actor, *named: str) -> str:
    with pytest.raises(Problem) as caught:
        confirm(town, who, *named)
    return " ".join((caught.value.kind, *caught.value.rules, caught.value.issues[0].at))


def waiting(town: Town, *records: Json, author: str = "Practitioner/aud") -> None:
    persons = [each["practitioner"]["reference"] for each in records if "practitioner" in each]
    named = sorted({one.partition("/")[2] for one in persons} - {"q", "p", "lead"})
    town.write(INSTALLER, *({"resourceType": "Practitioner", "id": id} for id in named))
    laid(town, *(Record(each, "", author, VOID) for each in records))


def stood(town: Town, name: str) -> Verdict:
    type, _, id = name.partition("/")
    (found,) = [each for each in town.stored(type) if each.id == id]
    return verdict.read(found.terms)


def test_confirmed_each_counts_from_its_next_version_on_and_once(town: Town) -> None:
    waiting(town, WAITING, held("Organization/other", "w2"))
    done = confirm(town, Q, "PractitionerRole/w", "PractitionerRole/w2", "PractitionerRole/w")
    assert [each.cited for each in done.told] == [f"PractitionerRole/{one}/_history/2" for one in ("w", "w2")]
    assert (done.decision, done.action) == (MADE, "update")
    assert [stood(town, f"PractitionerRole/{one}") for one in ("w", "w2")] == [Verdict(True)] * 2
    (after,) = [each for each in town.stored("PractitionerRole") if each.id == "w"]
    kept = {name: said for name, said in orjson.loads(after.body).items() if name != "meta"}
    assert kept == WAITING
    again = confirm(town, actor("w2"), "PractitionerRole/w")
    assert [each.cited for each in again.told] == ["PractitionerRole/w/_history/2"], "it counts already"


def test_none_counts_where_one_is_not_there_or_not_theirs(town: Town) -> None:
    waiting(town, WAITING, held("Organization/other", "own", practitioner=ref("Practitioner/q")))
    post_at = "PractitionerRole.organization"
    assert kind(town, Q, "PractitionerRole/w", "PractitionerRole/own") == f"forbidden P12 {post_at}"
    absent = {"OrganizationAffiliation/none": "OrganizationAffiliation/none", "PractitionerRole/": "PractitionerRole/"}
    for name, told in (absent | {"Practitioner/q": "PractitionerRole/q", "Patient/1": "PractitionerRole/1"}).items():
        with pytest.raises(Problem, match=f"there is no `{told}`"):
            confirm(town, Q, "PractitionerRole/w", name)
    assert kind(town, actor("p"), "PractitionerRole/w") == f"forbidden P12 {post_at}"
    system = replace(A_SYSTEM, organization="Organization/other")
    assert kind(town, system, "PractitionerRole/w") == f"forbidden P12 {post_at}", "by a person"
    assert stood(town, "PractitionerRole/w") == VOID
    gone(town, "PractitionerRole/w")
    assert kind(town, Q, "PractitionerRole/w").startswith("not-found")


def test_who_wrote_it_does_not_confirm_it(town: Town) -> None:
    waiting(town, WAITING, author="Practitioner/q")
    assert kind(town, Q, "PractitionerRole/w") == "forbidden P12 PractitionerRole.organization"


def test_nor_does_who_wrote_its_last_version(town: Town) -> None:
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "w"})
    laid(town, Record(WAITING, "", "Practitioner/aud", VOID))

    async def written_again(tx: Transaction) -> None:
        stood = await tx.get("PractitionerRole", "w", within=EVERYTHING)
        assert stood is not None
        by_q = {each for each in stood.terms if not each.startswith(".writer ")} | {".writer Practitioner/q"}
        await tx.amend(stood.reference, {1: tuple(sorted(by_q))}, None)

    town.run(town.store.transact(written_again))
    assert kind(town, Q, "PractitionerRole/w") == "forbidden P12 PractitionerRole.organization"


def test_a_post_that_a_token_does_not_read_is_not_there(town: Town) -> None:
    waiting(town, WAITING)
    unread = replace(Q, scopes=(Scope("user", "PractitionerRole", frozenset("u")),))
    assert kind(town, unread, "PractitionerRole/w").startswith("not-found")
    assert stood(town, "PractitionerRole/w") == VOID


def test_a_place_is_confirmed_by_another_than_who_wrote_it(town: Town) -> None:
    place = LISTED | {"organization": ref("Organization/other"), "participatingOrganization": ref("Organization/lead")}
    waiting(town, place)
    assert kind(town, LEAD, "OrganizationAffiliation/a") == "forbidden P12 OrganizationAffiliation"
    confirm(town, Q, "OrganizationAffiliation/a")
    assert stood(town, "OrganizationAffiliation/a") == Verdict(True)


def test_from_one_to_fifty_at_once_with_a_token_that_reaches_them(town: Town) -> None:
    many = [f"PractitionerRole/none{number}" for number in range(51)]
    assert kind(town, Q) == kind(town, Q, *many) == "invalid Parameters.parameter"
    assert kind(town, Q, *many[:50]).startswith("not-found")
    waiting(town, WAITING)
    narrow = (Scope("user", "PractitionerRole", frozenset("rs")), Scope("user", "Organization", frozenset("cruds")))
    assert kind(town, replace(Q, scopes=narrow), "PractitionerRole/w").startswith("forbidden")
    posts = replace(Q, scopes=(Scope("user", "PractitionerRole", frozenset("cruds")),))
    assert kind(town, posts, "Organization/other").startswith("forbidden")
    assert kind(town, posts, "Patient/1").startswith("not-found"), "of what is never confirmed no scope is asked"
    confirm(town, posts, "PractitionerRole/w")
