"""A new reference leads to a record that its writer sees; what is not for who writes is not there to be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.writing import referring
from consent.writing.precondition import Precondition
from consent.writing.prepared import Change, prepared
from resources.record.problem import Problem
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q, AUDITOR = actor("p"), actor("q"), actor("aud")
SYSTEM = {"system": "urn:x", "value": "1"}
BASE = "https://records.example/fhir"


@pytest.fixture
def kept(town: Town) -> Town:
    """A person in care, and another record about them that was deleted; a person of the other agency."""
    town.write(P, patient("1"), concern("c", "1"), concern("gone", "1"))
    town.delete(P, "Condition/gone")
    town.write(Q, patient("q"), concern("theirs", "q"))
    return town


def note(to: str, id: str = "n", **elements: Any) -> dict[str, Any]:
    """An observation of a person, on another record."""
    said = {"resourceType": "Observation", "id": id, "status": "final", "code": {"text": "様子"}}
    return said | {"subject": ref("Patient/1"), "focus": [{"reference": to}]} | elements


def refused(town: Town, who: Any, *resources: dict[str, Any], method: Any = "create") -> tuple[str, str]:
    changes = [Change(method, each["resourceType"], each["id"], orjson.dumps(each)) for each in resources]
    return answered(town, who, *changes)


def answered(town: Town, who: Any, *changes: Change) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        town.commit(who, *changes)
    return caught.value.kind, caught.value.issues[0].at


def test_a_reference_leads_to_a_record_that_is_there_and_may_be_read(kept: Town) -> None:
    for absent in ("Condition/absent", "Condition/gone", "Condition/theirs", "Condition/gone/_history/1"):
        assert refused(kept, P, note(absent)) == ("invalid", "Observation.focus[0]"), absent
    kept.write(P, note("Condition/c"))
    kept.write(P, note("Observation/self", "self"))
    kept.write(P, note("https://elsewhere.example/Condition/x", "elsewhere"))


def test_the_version_that_it_names_is_one_of_that_record(kept: Town) -> None:
    kept.write(P, concern("c", "1", note=[{"text": "続き"}], meta={"versionId": "1"}))
    for number in (1, 2):
        kept.write(P, note(f"Condition/c/_history/{number}", f"n{number}"))
    for other in ("0", "3", "x", "01"):
        assert refused(kept, P, note(f"Condition/c/_history/{other}"))[0] == "invalid", other
    found = Version("Condition", "c", 2, "", False, b"{}", ())
    told = [f"Condition/c{each}" for each in ("", "/_history/1", "/_history/2")]
    assert [referring.has(found, each) for each in told] == [True] * 3
    assert not any(referring.has(found, f"Condition/c/_history/{each}") for each in ("0", "3", "x"))


def test_to_what_is_only_being_made_a_reference_names_its_first_version_or_none() -> None:
    told = {"": True, "/_history/1": True, "/_history/2": False, "/_history/11": False}
    assert {each: referring.is_new(f"Condition/c{each}") for each in told} == told


def test_a_reference_that_stood_stays_though_what_it_leads_to_is_gone_and_a_type_not_served_is_kept(kept: Town) -> None:
    kept.write(P, note("Condition/c"))
    kept.delete(P, "Condition/c")
    kept.write(P, note("Condition/c", meta={"versionId": "1"}, status="amended"))
    assert refused(kept, P, note("Condition/gone", meta={"versionId": "2"}), method="update")[0] == "invalid"
    kept.write(P, note("NutritionOrder/x", "kept"))


def test_what_stands_beside_it_is_there_if_it_is_new_or_may_be_read(kept: Town) -> None:
    kept.write(P, note("Condition/new"), concern("new", "1"))
    kept.write(P, note("Condition/c", "beside"), concern("c", "1", note=[{"text": "続き"}], meta={"versionId": "1"}))
    kept.write(P, note("Condition/gone", "revived"), concern("gone", "1", meta={"versionId": "2"}))
    second = note("Condition/next/_history/2", "s")
    assert refused(kept, P, second, concern("next", "1")) == ("invalid", "Observation.focus[0]")
    theirs = concern("theirs", "q", meta={"versionId": "1"})
    changes = [Change("create", "Observation", "m", orjson.dumps(note("Condition/theirs", "m")))]
    changes += [Change("update", "Condition", "theirs", orjson.dumps(theirs))]
    assert answered(kept, P, *changes) == ("invalid", "Observation.focus[0]"), "not where the other is refused"
    absent = concern("absent", "1", meta={"versionId": "1"})
    changes = [Change("create", "Observation", "m", orjson.dumps(note("Condition/absent", "m")))]
    changes += [Change("update", "Condition", "absent", orjson.dumps(absent))]
    assert answered(kept, P, *changes) == ("invalid", "Observation.focus[0]")


def test_what_was_written_before_it_in_one_request_is_there_though_its_writer_reads_it_no_more(kept: Town) -> None:
    kept.sign(P, consent("s"))
    ends = consent("s", status="inactive", meta={"versionId": "1"})
    kept.write(P, ends, note("Condition/c", "after"))
    moved = concern("c", "1", note=[{"text": "先"}], meta={"versionId": "1"})
    kept.write(P, moved, note("Condition/c", "then"))


def test_an_address_of_this_server_is_written_relative_to_it(kept: Town) -> None:
    kept.write(P, note(f"{BASE}/Condition/c", "own"))
    assert kept.read(P, "Observation/own")["focus"] == [ref("Condition/c")]
    assert refused(kept, P, note(f"{BASE}/nothing/here", "x")) == ("invalid", "Observation.focus[0]")


def test_the_installation_names_what_it_lays_down_later(town: Town) -> None:
    body: Any = {"resourceType": "HealthcareService", "id": "new", "providedBy": ref("Organization/later")}
    changes = [Change("update", "HealthcareService", "new", orjson.dumps(body))]
    later = {"resourceType": "Organization", "id": "later", "name": "x"}
    changes += [Change("update", "Organization", "later", orjson.dumps(later))]
    town.commit(INSTALLER, *changes)
    assert town.read(INSTALLER, "HealthcareService/new")["providedBy"] == ref("Organization/later")


def sought(town: Town, many: int) -> Any:
    pointers = [{"identifier": SYSTEM, "type": "Patient"} for _ in range(many)]
    made = note("Condition/c") | {"focus": pointers}
    return prepared(town.gate.engine, Change("create", "Observation", "n", orjson.dumps(made)))


def naming(town: Town, many: int, id: str = "n") -> Any:
    made = note("Condition/c", id) | {"focus": [ref(f"Condition/{number}") for number in range(many)]}
    return prepared(town.gate.engine, Change("create", "Observation", id, orjson.dumps(made)))


def test_so_many_others_are_named_at_most_each_counted_once_and_of_all_changes_of_a_request(town: Town) -> None:
    most = referring.MOST_NAMED - 1  # and the person
    referring.bounded([naming(town, most), naming(town, most, "m")])
    with pytest.raises(Problem) as caught:
        referring.bounded([naming(town, 1), naming(town, most + 1, "m")])
    assert caught.value.kind == "too-costly"
    assert caught.value.issues[0].at.startswith("Observation.focus[")


def test_so_many_references_are_sought_at_most_in_all_changes_of_a_request(town: Town) -> None:
    most = referring.MOST_SOUGHT
    referring.bounded([sought(town, most)])
    referring.bounded([sought(town, most - 1), sought(town, 1)])
    with pytest.raises(Problem) as caught:
        referring.bounded([sought(town, most), sought(town, 1)])
    assert (caught.value.kind, caught.value.issues[0].at) == ("too-costly", "Observation.focus[0]")


def test_what_is_not_for_who_writes_is_not_there_to_be_changed(kept: Town) -> None:
    said = concern("theirs", "q", meta={"versionId": "1"})
    absent = concern("absent", "1", meta={"versionId": "1"})
    for each in (said, absent):
        assert refused(kept, P, each, method="update")[0] == "not-found"
    assert refused(kept, INSTALLER, concern("c", "1", meta={"versionId": "1"}), method="update")[0] == "not-found"
    for id in ("theirs", "absent", "gone"):
        [done] = kept.commit(P, Change("delete", "Condition", id))
        assert done.was_nothing
        assert not done.decision.allowed
    assert kept.reads(Q, "Condition/theirs")


def test_a_deleted_record_is_written_anew_by_who_reads_it(kept: Town) -> None:
    kept.write(P, concern("gone", "1", meta={"versionId": "2"}))
    assert kept.read(P, "Condition/gone")["meta"]["versionId"] == "3"


def test_a_change_rests_on_the_version_that_it_names_where_its_writer_sees_it(kept: Town) -> None:
    body = orjson.dumps(concern("c", "1"))
    other = Precondition(frozenset({7}))
    assert answered(kept, P, Change("update", "Condition", "c", body, other))[0] == "stale"
    assert answered(kept, P, Change("delete", "Condition", "c", b"", other))[0] == "stale"
    assert answered(kept, Q, Change("update", "Condition", "c", body, other))[0] == "not-found"
    kept.commit(P, Change("update", "Condition", "c", body, Precondition(frozenset({1}))))


def test_what_may_be_read_and_not_changed_is_forbidden(kept: Town) -> None:
    kept.sign(P, consent("s"))
    assert kept.reads(Q, "Condition/c")
    assert refused(kept, Q, concern("c", "1", meta={"versionId": "1"}), method="update")[0] == "forbidden"
    assert answered(kept, Q, Change("delete", "Condition", "c"))[0] == "forbidden"


def test_who_is_shown_no_more_than_the_card_of_a_person_writes_no_version_of_them(kept: Town) -> None:
    asked: Any = {"resourceType": "Task", "id": "asked", "status": "requested", "intent": "order"}
    asked |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    kept.write(P, asked)
    assert kept.reads(Q, "Patient/1")
    assert refused(kept, Q, patient("1", meta={"versionId": "1"}), method="update")[0] == "forbidden"
    assert answered(kept, Q, Change("delete", "Patient", "1"))[0] == "forbidden"


def test_a_token_for_reading_alone_writes_nothing(kept: Town) -> None:
    [scope] = P.scopes
    reading = replace(P, scopes=(replace(scope, actions=frozenset("rs")),))
    assert refused(kept, reading, concern("x", "1"))[0] == "forbidden"
    assert answered(kept, reading, Change("delete", "Condition", "absent"))[0] == "forbidden", "asked before existence"
