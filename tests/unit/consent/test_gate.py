"""The only door: what is read, searched, looked back at and written through it, and what is put on the trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from fhir.resources.R4B.auditevent import AuditEvent

from consent.actor import Scope
from consent.gate import Gate
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change
from resources.record import validate
from resources.record.problem import Problem
from tests.laws.worlds import extension, own, ref
from tests.unit.consent.people import NOBODY, OFFICER
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient

P, Q = actor("p"), actor("q")
PLACE = "山陽町三丁目"
SECRET = {"security": [own("secrecy-label", "address-secret")]}


def refused(town: Town, what: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        town.run(what)
    return caught.value


def events(town: Town) -> list[dict[str, Any]]:
    return town.trail()


def test_what_is_written_is_read_by_its_agency_and_by_nobody_else(town: Town) -> None:
    town.write(P, patient("1"))
    assert town.read(P, "Patient/1")["meta"]["versionId"] == "1"
    invisible = refused(town, town.gate.read(Q, "Patient", "1"))
    absent = refused(town, town.gate.read(Q, "Patient", "2"))
    assert invisible.kind == absent.kind == "not-found"
    assert [issue.text.replace("/1", "/2") for issue in invisible.issues] == [issue.text for issue in absent.issues]
    assert town.search(P, "Patient") == ["Patient/1"]
    assert town.search(Q, "Patient") == []


def test_no_more_is_written_at_once_than_others_wait_for(town: Town) -> None:
    gate = Gate(town.gate.engine, most=2)
    asked = [Change("create", "Patient", each["id"], orjson.dumps(each)) for each in map(patient, ("1", "2", "3"))]
    assert len(town.run(gate.commit(P, asked[:2]))) == 2
    too_many = refused(town, gate.commit(P, [replace(each, id=f"{each.id}-again") for each in asked]))
    assert too_many.kind == "too-costly"
    assert "TSUNAGU_TRANSACTION_LIMIT" in too_many.issues[0].text
    assert sorted(town.search(P, "Patient")) == ["Patient/1", "Patient/2"]


def test_nobody_reads_the_directory_and_is_asked_to_sign_in_for_the_rest(town: Town) -> None:
    assert town.read(NOBODY, "Organization/center")["name"] == "center"
    assert refused(town, town.gate.read(NOBODY, "Patient", "1")).kind == "login"
    before = len(events(town))
    assert len(town.search(NOBODY, "Organization")) == 4
    assert town.search(NOBODY, "Organization", ("_id", "none")) == []
    assert len(events(town)) == before


def test_a_scope_is_asked_before_existence(town: Town) -> None:
    narrow = replace(P, scopes=(Scope("user", "Condition", frozenset("rs")),))
    assert refused(town, town.gate.read(narrow, "Patient", "none")).kind == "forbidden"
    assert (
        refused(
            town, town.gate.commit(narrow, [Change("create", "Condition", "1", orjson.dumps(concern("1", "1")))])
        ).kind
        == "forbidden"
    )


def test_pages_are_full_and_the_total_is_exact(town: Town) -> None:
    town.write(P, *(patient(str(n)) for n in range(5)))
    town.write(Q, *(patient(f"q{n}") for n in range(3)))
    first = town.page(P, "Patient", ("_count", "2"))
    second = town.page(P, "Patient", ("_count", "2"), after=first.next)
    last = town.page(P, "Patient", ("_count", "2"), after=second.next)
    assert [len(page.versions) for page in (first, second, last)] == [2, 2, 1]
    assert {page.total for page in (first, second, last)} == {5}
    assert last.next == ""
    counted = town.page(P, "Patient", ("_summary", "count"))
    assert (counted.total, list(counted.versions)) == (5, [])


def test_history_shows_each_version_as_its_own_envelope_allows(town: Town) -> None:
    town.write(P, patient("1", gender="female"))
    town.write(P, patient("1", gender="male", meta={"versionId": "1"}))
    page = town.run(town.gate.history(P, "Patient", "1", 1))
    assert ([row.number for row in page.versions], page.total) == ([2], 2)
    rest = town.run(town.gate.history(P, "Patient", "1", 5, page.next))
    assert [row.number for row in rest.versions] == [1]
    assert town.read(P, "Patient/1", 1)["gender"] == "female"
    assert refused(town, town.gate.history(Q, "Patient", "1", 5)).kind == "not-found"


def test_a_deleted_record_is_gone_for_those_who_saw_it(town: Town) -> None:
    town.write(P, patient("1"))
    town.write(P, concern("1", "1"))
    (done,) = town.delete(P, "Condition/1")
    assert done.version.deleted
    assert refused(town, town.gate.read(P, "Condition", "1")).kind == "deleted"
    assert refused(town, town.gate.read(Q, "Condition", "1")).kind == "not-found"
    for who in (P, Q):
        (nothing,) = town.delete(who, "Condition/1")
        assert nothing.was_nothing
    (again,) = town.write(P, concern("1", "1", meta={"versionId": "2"}))
    assert (again.action, again.version.number) == ("update", 3)


def test_what_is_lasting_is_not_deleted(town: Town) -> None:
    town.write(P, patient("1"))
    assert refused(town, town.gate.commit(P, [Change("delete", "Patient", "1")])).kind == "forbidden"


def test_what_is_not_valid_is_not_written(town: Town) -> None:
    bad = Change(
        "create", "Patient", "1", orjson.dumps({"resourceType": "Patient", "id": "1", "gender": "unknown-code"})
    )
    assert refused(town, town.gate.commit(P, [bad])).kind == "invalid"


def test_a_stale_change_is_refused(town: Town) -> None:
    town.write(P, patient("1"))
    stale = Change("update", "Patient", "1", orjson.dumps(patient("1")), only_if=Precondition(frozenset({7})))
    assert refused(town, town.gate.commit(P, [stale])).kind == "stale"


def test_an_id_that_may_be_taken_unseen_is_not_given_out(town: Town) -> None:
    change = Change("update", "Patient", "free", orjson.dumps(patient("free")))
    assert refused(town, town.gate.commit(P, [change])).kind == "not-found"
    taken = Change("create", "Patient", "1", orjson.dumps(patient("1")))
    town.commit(P, taken)
    assert refused(town, town.gate.commit(P, [taken])).kind == "conflict"


def test_a_reference_leads_to_something_the_writer_sees_or_stands_beside(town: Town) -> None:
    town.write(P, patient("1"))
    invisible, absent = (
        refused(town, town.gate.commit(Q, [Change("create", "Condition", "c", orjson.dumps(concern("c", person)))]))
        for person in ("1", "2")
    )
    assert invisible.kind == absent.kind == "invalid"
    assert invisible.issues[0].text.replace("/1", "/2") == absent.issues[0].text
    town.write(P, patient("3"), household("1", "3"), concern("c", "3"))
    town.write(P, concern("c", "3", meta={"versionId": "1"}, recordedDate="2026-11-23", asserter={"display": "本人"}))


def test_a_change_and_its_trail_are_one(town: Town) -> None:
    town.write(P, patient("1"))
    before = len(town.stored("Condition")), len(events(town))
    good, bad = (
        Change("create", "Condition", id, orjson.dumps(concern(id, who))) for id, who in (("a", "1"), ("b", "2"))
    )
    assert refused(town, town.gate.commit(P, [good, bad])).kind == "invalid"
    assert len(town.stored("Condition")) == before[0]
    denied = events(town)[before[1] :]
    assert [each["outcome"] for each in denied] == ["4", "4"]
    assert [named(each) for each in denied] == [["Condition/a", "Condition/b", "Patient/1"], ["Patient/2", "Patient/2"]]


def named(event: dict[str, Any]) -> list[str]:
    """The records that an event of the trail names."""
    return [each["what"]["reference"] for each in event["entity"] if "what" in each]


def test_every_event_of_the_trail_is_valid_and_says_who_what_and_why_but_no_content(town: Town, spec) -> None:
    town.write(P, patient("1"))
    town.read(P, "Patient/1")
    town.search(P, "Patient")
    refused(town, town.gate.read(Q, "Patient", "1"))
    refused(town, town.gate.commit(P, [Change("delete", "Patient", "1")]))
    found = events(town)
    for event in found:
        assert validate.validate(spec, event, orjson.dumps(event)) == []
        AuditEvent(**event)
        assert "水無瀬" not in repr(event)
    read = [each for each in found if each["subtype"][0]["code"] == "read" and each["outcome"] == "0"]
    assert read[0]["agent"][0]["who"] == ref("Practitioner/p")
    assert "https://tsunagu.example/fhir/policy/P1" in read[0]["agent"][0]["policy"]
    assert {"Patient/1/_history/1", "Patient/1"} <= {
        each.get("what", {}).get("reference") for each in read[0]["entity"]
    }
    denied = {each["agent"][0]["who"]["reference"] for each in found if each["outcome"] == "4"}
    assert denied == {"Practitioner/p", "Practitioner/q"}


def test_a_protected_place_is_neither_shown_nor_found_and_is_kept_when_written(town: Town) -> None:
    town.write(P, patient("1", address=[{"text": PLACE}]))
    assert town.search(P, "Patient", ("address", PLACE)) == ["Patient/1"]
    town.write(P, patient("1", address=[{"text": PLACE}], meta=SECRET | {"versionId": "1"}))
    shown = town.read(P, "Patient/1")
    assert "address" not in shown
    assert "security" not in shown["meta"]
    assert town.search(P, "Patient", ("address", PLACE)) == []
    assert "address" not in town.read(P, "Patient/1", 1)
    town.write(P, shown | {"gender": "female"})
    (kept,) = town.stored("Patient")
    assert PLACE in kept.body.decode()
    assert "address-secret" in kept.body.decode()


def test_who_is_named_by_the_label_sees_the_place(town: Town) -> None:
    label = SECRET["security"][0] | {
        "extension": [extension("disclosable-to", valueReference=ref("Organization/center"))]
    }
    town.write(P, patient("1", address=[{"text": PLACE}], meta={"security": [label]}))
    assert town.read(P, "Patient/1")["address"] == [{"text": PLACE}]
    assert town.search(P, "Patient", ("address", PLACE)) == [], "nobody finds by what not everybody is shown"


def test_who_holds_posts_in_two_agencies_says_for_which_they_write(town: Town) -> None:
    second = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p")}
    town.write(INSTALLER, second | {"organization": ref("Organization/other")})
    change = Change("create", "Patient", "1", orjson.dumps(patient("1")))
    assert refused(town, town.gate.commit(P, [change])).kind == "invalid"
    town.commit(replace(P, organization="Organization/other"), change)
    assert town.read(Q, "Patient/1")["id"] == "1"


def test_a_person_without_a_post_writes_nothing(town: Town) -> None:
    change = Change("create", "Patient", "1", orjson.dumps(patient("1")))
    assert refused(town, town.gate.commit(replace(OFFICER, person="Practitioner/gone"), [change])).kind == "forbidden"


def test_the_installer_sees_the_whole_directory_and_may_choose_its_ids(town: Town) -> None:
    place = {"resourceType": "Location", "id": "hall", "name": "市役所", "meta": {"versionId": "1"}}
    (done,) = town.write(INSTALLER, place)
    assert (done.action, done.version.number) == ("create", 1)
