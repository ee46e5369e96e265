"""$protect and $lift-protection: who sets and lifts the protection of a place, and on whom it lies (D1)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import pytest

from consent.actor import Scope
from consent.acts.declaring_conflict import Conflict
from consent.acts.declaring_conflict import declared as against_staff
from consent.acts.protecting import Protect
from consent.acts.protection_list import OfList
from consent.secrecy import protection
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, household, patient

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
PLACE = "山陽町三丁目九番地"
LABEL = own("secrecy-label", "address-secret")
Json = dict[str, Any]


@pytest.fixture
def family(town: Town) -> Town:
    """A wife, a child and a husband of one household, kept by p's agency."""
    town.write(P, *(patient(one, address=[{"text": PLACE}]) for one in ("wife", "child", "husband")))
    town.write(P, household("wife", "child", "husband"))
    town.write(P, case(), concern("c", "wife"))
    return town


def refused(town: Town, do: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        do()
    return caught.value


def labels(town: Town, name: str) -> list[Json]:
    (found,) = [row for row in town.stored("Patient") if row.reference == name]
    return list(orjson.loads(found.body)["meta"].get("security", ()))


def where(label: Json, part: str) -> list[Any]:
    said = [each for each in label["extension"] if each["url"].endswith(f"/{part}")]
    return [each.get("valueId") or each.get("valueUri") or each["valueReference"]["reference"] for each in said]


def test_one_protection_with_one_id_lies_on_each_who_shares_the_dwelling(family: Town) -> None:
    family.protect(P, "Patient/wife", "Organization/other", shares=("Patient/child",), against=("Patient/husband",))
    (wife,), (child,) = labels(family, "Patient/wife"), labels(family, "Patient/child")
    assert wife == child
    assert where(wife, "disclosable-to") == ["Organization/other"]
    assert where(wife, "protected-against") == ["Patient/husband"]
    assert labels(family, "Patient/husband") == []
    (stored,) = [row for row in family.stored("Patient") if row.reference == "Patient/wife"]
    assert ".subject Patient/husband" not in stored.terms, "nobody is asked for her record but herself"
    for name in ("Patient/wife", "Patient/child"):
        assert "address" not in family.read(P, name)
    assert "address" in family.read(P, "Patient/husband")


def test_a_protection_names_somebody_and_says_of_each_member_whether_they_share_the_dwelling(family: Town) -> None:
    nobody = refused(family, lambda: family.protect(P, "Patient/wife"))
    assert (nobody.kind, nobody.rules) == ("business-rule", ("D1",))
    half = refused(family, lambda: family.protect(P, "Patient/wife", "Organization/other", shares=("Patient/x",)))
    assert half.kind == "business-rule"
    unknown = refused(family, lambda: family.protect(P, "Patient/wife", "Organization/nowhere"))
    assert unknown.kind == "invalid"
    husband = ("Patient/husband",)
    lives = refused(
        family, lambda: family.protect(P, "Patient/wife", "Organization/other", shares=husband, against=husband)
    )
    assert lives.kind == "business-rule"
    assert labels(family, "Patient/wife") == []


def test_it_is_set_by_who_keeps_or_cares_for_the_person_and_by_the_lead_section_and_by_nobody_else(
    family: Town,
) -> None:
    assert refused(family, lambda: family.protect(Q, "Patient/wife", "Organization/other")).kind == "not-found"
    assert refused(family, lambda: family.protect(Q, "Patient/none", "Organization/other")).kind == "not-found"
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order"}
    task |= {"for": ref("Patient/wife"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    family.write(P, task)
    # Who is asked sees the card of the person, and may do nothing yet.
    assert refused(family, lambda: family.protect(Q, "Patient/wife", "Organization/other")).kind == "forbidden"
    family.write(Q, task | {"status": "accepted", "meta": {"versionId": "1"}})
    family.run(family.gate.protect(Q, _asked("Patient/wife", "Organization/other")))
    family.run(family.gate.protect(LEAD, _asked("Patient/husband", "Organization/lead")))
    assert len(labels(family, "Patient/wife")) == len(labels(family, "Patient/husband")) == 1


def _asked(patient: str, *named: str, against: tuple[str, ...] = ()) -> Protect:
    """What one asks who does not see the household."""
    return Protect(patient, {"system": LABEL["system"], "code": LABEL["code"]}, named, against=against)


def test_who_is_against_the_person_by_any_protection_sets_and_lifts_none(family: Town) -> None:
    family.run(family.gate.protect(LEAD, _asked("Patient/wife", "Organization/center", against=("Practitioner/p",))))
    against = refused(family, lambda: family.protect(P, "Patient/wife", "Organization/other"))
    assert against.kind == "not-found"
    assert refused(family, lambda: family.lift(P, "Patient/wife")).kind == "not-found"
    again = refused(
        family, lambda: family.protect(P, "Patient/child", "Organization/other", against=("Practitioner/p",))
    )
    assert again.kind == "forbidden"


def test_a_member_of_staff_whom_it_is_against_is_in_conflict_with_everybody_on_whom_it_lies(family: Town) -> None:
    """D1 with D2: what they may do with the person's records ends at once, under every post."""
    asked = _asked("Patient/wife", "Organization/center", against=("Practitioner/p",))
    family.run(family.gate.protect(LEAD, asked))
    (flag,) = [orjson.loads(each.body) for each in family.stored("Flag")]
    assert flag["subject"] == ref("Patient/wife")
    assert flag["extension"][0]["valueReference"] == ref("Practitioner/p")
    assert refused(family, lambda: family.read(P, "Condition/c")).kind == "not-found"
    family.delete(P, "Condition/c")
    assert not any(each.deleted for each in family.stored("Condition")), "nothing is there for them to delete"
    assert family.read(LEAD, flag["resourceType"] + "/" + flag["id"])["status"] == "active"


def test_who_is_in_conflict_with_the_person_extends_lifts_and_sets_nothing(family: Town) -> None:
    family.protect(P, "Patient/wife", "Organization/center")
    (label,) = labels(family, "Patient/wife")
    declared = Conflict("Practitioner/p", ("Patient/wife",))
    family.run(family.gate.operate(LEAD, ("$declare-conflict",), lambda unit: against_staff(unit, declared)))
    id = protection.id_of(label)
    theirs = OfList("Patient/wife", "急ぐ", id=id, named=("Organization/other",))
    for operation in ("$extend-protection", "$lift-protection"):
        assert refused(family, lambda op=operation: family.run(family.gate.of_list(P, op, theirs))).kind == "not-found"
    assert refused(family, lambda: family.protect(P, "Patient/wife", "Practitioner/p")).kind == "not-found"
    other = Conflict("Practitioner/q", ("Patient/wife",))
    said = lambda: family.run(family.gate.operate(P, ("$declare-conflict",), lambda unit: against_staff(unit, other)))  # noqa: E731
    assert refused(family, said).kind == "not-found"


def test_a_label_is_nothing_that_a_client_writes_or_takes_away(family: Town) -> None:
    """S8 and S9 of the findings."""
    mine = LABEL | {"extension": [extension("disclosable-to", valueReference=ref("Practitioner/p"))]}
    changes = [
        Change("create", "Patient", "new", orjson.dumps(patient("new", meta={"security": [mine]}))),
        Change("update", "Patient", "wife", orjson.dumps(patient("wife", meta={"security": [mine]}))),
    ]
    for change in changes:
        problem = refused(family, partial(family.commit, P, change))
        assert problem.kind == "business-rule"
        assert "$protect" in problem.issues[0].text
        assert problem.issues[0].at == "Patient.meta.security"
    family.protect(P, "Patient/wife", "Organization/other")
    problem = refused(family, partial(family.commit, P, changes[1]))
    assert problem.kind == "business-rule"
    shown = family.read(P, "Patient/wife")
    rest = {key: value for key, value in shown.items() if key != "meta"}
    for labelled in (rest, rest | {"meta": {"security": [{"system": "urn:s", "code": "N"}]}}):
        family.commit(P, Change("update", "Patient", "wife", orjson.dumps(labelled)))
        assert [each["code"] for each in labels(family, "Patient/wife") if each["code"] == "address-secret"]
        assert "address" not in family.read(P, "Patient/wife")


def test_a_label_survives_an_update_without_meta_by_an_officer_who_is_named(family: Town) -> None:
    family.protect(P, "Patient/wife", "Organization/center")
    assert family.read(P, "Patient/wife")["address"] == [{"text": PLACE}]
    family.commit(P, Change("update", "Patient", "wife", orjson.dumps(patient("wife", address=[{"text": "別の所"}]))))
    assert len(labels(family, "Patient/wife")) == 1
    assert refused(family, lambda: family.read(Q, "Patient/wife")).kind == "not-found"


def test_several_protections_are_several_locks(family: Town) -> None:
    family.protect(P, "Patient/wife", "Organization/center")
    family.run(family.gate.protect(LEAD, _asked("Patient/wife", "Practitioner/lead")))
    assert "address" in family.read(P, "Patient/wife"), "the later one takes nothing until it is confirmed"
    (lock,) = [
        each for each in labels(family, "Patient/wife") if where(each, "disclosable-to") == ["Practitioner/lead"]
    ]
    id = where(lock, "protection")[0]
    family.of_list(LEAD, "$confirm-protection", "Patient/wife", id=id)
    assert "address" not in family.read(P, "Patient/wife")
    family.lift(LEAD, "Patient/wife", id=id)
    assert family.read(P, "Patient/wife")["address"] == [{"text": PLACE}]


def test_it_is_lifted_by_someone_it_names_for_a_reason_that_stands_on_the_trail(family: Town) -> None:
    family.protect(P, "Patient/wife", "Organization/center", shares=("Patient/child",))
    assert refused(family, lambda: family.lift(P, "Patient/wife", " ")).kind == "business-rule"
    assert refused(family, lambda: family.lift(Q, "Patient/wife")).kind == "not-found"
    assert refused(family, lambda: family.lift(LEAD, "Patient/wife")).kind in ("not-found", "forbidden")
    family.lift(P, "Patient/wife", "加害者が転居した")
    assert labels(family, "Patient/wife") == []
    assert len(labels(family, "Patient/child")) == 1, "it ends for each by itself"
    assert "加害者が転居した" in orjson.dumps(family.trail()).decode("utf-8")


def test_the_lead_section_lifts_it_where_nobody_it_names_holds_a_post_now(family: Town) -> None:
    family.protect(P, "Patient/wife", "PractitionerRole/p")
    assert refused(family, lambda: family.lift(LEAD, "Patient/wife")).kind in ("not-found", "forbidden")
    post: Json = {"resourceType": "PractitionerRole", "id": "p", "practitioner": ref("Practitioner/p")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")], "active": False}
    family.write(INSTALLER, post | {"meta": {"versionId": "1"}})
    family.lift(LEAD, "Patient/wife")
    assert labels(family, "Patient/wife") == []


def test_a_desk_that_is_named_opens_to_who_sits_there(family: Town) -> None:
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref("Organization/center"), "healthcareService": [ref("HealthcareService/desk")]}
    family.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"}, post | {"code": [concept("role", "officer")]})
    family.protect(P, "Patient/wife", "HealthcareService/desk")
    assert "address" in family.read(actor("p2"), "Patient/wife")
    assert "address" not in family.read(P, "Patient/wife")


def test_who_joins_a_household_with_a_protected_person_gets_the_protection_unless_it_is_against_them(
    town: Town,
) -> None:
    town.write(P, *(patient(one, address=[{"text": PLACE}]) for one in ("wife", "child", "husband")))
    town.write(P, household("wife"))
    town.protect(P, "Patient/wife", "Organization/other", against=("Patient/husband",))
    town.write(P, household("wife", "child", "husband") | {"meta": {"versionId": "1"}})
    assert labels(town, "Patient/child") == labels(town, "Patient/wife")
    assert labels(town, "Patient/husband") == []
    assert town.search(P, "Patient", ("address", PLACE)) == ["Patient/husband"]


def test_nobody_becomes_the_writer_of_a_text_by_protecting(family: Town) -> None:
    town = family
    town.write(
        P, patient("new", contact=[{"name": {"text": "x"}, "gender": "male", "relationship": [{"text": PLACE}]}])
    )
    town.run(town.gate.protect(LEAD, _asked("Patient/new", "Organization/other")))
    (stored,) = [row for row in town.stored("Patient") if row.reference == "Patient/new"]
    assert ".masked yes" in stored.terms
    assert PLACE in orjson.dumps(town.read(P, "Patient/new")).decode("utf-8"), "who wrote it still does"


def test_terms_change_in_the_transaction_of_protecting_and_of_lifting(family: Town) -> None:
    family.write(P, concern("d", "wife", note=[{"text": PLACE}], onsetString=PLACE))

    def found(type: str, name: str, value: str) -> list[str]:
        return family.search(P, type, (name, value))

    assert found("Condition", "onset-info", PLACE) == ["Condition/d"]
    assert "Patient/wife" in found("Patient", "address", PLACE)
    family.protect(P, "Patient/wife", "Organization/center")
    assert found("Condition", "onset-info", PLACE) == [], "not for who is named either"
    assert "Patient/wife" not in found("Patient", "address", PLACE)
    assert "Condition/d" in found("Condition", "subject", "Patient/wife")
    family.lift(P, "Patient/wife")
    assert found("Condition", "onset-info", PLACE) == ["Condition/d"]
    assert "Patient/wife" in found("Patient", "address", PLACE)


def test_a_token_that_does_not_reach_patients_protects_nobody(family: Town) -> None:
    narrow = replace(P, scopes=(Scope("user", "Condition", frozenset("cruds")),))
    assert refused(family, lambda: family.protect(narrow, "Patient/wife", "Organization/other")).kind == "forbidden"


def test_who_is_registered_in_the_same_transaction_as_they_join_gets_it_too(town: Town) -> None:
    town.write(P, patient("wife", address=[{"text": PLACE}]))
    town.write(P, household("wife"))
    town.protect(P, "Patient/wife", "Organization/other")
    joined = household("wife", "child") | {"meta": {"versionId": "1"}}
    (group, child) = town.write(P, joined, patient("child", address=[{"text": PLACE}]))
    assert labels(town, "Patient/child") == labels(town, "Patient/wife")
    assert [each.reference for each in group.ended] == ["Patient/child"]
    assert "address" not in orjson.loads(child.version.body)
    assert town.search(P, "Patient", ("address", PLACE)) == []


def test_one_of_whom_very_much_is_recorded_is_protected_and_lifted_all_the_same(town: Town) -> None:
    """What follows from a write takes nothing of the time that its writer may hold up others for."""
    town.write(P, patient("wife"), patient("child"))
    for first in range(0, 500, 100):
        town.write(P, *(concern(f"c{number}", "wife") for number in range(first, first + 100)))
    town.protect(P, "Patient/wife", "Organization/center")
    assert all(".secluded yes" in row.terms for row in town.stored("Condition"))
    town.lift(P, "Patient/wife")
    assert not [row for row in town.stored("Condition") if ".secluded yes" in row.terms]


def test_one_of_whom_very_much_is_recorded_joins_a_household_that_is_protected(town: Town) -> None:
    town.write(P, patient("wife"), patient("child"), household("wife"))
    for first in range(0, 500, 100):
        town.write(P, *(concern(f"c{number}", "child") for number in range(first, first + 100)))
    town.protect(P, "Patient/wife", "Organization/center")
    (group,) = [orjson.loads(row.body) for row in town.stored("Group")]
    town.write(P, group | {"member": [{"entity": ref(f"Patient/{one}")} for one in ("wife", "child")]})
