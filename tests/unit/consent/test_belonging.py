"""What belongs to a record, a Provenance or a Binary: by who keeps it, for nobody who may not know of it."""

from __future__ import annotations

from typing import Any

import pytest

from resources.record.problem import Problem
from resources.search.relation import values
from tests.laws.worlds import ref
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q = actor("p"), actor("q")
V = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
R = V | {"code": "R"}


def told(*targets: str, id: str = "v", **elements: Any) -> dict[str, Any]:
    named = {"target": [ref(each) for each in targets], "agent": [{"who": ref("Organization/center")}]}
    return {"resourceType": "Provenance", "id": id, "recorded": "2026-11-20T10:00:00+09:00"} | named | elements


def file(context: str, id: str = "f", **elements: Any) -> dict[str, Any]:
    content = {"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": "5LuK5pel"}
    return content | {"securityContext": ref(context)} | elements


def signed(town: Town, *persons: str, **changes: Any) -> None:
    for one in persons:
        whose = ref(f"Patient/{one}")
        town.sign(P, consent(f"s{one}", patient=whose, performer=[whose], **changes))


@pytest.fixture
def recorded(town: Town) -> Town:
    town.write(P, patient("1"), patient("2"), concern("c", "1"), concern("d", "2"))
    return town


def refused(town: Town, *resources: dict[str, Any], who: Any = P) -> list[str]:
    with pytest.raises(Problem) as found:
        town.write(who, *resources)
    return [each.at for each in found.value.issues]


def test_it_is_about_everybody_whom_its_targets_are_about_also_those_whom_they_come_to_be_about(recorded: Town) -> None:
    recorded.write(P, told("Condition/c", "Condition/d/_history/1"))
    [row] = recorded.stored("Provenance")
    assert sorted(values(row.terms, ".subject")) == ["Patient/1", "Patient/2"]
    signed(recorded, "1")
    assert recorded.search(Q, "Provenance") == []
    signed(recorded, "2")
    assert recorded.search(Q, "Provenance") == ["Provenance/v"]
    recorded.write(P, patient("3"))
    grown = {"meta": {"versionId": "1"}, "evidence": [{"detail": [ref("Patient/3")]}]}
    recorded.write(P, concern("c", "1", **grown))
    assert recorded.search(Q, "Provenance") == []


def test_it_may_be_written_before_its_target_in_one_transaction_and_stands_when_that_is_deleted(recorded: Town) -> None:
    recorded.write(P, told("Condition/e"), concern("e", "1"))
    recorded.delete(P, "Condition/e")
    signed(recorded, "1")
    assert recorded.search(Q, "Provenance") == ["Provenance/v"]
    assert refused(recorded, told("Condition/e", id="w"))[0].startswith("Provenance.target[0]")
    found = recorded.read(P, "Provenance/v")
    recorded.write(P, found | {"activity": {"text": "転記"}})


@pytest.mark.parametrize("given", [{"identifier": {"value": "1"}, "type": "Condition"}, {"reference": "Device/1"}])
def test_what_is_not_here_by_its_id_is_no_target(recorded: Town, given: dict[str, Any]) -> None:
    assert refused(recorded, told() | {"target": [given]}) == ["Provenance.target[0]"]


def test_a_record_of_the_directory_has_none(recorded: Town) -> None:
    assert refused(recorded, told("Condition/c", "Organization/center")) == ["Provenance.target[1]"]


def test_its_targets_stay_one_more_or_less_or_another_version_too(recorded: Town) -> None:
    recorded.write(P, told("Condition/c"))
    for other in (["Condition/d"], ["Condition/c", "Condition/d"], ["Condition/c/_history/1"]):
        assert refused(recorded, told(*other, meta={"versionId": "1"})) == ["Provenance.target"]


def test_who_reads_by_a_consent_does_not_write_one(recorded: Town) -> None:
    signed(recorded, "1")
    assert refused(recorded, told("Condition/c"), who=Q) == ["Provenance.target[0]"]


def test_it_has_the_labels_of_its_targets_and_keeps_them(recorded: Town) -> None:
    recorded.write(P, concern("l", "1", meta={"security": [R]}), told("Condition/l"))
    assert recorded.read(P, "Provenance/v")["meta"]["security"] == [R]
    recorded.write(P, told("Condition/l", meta={"versionId": "1", "security": [R | {"code": "N"}]}))
    assert recorded.read(P, "Provenance/v")["meta"]["security"] == [R | {"code": "N"}, R]
    recorded.write(P, told("Condition/l", id="w", meta={"security": [V]}))
    assert recorded.read(P, "Provenance/w")["meta"]["security"] == [V], "it may be more confidential"


