"""Labels, tags and profiles stay where nothing is said of them, and only who keeps a record takes a label off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import labels
from consent.actor import Scope
from consent.duties import labels as label_duties
from consent.labels import Relabelling
from consent.views import labels_in_use
from consent.writing import precondition
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER, breaches, change
from tests.unit.consent.town import Town, actor, case, concern, coordination, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

V3 = "http://terminology.hl7.org/CodeSystem/v3-"
P, Q, CO, INSIDER = actor("p"), actor("q"), actor("co"), actor("p", "statistics")
TAG = {"system": "urn:t", "code": "a"}
OTHER_TAG = {"system": "urn:t", "code": "b"}
PROFILE = "https://tsunagu.example/fhir/StructureDefinition/x"


def level(code: str) -> Json:
    return {"system": f"{V3}Confidentiality", "code": code}


def sensitivity(code: str) -> Json:
    return {"system": f"{V3}ActCode", "code": code}


SECRET = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}
WHOLE = {"profile": [PROFILE], "security": [level("V"), sensitivity("ETH")], "tag": [TAG]}


def meta(town: Town, name: str, who: Any = P) -> Json:
    found = town.read(who, name)["meta"]
    return {key: value for key, value in found.items() if key not in ("versionId", "lastUpdated")}


def relabel(town: Town, who: Any, name: str, operation: Any, if_match: int | None = None, **asked: Any) -> Json:
    type, _, id = name.partition("/")
    only_if = Precondition(frozenset({if_match})) if if_match else precondition.NONE
    asking = Change("update", type, id, only_if=only_if, relabelling=Relabelling(operation, asked))
    (done,) = town.commit(who, asking)
    found: Json = orjson.loads(done.version.body)
    return found


def task(**elements: Any) -> Json:
    made: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
    return made | {"requester": ref("Organization/center"), "owner": ref("Organization/other")} | elements


def test_an_update_that_says_nothing_of_them_leaves_labels_tags_and_profiles(town: Town) -> None:
    town.write(P, patient("1", meta=WHOLE), concern("c", "1", meta=WHOLE))
    town.write(P, patient("1", meta={"versionId": "1"}), concern("c", "1", meta={"versionId": "1"}))
    for name in ("Patient/1", "Condition/c"):
        assert meta(town, name) == WHOLE
        assert town.read(P, name)["meta"]["versionId"] == "2"
    assert town.search(P, "Condition", ("_tag", "a"), ("_security", "V")) == ["Condition/c"]


def test_an_element_that_is_said_takes_the_place_of_what_was(town: Town) -> None:
    town.write(P, concern("c", "1", meta=WHOLE) | {"subject": {"display": "x"}})
    said = {"versionId": "1", "tag": [OTHER_TAG], "security": [level("R")]}
    town.write(P, concern("c", "1", meta=said) | {"subject": {"display": "x"}})
    assert meta(town, "Condition/c") == {"profile": [PROFILE], "security": [level("R")], "tag": [OTHER_TAG]}


def test_a_secrecy_label_survives_who_sees_the_address_and_sends_no_meta(town: Town) -> None:
    town.write(P, patient("1", address=[{"text": "南区かくれみの"}]))
    town.protect(P, "Patient/1", CENTER)
    (label,) = meta(town, "Patient/1")["security"]
    town.write(P, patient("1", meta={"versionId": "2"}))
    assert meta(town, "Patient/1") == {"security": [label]}


def test_who_brings_a_deleted_record_back_brings_its_labels_back(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1", meta=WHOLE))
    town.delete(P, "Condition/c")
    town.write(P, concern("c", "1", meta={"versionId": "2"}))
    assert meta(town, "Condition/c") == WHOLE


def test_the_owner_of_a_task_answers_and_its_labels_stand(town: Town) -> None:
    town.write(P, patient("1"), task(meta={"security": [level("V")], "tag": [TAG]}))
    town.write(Q, task(status="accepted", meta={"versionId": "1"}))
    assert meta(town, "Task/t") == {"security": [level("V")], "tag": [TAG]}
    for changed in ({"security": [level("R")]}, {"security": [level("V"), level("R")]}, {"tag": [OTHER_TAG]}):
        with pytest.raises(Problem, match="P2: only the agency that asks may change `meta"):
            town.write(Q, task(status="in-progress", meta={"versionId": "2"} | changed))
    for operation in ("$meta-delete", "$meta-add"):
        with pytest.raises(Problem, match="P2"):
            relabel(town, Q, "Task/t", operation, security=[level("V" if operation == "$meta-delete" else "R")])
    relabel(town, P, "Task/t", "$meta-delete", security=[level("V")])
    assert meta(town, "Task/t") == {"tag": [TAG]}


def test_who_may_write_a_record_of_another_agency_lowers_no_label_of_it(town: Town) -> None:
    plan = case("plan", "total-care-plan") | {"meta": {"security": [level("M"), sensitivity("ETH")]}}
    town.write(P, patient("1"), household("1"), case(), plan)
    town.write(P, coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    for said in ([level("L"), sensitivity("ETH")], [level("M")]):
        with pytest.raises(Problem, match="P1: only the agency that keeps this record") as refused:
            town.write(CO, plan | {"meta": {"versionId": "1", "security": said}})
        assert refused.value.kind == "forbidden"
        assert refused.value.issues[0].at == "CarePlan.meta.security"
        assert "管理する機関だけ" in refused.value.issues[0].ja
    with pytest.raises(Problem, match="P1"):
        relabel(town, CO, "CarePlan/plan", "$meta-delete", security=[sensitivity("ETH")])
    risen = relabel(town, CO, "CarePlan/plan", "$meta-add", security=[level("R")], tag=[TAG])
    assert risen["meta"]["security"] == [level("M"), sensitivity("ETH"), level("R")]
    town.write(CO, plan | {"meta": {"versionId": "2", "security": [level("R"), sensitivity("ETH")]}})
    town.write(P, plan | {"meta": {"versionId": "3", "security": [level("L")]}})
    assert meta(town, "CarePlan/plan")["security"] == [level("L")]


def test_adding_and_taking_off_make_a_version_only_where_something_changes(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1", meta={"tag": [TAG]}))
    again = TAG | {"display": "another word for it", "version": "2"}
    assert relabel(town, P, "Condition/c", "$meta-add", tag=[again])["meta"]["versionId"] == "1"
    assert relabel(town, P, "Condition/c", "$meta-delete", tag=[OTHER_TAG])["meta"]["versionId"] == "1"
    added = relabel(town, P, "Condition/c", "$meta-add", tag=[again, OTHER_TAG, OTHER_TAG], profile=[PROFILE])
    assert added["meta"]["versionId"] == "2"
    assert (added["meta"]["tag"], added["meta"]["profile"]) == ([TAG, OTHER_TAG], [PROFILE])
    assert added["code"] == concern("c", "1")["code"]
    gone = relabel(town, P, "Condition/c", "$meta-delete", tag=[again, OTHER_TAG])
    assert "tag" not in gone["meta"]
    assert meta(town, "Condition/c") == {"profile": [PROFILE]}
    assert town.search(P, "Condition", ("_tag", "b")) == []
    assert [event["entity"][-1]["name"] for event in town.trail()[-4:-2]] == ["$meta-add", "$meta-delete"]


def test_the_version_it_rests_on_is_asked(town: Town) -> None:
    town.write(P, patient("1"))
    with pytest.raises(Problem, match="current version"):
        relabel(town, P, "Patient/1", "$meta-add", if_match=7, tag=[TAG])
    assert relabel(town, P, "Patient/1", "$meta-add", if_match=1, tag=[TAG])["meta"]["versionId"] == "2"


def test_what_is_not_for_the_caller_is_not_there_and_what_was_deleted_is_gone(town: Town) -> None:
    town.write(P, patient("1"), concern("c", "1"))
    for who, name in (
        (Q, "Patient/1"),
        (P, "Patient/none"),
        (INSIDER, "Patient/1"),
    ):
        with pytest.raises(Problem) as refused:
            relabel(town, who, name, "$meta-add", tag=[TAG])
        assert refused.value.kind == "not-found"
    town.delete(P, "Condition/c")
    with pytest.raises(Problem) as refused:
        relabel(town, P, "Condition/c", "$meta-add", tag=[TAG])
    assert refused.value.kind == "deleted"
    reading = replace(P, scopes=(Scope("user", "*", frozenset("rs")),))
    with pytest.raises(Problem, match="scope"):
        relabel(town, reading, "Patient/1", "$meta-add", tag=[TAG])


@pytest.mark.parametrize("operation", ["$meta-add", "$meta-delete"])
@pytest.mark.parametrize("label", [SECRET, sensitivity("SDV")])
def test_that_somebody_is_protected_is_no_label_to_be_added_or_taken_off(
    operation: Any, label: Json, town: Town
) -> None:
    town.write(P, patient("1", meta={"security": [label]}), concern("c", "1", meta={"security": [sensitivity("SDV")]}))
    with pytest.raises(Problem, match=r"D1: .*\$protect.*\$lift-protection") as refused:
        relabel(town, P, "Patient/1", operation, security=[label])
    assert refused.value.kind == "business-rule"
    with pytest.raises(Problem) as unseen:
        relabel(town, Q, "Patient/1", operation, security=[label])
    assert unseen.value.kind == "not-found"


def test_labelling_a_consent_ends_no_other(town: Town) -> None:
    town.write(P, patient("1"))
    town.sign(P, consent("a"))
    town.sign(P, consent("b"))
    relabel(town, P, "Consent/a", "$meta-add", tag=[TAG])
    assert town.read(P, "Consent/b")["status"] == "active"


def test_what_is_in_use_is_told_of_what_one_may_find_alone(town: Town) -> None:
    town.write(P, patient("1", meta={"tag": [TAG]}), concern("c", "1", meta=WHOLE))
    hidden = [{"system": "urn:t", "code": "of somebody protected"}]
    town.write(P, patient("3", meta={"security": [SECRET], "tag": hidden}), concern("d", "3", meta={"tag": hidden}))
    town.write(Q, patient("2", meta={"tag": [OTHER_TAG]}))

    def told(who: Any, type: str = "") -> Json:
        asked = labels_in_use.of_type(town.gate, who, type) if type else labels_in_use.of_system(town.gate, who)
        return town.run(asked)

    assert told(P) == {"profile": [PROFILE], "security": [sensitivity("ETH"), level("V")], "tag": [TAG]}
    assert told(P, "Patient") == {"tag": [TAG]}
    assert told(Q) == {"tag": [OTHER_TAG]}
    assert told(Q, "Condition") == {}
    narrow = replace(P, scopes=(Scope("user", "Patient", frozenset("rs")),))
    assert told(narrow) == {"tag": [TAG]}
    with pytest.raises(Problem, match="scope"):
        told(narrow, "Condition")


def test_confidentiality_may_rise_and_not_fall() -> None:
    def duty(before: list[Json], after: list[Json], custodian: str = "Organization/other") -> list[str]:
        one, other = ({"resourceType": "CarePlan", "meta": {"security": each}} for each in (before, after))
        return breaches(label_duties.lowered_by_custodian, change(one, other, custodian=custodian))

    rising = [level(code) for code in "ULMNRV"]
    for lower, low in enumerate(rising):
        for higher, high in enumerate(rising):
            assert duty([low], [high]) == ([] if lower <= higher else ["P1!"])
            assert duty([low], [high], CENTER) == []
    assert duty([level("R")], []) == ["P1!"]
    assert duty([level("R"), sensitivity("ETH")], [level("V")]) == ["P1!"]
    assert duty([level("R")], [level("R"), sensitivity("ETH")]) == []
    assert duty([SECRET], [SECRET | {"extension": [{"url": "urn:x"}]}]) == ["P1!"]
    assert duty([], [level("V")]) == []


def test_a_writer_loses_no_label_that_was_not_shown() -> None:
    had = {"security": [SECRET, level("R")], "tag": [TAG]}
    shown = {"security": [level("R")]}
    assert labels.kept(had, shown, {"security": [level("N")]}, {"security": [level("N")]}) == {
        "security": [level("N"), SECRET],
        "tag": [TAG],
    }
    assert labels.kept(had, shown, {}, {}) == had


def test_a_record_is_given_so_many_labels_and_no_more(town: Town) -> None:
    many = [{"system": "urn:t", "code": str(each)} for each in range(labels.MOST)]
    town.write(P, patient("1"))
    relabel(town, P, "Patient/1", "$meta-add", tag=many)
    with pytest.raises(Problem, match="at most") as refused:
        relabel(town, P, "Patient/1", "$meta-add", tag=[TAG])
    assert refused.value.issues[0].at == "Parameters.parameter.valueMeta.tag"
    assert len(meta(town, "Patient/1")["tag"]) == len(many)


def test_only_a_label_of_secrecy_speaks_of_a_protection() -> None:
    secret = {"system": "https://tsunagu.example/fhir/CodeSystem/secrecy-label", "code": "address-secret"}
    for operation in ("$meta-add", "$meta-delete"):
        assert not Relabelling(operation, {"security": [level("V")], "tag": [secret]}).protects
        assert Relabelling(operation, {"security": [level("V"), sensitivity("SDV")]}).protects


def test_a_label_of_another_system_is_another_and_what_is_said_again_is_there_once() -> None:
    other = {"system": "urn:u", "code": "a"}
    assert Relabelling("$meta-add", {"tag": [other]}).of({"tag": [TAG]}) == {"tag": [TAG, other]}
    assert Relabelling("$meta-delete", {"tag": [other]}).of({"tag": [TAG]}) == {"tag": [TAG]}
    had = {"tag": [TAG, OTHER_TAG]}
    assert labels.kept(had, {}, {"tag": [TAG]}, {"tag": [TAG]}) == {"tag": [TAG, OTHER_TAG]}
    assert labels.kept(had, had, {"tag": []}, {"tag": []}) == {}
