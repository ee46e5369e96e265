"""R40: which two records are of one person whom two agencies support without knowing of each other, as they lie."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import pytest

from consent import overlapping
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.overlapping import Told
from consent.verdict import Verdict
from profiles.spec import Spec
from resources import sheet_member
from tests.laws.worlds import V3, concept, index, own, ref
from tests.unit.consent.people import CENTER, NOW
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import OTHER, THIRD

Json = dict[str, Any]

CALLED: Json = {"name": [{"text": "水無瀬 花子", "family": "水無瀬", "given": ["花子"]}], "gender": "female"}
CALLED |= {"birthDate": "1980-01-01"}
PAIR = ("Patient/a", "Patient/b")
SECRET: Json = {"meta": {"security": [own("secrecy-label", "address-secret")]}}


def person(id: str, **changes: Any) -> Json:
    return {"resourceType": "Patient", "id": id} | CALLED | changes


def coordinator(id: str = "co", **changes: Any) -> Json:
    post: Json = {"resourceType": "PractitionerRole", "id": id, "organization": ref("Organization/council")}
    return post | {"code": [concept("role", "coordinator")]} | changes


@pytest.fixture
def gate(lying: Lying, spec: Spec) -> Gate:
    """Two agencies keep a record of one person each, and there is a coordinator."""
    lying.put(person("b"), keeper=OTHER)
    lying.put(person("a"), coordinator())
    return Gate(PolicyEngine.of(lying.store, spec, index()))


def found(lying: Lying, gate: Gate, after: str = "") -> list[tuple[str, str]]:
    return lying.runner.run(overlapping.found(gate, after))[0]


def tell(lying: Lying, gate: Gate, pair: tuple[str, str] = PAIR) -> Told:
    do = partial(overlapping.tell, pair=pair)
    return lying.runner.run(gate.operate(overlapping.server(NOW), (overlapping.NAME, *pair), do))


def told(lying: Lying, gate: Gate) -> bool:
    """Whether the coordinator is told of the pair: what is found is what is told."""
    pairs, letters = found(lying, gate), tell(lying, gate).told
    assert pairs == ([PAIR] if letters else [])
    return bool(letters)


# --- the letter ------------------------------------------------------------------------------------------------------


def test_every_coordinator_is_told_in_one_letter_that_is_no_agency_s(lying: Lying, gate: Gate) -> None:
    lying.put(coordinator("a"), coordinator("gone", active=False), coordinator("x", code=[concept("role", "officer")]))
    lying.put({**coordinator("c"), "resourceType": "CareTeam"})
    done = tell(lying, gate)
    assert (done.action, done.decision.allowed) == ("create", True)
    assert [(each.id, each.effect) for each in done.decision.rules] == [("R40", "permit")]
    (letter,) = done.told
    said = orjson.loads(letter.body)
    words, *named = (each["contentString"] for each in said.pop("payload"))
    assert "neither was told" in words
    assert named == [f"{CENTER}: Patient/a", f"{OTHER}: Patient/b"]
    assert (said.pop("id"), said.pop("meta")["versionId"], said.pop("sent")) == (letter.id, "1", letter.since)
    assert said == {
        "resourceType": "Communication",
        "status": "completed",
        "category": [concept("communication-category", "overlap-notice")],
        "about": [ref(each) for each in PAIR],
        "recipient": [ref("PractitionerRole/a"), ref("PractitionerRole/co")],
    }
    assert not any(one.startswith((".custodian", ".author")) for one in letter.terms)
    assert tell(lying, gate).told == ()
    assert found(lying, gate) == []


def test_who_tells_is_nobody_for_no_agency() -> None:
    server = overlapping.server(NOW)
    assert (server.client, server.person, server.organization, server.scopes) == ("server", "", "", ())
    assert (server.now, server.request) == (NOW, "overlap")


def test_where_no_coordinator_holds_a_post_nobody_is_told(lying: Lying, gate: Gate) -> None:
    lying.put(coordinator(period={"end": "2026-11-22"}))
    assert tell(lying, gate).told == ()
    lying.put(coordinator(period={"end": "2026-11-23"}))
    assert len(tell(lying, gate).told) == 1


# --- who is one person -----------------------------------------------------------------------------------------------


def test_the_other_agencies_are_looked_for_and_not_one_s_own(lying: Lying, gate: Gate) -> None:
    lying.put(person("own"))
    lying.put(person("of-nobody"), keeper="")
    lying.now += timedelta(minutes=1)
    lying.put(person("c"), keeper=THIRD)
    assert set(found(lying, gate)) == {
        PAIR,
        ("Patient/b", "Patient/own"),
        *(tuple(sorted(("Patient/c", f"Patient/{one}"))) for one in ("a", "b", "own")),
    }
    assert tell(lying, gate, ("Patient/a", "Patient/own")).told == ()


def test_of_whom_nobody_keeps_nobody_is_told(lying: Lying, gate: Gate) -> None:
    lying.put(person("a"), keeper="")
    assert found(lying, gate) == []


def test_the_pairs_of_a_person_are_told_in_the_order_in_which_they_were_first_written(lying: Lying, gate: Gate) -> None:
    end = lying.runner.run(overlapping.end(gate))
    lying.put(person("z"), keeper=THIRD)
    assert found(lying, gate, end) == [("Patient/b", "Patient/z"), ("Patient/a", "Patient/z")]


@pytest.mark.parametrize("name", PAIR)
def test_who_is_deleted_is_no_pair(lying: Lying, gate: Gate, name: str) -> None:
    lying.delete(name)
    assert not told(lying, gate)


def test_who_was_deleted_and_lies_there_again_is_one(lying: Lying, gate: Gate) -> None:
    lying.delete("Patient/a")
    lying.put(person("a"))
    assert told(lying, gate)


@pytest.mark.parametrize(("name", "keeper"), [("a", CENTER), ("b", OTHER)])
def test_of_who_is_protected_by_whichever_name_nobody_is_told(lying: Lying, gate: Gate, name: str, keeper: str) -> None:
    merged: Json = {"resourceType": "Task", "id": "m", "status": "completed", "code": concept("task-code", "merge")}
    merged |= {"for": ref("Patient/z"), "focus": ref(f"Patient/{name}")}
    lying.put(person("z", birthDate="1970-01-01") | SECRET, keeper=keeper)
    assert found(lying, gate) == [PAIR]
    lying.put(merged, judged=Verdict(True, noted=frozenset({f".same Patient/{name}", ".same Patient/z"})))
    assert not told(lying, gate)


@pytest.mark.parametrize(("name", "keeper"), [("a", CENTER), ("b", OTHER)])
def test_of_who_is_protected_themselves_nobody_is_told(lying: Lying, gate: Gate, name: str, keeper: str) -> None:
    lying.put(person(name) | SECRET, keeper=keeper)
    assert not told(lying, gate)


def test_what_is_very_restricted_protects_no_place(lying: Lying, gate: Gate) -> None:
    lying.put(person("a", meta={"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}))
    assert told(lying, gate)


def test_of_who_lies_nowhere_nobody_is_told(lying: Lying, gate: Gate) -> None:
    assert tell(lying, gate, ("Patient/a", "Patient/none")).told == ()


@pytest.mark.parametrize("changes", [{"birthDate": "1980-01-02"}, {"gender": "male"}])
def test_who_is_not_certainly_the_same_by_either_record_is_no_pair(lying: Lying, gate: Gate, changes: Json) -> None:
    lying.put(person("a", **changes))
    assert not told(lying, gate)


@pytest.mark.parametrize(("name", "keeper"), [("a", CENTER), ("b", OTHER)])
def test_of_a_record_that_is_in_use_no_more_nobody_is_told(lying: Lying, gate: Gate, name: str, keeper: str) -> None:
    lying.put(person(name, active=False), keeper=keeper)
    assert tell(lying, gate).told == ()


def test_who_has_another_name_and_an_infant_without_one_is_no_pair(lying: Lying, gate: Gate) -> None:
    lying.put(person("a", name=[{"text": "水無瀬 月子", "family": "水無瀬", "given": ["月子"]}]))
    assert not told(lying, gate)
    unnamed = [{"text": sheet_member.UNNAMED, "family": "水無瀬", "given": ["子"]}, {"text": "別名"}]
    lying.put(person("a", name=unnamed))
    lying.put(person("b", name=unnamed), keeper=OTHER)
    assert found(lying, gate) == []
    nameless = {key: said for key, said in person("a").items() if key != "name"}
    lying.put(nameless)
    assert found(lying, gate) == []


def test_a_household_with_the_number_of_a_person_is_no_person(lying: Lying, gate: Gate) -> None:
    number = {"identifier": [{"system": "urn:number", "value": "1"}]}
    lying.put(person("c", birthDate="1990-01-01", **number))
    lying.put({"resourceType": "Group", "id": "g", **number}, keeper=OTHER)
    assert found(lying, gate) == [PAIR]
    lying.put(person("d", birthDate="1990-01-01", name=[{"text": "別"}], **number), keeper=OTHER)
    assert found(lying, gate) == [PAIR, ("Patient/c", "Patient/d")]


def test_of_whom_there_are_too_many_alike_nobody_is_certain(lying: Lying, gate: Gate) -> None:
    lying.put(*(person(f"m{n}", name=[{"text": f"別{n}"}]) for n in range(197)), keeper=OTHER)
    end = lying.runner.run(overlapping.end(gate))
    lying.put(person("z"), keeper=THIRD)
    assert len(found(lying, gate, end)) == 2, "of these two hundred it is certain"
    lying.put(person("m", name=[{"text": "別"}]), keeper=OTHER)
    assert found(lying, gate, end) == []
    lying.put(person("z", birthDate="1980-01-02"), person("y", birthDate="1980-01-02"), keeper=THIRD)
    end = lying.runner.run(overlapping.end(gate))
    lying.put(person("x", birthDate="1980-01-02"))
    assert len(found(lying, gate, end)) == 2, "of another birth date there are few"


def test_it_goes_on_from_where_it_came_to(lying: Lying, gate: Gate) -> None:
    pairs, after = lying.runner.run(overlapping.found(gate, ""))
    assert pairs == [PAIR]
    assert lying.runner.run(overlapping.found(gate, after)) == ([], after)
    lying.put(person("z"), keeper=THIRD)
    again, later = lying.runner.run(overlapping.found(gate, after))
    assert (len(again), later != after) == (2, True)


# --- who knows of whom -----------------------------------------------------------------------------------------------


def test_who_merged_them_knows_of_both(lying: Lying, gate: Gate) -> None:
    merged: Json = {"resourceType": "Task", "id": "m", "status": "completed", "code": concept("task-code", "merge")}
    merged |= {"for": ref("Patient/b"), "focus": ref("Patient/a")}
    lying.put(merged, judged=Verdict(True, noted=frozenset({".same Patient/a", ".same Patient/b"})))
    assert not told(lying, gate)


REQUEST: Json = {"resourceType": "Task", "id": "r", "status": "completed", "for": ref("Patient/b")}


def asked(*terms: str, counts: bool = True) -> Verdict:
    return Verdict(counts, noted=frozenset(terms))


@pytest.mark.parametrize(
    ("changes", "judged", "known"),
    [
        ({}, asked(f".between {CENTER}", f".between {OTHER}"), True),
        ({"for": ref("Patient/a")}, asked(f".between {CENTER}", f".between {OTHER}"), True),
        ({}, asked(f".above {CENTER}", f".between {OTHER}", f".between {THIRD}"), True),
        ({}, asked(f".above {CENTER}", f".above {OTHER}", f".between {THIRD}"), True),
        ({}, asked(f".between {CENTER}", f".between {OTHER}", counts=False), False),
        ({}, asked(f".between {CENTER}", f".between {THIRD}"), False),
        ({}, asked(f".above {OTHER}", f".between {THIRD}"), False),
        ({"for": ref("Patient/c")}, asked(f".between {CENTER}", f".between {OTHER}"), False),
        ({"resourceType": "Communication"}, asked(f".between {CENTER}", f".between {OTHER}"), False),
    ],
)
def test_agencies_know_of_each_other_by_a_request_about_the_person(
    lying: Lying, gate: Gate, changes: Json, judged: Verdict, known: bool
) -> None:
    lying.put(REQUEST | changes, judged=judged)
    assert told(lying, gate) != known


HOUSE: Json = {"resourceType": "Group", "id": "g", "member": [{"entity": ref("Patient/b")}]}
TEAM: Json = {"resourceType": "CareTeam", "id": "t", "status": "active", "subject": ref("Group/g")}
TEAM |= {"category": [concept("record-category", "case-team")]}
TEAM |= {"participant": [{"member": ref(OTHER)}]}


@pytest.mark.parametrize(
    ("changes", "keeper", "known"),
    [
        ({}, CENTER, True),
        ({"participant": [{"member": ref(OTHER)}, {"member": ref(CENTER)}]}, THIRD, True),
        ({"participant": [{"member": ref("PractitionerRole/q"), "onBehalfOf": ref(OTHER)}]}, CENTER, True),
        ({}, THIRD, False),
        ({"participant": [{"member": ref(THIRD)}]}, CENTER, False),
        ({"status": "inactive"}, CENTER, False),
        ({"category": [concept("record-category", "standing-roster")]}, CENTER, False),
        ({"subject": ref("Group/h")}, CENTER, False),
        ({"resourceType": "Task", "status": "accepted"}, CENTER, False),
    ],
)
def test_they_know_of_each_other_by_a_team_of_the_household(
    lying: Lying, gate: Gate, changes: Json, keeper: str, known: bool
) -> None:
    lying.put(HOUSE)
    lying.put(TEAM | changes, keeper=keeper)
    assert told(lying, gate) != known


def test_of_a_household_that_the_person_is_not_in_the_team_tells_nothing(lying: Lying, gate: Gate) -> None:
    lying.put(HOUSE | {"member": [{"entity": ref("Patient/c")}]}, TEAM)
    assert told(lying, gate)


def test_a_household_of_the_other_record_is_one_too(lying: Lying, gate: Gate) -> None:
    lying.put(HOUSE | {"member": [{"entity": ref("Patient/a")}]}, TEAM)
    assert not told(lying, gate)