def test_a_persons_protection_is_no_label_of_it(recorded: Town) -> None:
    recorded.protect(P, "Patient/1", "Organization/center")
    recorded.write(P, told("Patient/1"))
    assert "security" not in recorded.read(P, "Provenance/v")["meta"]


EXCEPTIONS: dict[str, dict[str, Any]] = {
    "one record": {"data": [{"meaning": "instance", "reference": ref("Condition/c")}]},
    "a type": {"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Condition"}]},
    "a code": {"code": [{"coding": [{"system": "urn:s", "code": "x"}]}]},
    "a time": {"dataPeriod": {"start": "2020-01-01", "end": "2020-12-31"}},
}


@pytest.mark.parametrize("what", EXCEPTIONS)
def test_a_paper_that_withholds_some_records_for_what_they_are_opens_no_provenance(recorded: Town, what: str) -> None:
    recorded.write(P, told("Condition/c"))
    permit = consent("x")["provision"]
    signed(recorded, "1", provision=permit | {"provision": [EXCEPTIONS[what] | {"type": "deny"}]})
    assert recorded.search(Q, "Provenance") == []
    with pytest.raises(Problem):
        recorded.read(Q, "Provenance/v")


def test_a_paper_that_withholds_by_label_opens_the_others(recorded: Town) -> None:
    recorded.write(P, told("Condition/c"), concern("l", "1", meta={"security": [V]}), told("Condition/l", id="w"))
    deny = {"type": "deny", "securityLabel": [V]}
    signed(recorded, "1", provision=consent("x")["provision"] | {"provision": [deny]})
    assert recorded.search(Q, "Provenance") == ["Provenance/v"]


@pytest.mark.parametrize("what", EXCEPTIONS)
def test_a_file_of_them_neither(recorded: Town, what: str) -> None:
    recorded.write(P, file("Condition/c"))
    signed(recorded, "1")
    assert recorded.search(Q, "Binary") == ["Binary/f"]
    permit = consent("x")["provision"]
    recorded.sign(P, consent("no", provision=permit | {"provision": [EXCEPTIONS[what] | {"type": "deny"}]}))
    assert recorded.search(Q, "Binary") == []


def test_a_file_is_of_one_record_of_its_writer_has_its_labels_and_stays_with_it(recorded: Town) -> None:
    recorded.write(P, concern("l", "1", meta={"security": [R]}), file("Condition/l"))
    assert recorded.read(P, "Binary/f")["meta"]["security"] == [R]
    assert refused(recorded, file("Condition/c", meta={"versionId": "1"})) == ["Binary.securityContext"]
    assert refused(recorded, file("Organization/center", id="g")) == ["Binary.securityContext"]
    assert refused(recorded, {name: value for name, value in file("").items() if name != "securityContext"}) == [
        "Binary.securityContext"
    ]


def test_the_content_of_a_file_about_a_protected_person_is_shown_once_it_is_place_checked(recorded: Town) -> None:
    recorded.write(P, file("Condition/c"))
    signed(recorded, "1")
    assert recorded.read(Q, "Binary/f")["data"] == "5LuK5pel"
    recorded.protect(P, "Patient/1", "Organization/lead")
    assert not {"data", "contentType"} & recorded.read(Q, "Binary/f").keys()
    assert recorded.read(P, "Binary/f")["data"] == "5LuK5pel"
    recorded.check(P, "Binary/f", "Binary.data", "Binary.contentType")
    assert recorded.read(Q, "Binary/f")["data"] == "5LuK5pel"


def test_a_paper_about_some_records_alone_opens_none(recorded: Town) -> None:
    recorded.write(P, told("Condition/c"))
    signed(recorded, "1", provision=consent("x")["provision"] | EXCEPTIONS["one record"])
    assert recorded.search(Q, "Condition") == ["Condition/c"]
    assert recorded.search(Q, "Provenance") == []


@pytest.mark.parametrize("beside", [file, told], ids=["a file", "a history"])
@pytest.mark.parametrize("level", [None, V])
def test_an_update_beside_it_tells_nothing_of_a_record_that_its_writer_does_not_see(
    recorded: Town, beside: Any, level: Any
) -> None:
    """Found by the two worlds: the record that is updated beside it passed for one that its writer sees."""
    meta = {"versionId": "1"} | ({"security": [level]} if level else {})
    told_of = []
    for id in ("c", "none"):
        change = concern(id, "1", meta=meta)
        recorded.write(Q, patient(f"own-{id}"))
        with pytest.raises(Problem) as found:
            recorded.write(Q, beside(f"Condition/{id}"), change | {"subject": ref(f"Patient/own-{id}")})
        told_of.append([str(found.value.kind), *(each.text.replace(f"/{id}", "/?") for each in found.value.issues)])
    assert told_of[0] == told_of[1]
