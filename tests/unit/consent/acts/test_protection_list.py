"""Who is on the list of a protection, what a later one takes, and what the lead section decides (D1)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from consent.acts.protecting import Protect
from consent.views import protections_told
from consent.views.protections_told import Told
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.test_protecting import PLACE, labels, refused, where
from tests.unit.consent.town import INSTALLER, Town, actor, household, patient

P, Q, LEAD, COLLEAGUE, HEAD = actor("p"), actor("q"), actor("lead"), actor("p2"), actor("head")
SDV = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "SDV"}
DAY = "2026-11-25"
AFTER = COLLEAGUE.now + timedelta(days=3)
Json = dict[str, Any]


@pytest.fixture
def family(town: Town) -> Town:
    """A wife and a child whose place is told to an officer of their keeper alone; her colleague, and their head."""
    town.write(INSTALLER, {"resourceType": "Organization", "id": "above", "name": "所管課"})
    for one, function, agency in (("p2", "officer", "center"), ("head", "department", "above")):
        post: Json = {"resourceType": "PractitionerRole", "id": one, "practitioner": ref(f"Practitioner/{one}")}
        post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}
        town.write(INSTALLER, {"resourceType": "Practitioner", "id": one}, post)
    center: Json = {"resourceType": "Organization", "id": "center", "name": "center", "meta": {"versionId": "1"}}
    town.write(INSTALLER, center | {"partOf": ref("Organization/above")})
    town.write(P, *(patient(one, address=[{"text": PLACE}]) for one in ("wife", "child", "husband")))
    town.write(P, household("wife", "child", "husband"))
    shares, against = ("Patient/child",), ("Patient/husband", "Practitioner/co")
    town.protect(P, "Patient/wife", "Practitioner/p", shares=shares, against=against)
    return town


def sees(town: Town, who: Any, name: str = "Patient/wife") -> bool:
    return "address" in town.read(who, name)


def extend(town: Town, who: Any, *named: str, **said: Any) -> None:
    town.of_list(who, "$extend-protection", "Patient/wife", named=named, **said)


def told(town: Town, who: Any) -> list[Told]:
    return town.run(protections_told.told(town.gate, who, "wife"))


def test_who_is_named_extends_the_list_for_everybody_on_whom_it_lies(family: Town) -> None:
    assert not sees(family, COLLEAGUE)
    assert refused(family, lambda: extend(family, COLLEAGUE, "PractitionerRole/p2")).kind == "forbidden"
    assert refused(family, lambda: extend(family, P, "PractitionerRole/p2", reason=" ")).kind == "business-rule"
    extend(family, P, "PractitionerRole/p2", reason="二人で担当する")
    assert sees(family, COLLEAGUE)
    assert sees(family, COLLEAGUE, "Patient/child")
    assert labels(family, "Patient/wife") == labels(family, "Patient/child")
    assert "二人で担当する" in str(family.trail())


def test_a_substitute_sees_the_place_for_days(family: Town) -> None:
    extend(family, P, "Practitioner/p2", until=DAY)
    assert sees(family, COLLEAGUE)
    assert not sees(family, actor("p2", now=AFTER))
    assert refused(family, lambda: extend(family, COLLEAGUE, "Organization/center")).kind == "forbidden"
    assert refused(family, lambda: family.lift(COLLEAGUE, "Patient/wife")).kind == "forbidden"


@pytest.mark.parametrize(
    ("named", "until"),
    [
        ("Practitioner/q", DAY),
        ("Organization/center", DAY),
        ("Practitioner/p2", "2026-11-22"),
        ("Practitioner/p2", "2027-01-31"),
        ("Practitioner/p2", "soon"),
    ],
)
def test_a_substitute_is_of_the_same_agency_and_for_a_month_at_most(family: Town, named: str, until: str) -> None:
    problem = refused(family, lambda: extend(family, P, named, until=until))
    assert (problem.kind, problem.rules) == ("business-rule", ("D1",))


def test_the_head_of_the_department_names_a_substitute_and_nobody_for_good(family: Town) -> None:
    assert refused(family, lambda: extend(family, HEAD, "Practitioner/p2")).kind == "not-found"
    extend(family, HEAD, "Practitioner/p2", until=DAY)
    assert sees(family, COLLEAGUE)
    assert refused(family, lambda: extend(family, actor("conv"), "Practitioner/p2", until=DAY)).kind == "not-found"


def test_whom_it_is_against_comes_onto_no_list_and_sees_nothing_by_their_agency(family: Town) -> None:
    problem = refused(family, lambda: extend(family, P, "PractitionerRole/co"))
    assert (problem.kind, problem.rules) == ("business-rule", ("D1",))
    extend(family, P, "Organization/center")
    assert sees(family, COLLEAGUE)
    family.run(family.gate.protect(LEAD, _against("Patient/wife", "Practitioner/p2")))
    # Though both lists name her agency: she is in conflict with the person at once (D2).
    assert refused(family, lambda: family.read(COLLEAGUE, "Patient/wife")).kind == "not-found"
    assert sees(family, P)


def _against(name: str, whom: str) -> Protect:
    return Protect(name, SDV, ("Organization/center",), against=(whom,))


def later(town: Town) -> str:
    """A further protection by the lead section that names another agency; its id."""
    town.run(town.gate.protect(LEAD, Protect("Patient/wife", SDV, ("Organization/other",))))
    return str(where(labels(town, "Patient/wife")[1], "protection")[0])


def test_the_lead_section_confirms_a_later_lock_before_it_takes_a_place_from_those_of_an_earlier_one(
    family: Town,
) -> None:
    id = later(family)
    assert sees(family, P)
    assert refused(family, lambda: family.of_list(P, "$confirm-protection", "Patient/wife", id=id)).kind == "forbidden"
    family.of_list(LEAD, "$confirm-protection", "Patient/wife", "加害者に知人がいる")
    assert not sees(family, P)
    again = refused(family, lambda: family.of_list(LEAD, "$confirm-protection", "Patient/wife", id=id))
    assert again.kind == "not-found", "there is nothing to confirm any more"


def test_the_lead_section_is_told_both_lists_for_this_and_others_those_that_name_them(family: Town) -> None:
    assert refused(family, lambda: told(family, LEAD)).kind == "not-found"
    later(family)
    both = told(family, LEAD)
    assert [each.awaits for each in both] == [False, True]
    assert [each.against for each in both] == [frozenset(), frozenset()]
    (mine,) = told(family, P)
    assert mine.against == {"Patient/husband", "Practitioner/co"}
    assert told(family, COLLEAGUE) == []
    assert refused(family, lambda: told(family, Q)).kind == "not-found"
    family.of_list(LEAD, "$confirm-protection", "Patient/wife")
    assert refused(family, lambda: told(family, LEAD)).kind == "not-found"


def test_who_is_named_by_an_earlier_lock_is_shown_no_list_of_the_later_one(family: Town) -> None:
    later(family)
    shown = family.read(P, "Patient/wife")
    assert [where(each, "disclosable-to") for each in shown["meta"]["security"]] == [["Practitioner/p"]]
    family.write(P, shown)
    assert len(labels(family, "Patient/wife")) == 2


def test_the_lead_section_lifts_a_lock_that_keeps_out_who_has_the_person_in_care_after_hearing_those_it_names(
    family: Town,
) -> None:
    assert refused(family, lambda: family.lift(LEAD, "Patient/wife")).kind == "not-found", (
        "it names the keeper's officer"
    )
    id = later(family)
    family.of_list(LEAD, "$confirm-protection", "Patient/wife", id=id)
    unheard = refused(family, lambda: family.lift(LEAD, "Patient/wife", id=id))
    assert (unheard.kind, unheard.rules) == ("business-rule", ("D1",))
    family.of_list(LEAD, "$lift-protection", "Patient/wife", id=id, heard="異存はない")
    assert sees(family, P)
    assert "異存はない" in str(family.trail())


def test_who_joins_gets_the_protection_without_its_confirmation(family: Town) -> None:
    id = later(family)
    family.of_list(LEAD, "$confirm-protection", "Patient/wife", id=id)
    family.write(P, patient("new", address=[{"text": PLACE}]))
    family.write(P, household("wife", "child", "husband", "new") | {"meta": {"versionId": "1"}})
    assert [where(each, "protection") for each in labels(family, "Patient/new")] == [
        where(each, "protection") for each in labels(family, "Patient/wife")
    ]
    assert sees(family, P, "Patient/new")


def test_one_names_the_protection_where_two_are_one_s_own(family: Town) -> None:
    family.run(family.gate.protect(LEAD, _against("Patient/wife", "Practitioner/q")))
    extend(family, P, "Organization/center", id=where(labels(family, "Patient/wife")[0], "protection")[0])
    problem: Problem = refused(family, partial(family.lift, COLLEAGUE, "Patient/wife"))
    assert problem.kind == "business-rule"
    assert "`protection`" in problem.issues[0].text


def performing(town: Town, name: str, *persons: str) -> None:
    """A plan about these persons, of which another agency does something."""
    going = {"status": "scheduled", "performer": [{"reference": "Organization/other", "display": "隠れ家の隣"}]}
    plan: Json = {"resourceType": "CarePlan", "id": name, "status": "active", "intent": "plan"}
    plan |= {"subject": ref(f"Patient/{persons[0]}"), "activity": [{"detail": going}]}
    others = [ref(f"Patient/{one}") for one in persons[1:]]
    town.write(P, plan | ({"supportingInfo": others} if others else {}))


def shown(town: Town, who: Any, name: str) -> list[Any]:
    detail: Json = town.read(who, f"CarePlan/{name}")["activity"][0]["detail"]
    return list(detail.get("performer", ()))


def test_who_is_on_the_list_says_who_may_be_shown_as_performer_without_their_place(family: Town) -> None:
    performing(family, "plan", "wife")
    release = partial(
        family.of_list, operation="$release-performers", name="Patient/wife", named=("Organization/other",)
    )
    assert shown(family, COLLEAGUE, "plan") == []
    assert refused(family, partial(release, COLLEAGUE)).kind == "forbidden"
    assert refused(family, partial(release, LEAD)).kind == "not-found"
    release(P)
    assert shown(family, COLLEAGUE, "plan") == [ref("Organization/other")], "and not what is said of it"
    assert family.search(P, "CarePlan", ("performer", "Organization/other")) == []


def test_a_performer_is_shown_where_each_protection_of_each_person_has_released_them(family: Town) -> None:
    family.write(P, patient("niece"))
    performing(family, "plan", "wife", "niece")
    family.of_list(P, "$release-performers", "Patient/wife", named=("Organization/other",))
    assert shown(family, COLLEAGUE, "plan") == [ref("Organization/other")]
    family.protect(P, "Patient/niece", "Practitioner/p")
    assert shown(family, COLLEAGUE, "plan") == [], "the niece's list has not"
    family.of_list(P, "$release-performers", "Patient/niece", named=("Organization/other",))
    assert shown(family, COLLEAGUE, "plan") == [ref("Organization/other")]
    later(family)
    assert shown(family, COLLEAGUE, "plan") == [], "nor has a further protection"


def test_what_is_released_is_shown_as_performer_alone(family: Town) -> None:
    family.of_list(P, "$release-performers", "Patient/child", named=("Organization/other",))
    family.write(P, patient("child", managingOrganization=ref("Organization/other")) | {"meta": {"versionId": "2"}})
    assert "managingOrganization" not in family.read(COLLEAGUE, "Patient/child")


def test_who_may_not_read_the_person_is_answered_no_more_than_that_it_is_done(family: Town) -> None:
    id = later(family)
    done = family.of_list(Q, "$extend-protection", "Patient/wife", named=("Organization/council",))
    done += family.of_list(LEAD, "$confirm-protection", "Patient/wife", id=id)
    done += family.of_list(LEAD, "$lift-protection", "Patient/wife", id=id, heard="異存はない")
    for each in done:
        number = str(each.version.number)
        key = {"resourceType": "Patient", "id": "wife", "meta": {"versionId": number}}
        assert orjson.loads(each.version.body) == key
    (mine,) = family.lift(P, "Patient/wife")
    assert "address" in orjson.loads(mine.version.body)


def test_nobody_learns_by_a_missing_reason_whether_there_is_such_a_person(family: Town) -> None:
    told = [refused(family, partial(family.lift, Q, name, " ")).issues for name in ("Patient/wife", "Patient/none")]
    assert told[0] == told[1]


def test_who_is_on_the_list_already_is_not_put_there_twice(family: Town) -> None:
    before = labels(family, "Patient/wife")
    extend(family, P, "Practitioner/p")
    assert labels(family, "Patient/wife") == before
    release = partial(family.of_list, P, "$release-performers", "Patient/wife", named=("Organization/other",))
    release()
    release()
    assert where(labels(family, "Patient/wife")[0], "released-performer") == ["Organization/other"]
