"""A change made ready before its transaction: bounded, checked, its references made relative, its labels completed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent import labels
from consent.engine import PolicyEngine
from consent.labels import Relabelling
from consent.provision.enforceable_provision import MOST_EXCEPTIONS, MOST_SAID
from consent.writing import prepared
from consent.writing.prepared import Change, Prepared
from resources.record.problem import Issue, Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.test_belonging import R, V, told
from tests.unit.consent.town import Town, concern, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent

BASE = "https://records.example/fhir"


@pytest.fixture
def engine(town: Town) -> PolicyEngine:
    return town.gate.engine


def change(resource: dict[str, Any], **said: Any) -> Change:
    return Change("create", resource["resourceType"], resource["id"], orjson.dumps(resource), **said)


def ready(engine: PolicyEngine, resource: dict[str, Any], **said: Any) -> Prepared:
    return prepared.prepared(engine, change(resource, **said))


def refused(engine: PolicyEngine, *resources: dict[str, Any], kind: str = "invalid") -> list[str]:
    """Where it is refused, of each fault."""
    with pytest.raises(Problem) as caught:
        prepared.all_prepared(engine, [change(each) for each in resources])
    assert caught.value.kind == kind
    return [each.at for each in caught.value.issues]


def places(change: Change, *at: str) -> list[str]:
    named = change.named(Problem("invalid", *(Issue("x", "x", each) for each in at)))
    return [each.at for each in named.issues]


def test_what_is_wrong_is_named_by_where_it_stands_in_what_was_sent() -> None:
    entry = change(patient("1"), at="Bundle.entry[3]")
    told = places(entry, "Patient.name[0].family", "Patient", "Bundle.entry[3].request", "Parameters.parameter")
    assert told == [
        "Bundle.entry[3].resource.name[0].family",
        "Bundle.entry[3].resource",
        "Bundle.entry[3].request",
        "Bundle.entry[3]",
    ]
    assert places(replace(entry, body=b""), "Patient.name", "Bundle.entry[3].request.url") == [
        "Bundle.entry[3]",
        "Bundle.entry[3].request.url",
    ]
    assert places(change(patient("1")), "Patient.name") == ["Patient.name"]


def test_every_fault_of_every_change_is_told_and_nothing_is_ready(engine: PolicyEngine) -> None:
    faulty = [concern("c", "1", recordedDate="x"), patient("1", gender="x", birthDate="x"), patient("2")]
    assert sorted(refused(engine, *faulty)) == ["Condition.recordedDate", "Patient.birthDate", "Patient.gender"]
    both = prepared.all_prepared(engine, [change(patient("1")), change(patient("2"))])
    assert [each.change.id for each in both] == ["1", "2"]


def test_definitions_are_nobody_s_to_write(engine: PolicyEngine) -> None:
    definition = {"resourceType": "Questionnaire", "id": "q", "status": "active"}
    assert refused(engine, patient("1", gender="x"), definition, kind="forbidden") == ["Questionnaire"]


def test_a_profile_that_is_not_known_here_is_no_reason_to_refuse_a_record(engine: PolicyEngine) -> None:
    profile = "https://elsewhere.example/StructureDefinition/x"
    assert ready(engine, patient("1", meta={"profile": [profile]})).resource["meta"] == {"profile": [profile]}


def test_a_record_is_found_by_so_many_words_at_most(engine: PolicyEngine) -> None:
    def numbered(many: int) -> dict[str, Any]:
        return patient("1", identifier=[{"value": str(number)} for number in range(many)])

    few, more = ready(engine, numbered(1)), ready(engine, numbered(2))
    each = len(more.terms) - len(few.terms)
    most, over = divmod(prepared.MOST_TERMS - len(few.terms), each)
    assert len(ready(engine, numbered(most + 1)).terms) == prepared.MOST_TERMS - over
    assert refused(engine, numbered(most + 2), kind="too-costly") == ["Patient"]


@pytest.mark.parametrize("element", labels.ELEMENTS)
def test_a_record_has_so_many_labels_at_most_which_is_asked_before_anything_else(
    engine: PolicyEngine, element: str
) -> None:
    def labelled(many: int) -> dict[str, Any]:
        one: Any = "https://x.example/p" if element == "profile" else {"system": "urn:x", "code": "x"}
        return patient("1", gender="x", meta={element: [one] * many})

    assert refused(engine, labelled(labels.MOST + 1)) == [f"Patient.meta.{element}"]
    assert "Patient.gender" in refused(engine, labelled(labels.MOST))
    assert "Patient.meta" in refused(engine, patient("1", meta="x"))[0]


def test_a_consent_says_so_much_at_most_which_is_asked_before_anything_else(engine: PolicyEngine) -> None:
    def granting(many: int) -> dict[str, Any]:
        actors = [{"role": IRCP, "reference": ref("Organization/other")}] * many
        return consent("a", status="x", provision={"type": "permit", "actor": actors})

    assert refused(engine, granting(MOST_SAID + 1), kind="too-costly") == ["Consent.provision.actor"]
    assert "Consent.status" in refused(engine, granting(1))
    inner = {"type": "permit", "provision": [{"type": "deny"}] * (MOST_EXCEPTIONS + 1)}
    assert refused(engine, consent("a", provision=inner), kind="too-costly") == ["Consent.provision.provision"]


def test_of_a_deletion_a_relabelling_and_a_patch_nothing_is_known_before(engine: PolicyEngine) -> None:
    relabelling = Relabelling("$meta-add", {"security": [V]})
    for each in (
        Change("delete", "Patient", "1"),
        Change("update", "Patient", "1", relabelling=relabelling),
        Change("update", "Patient", "1", patch=dict),
    ):
        made = prepared.prepared(engine, each)
        assert made == Prepared(each, {}, {})
        assert made.asked == ("$meta-add" if each.relabelling else "")
        assert not made.masked


def test_a_reference_with_this_server_s_address_loses_that_and_any_other_stays(engine: PolicyEngine) -> None:
    elsewhere = "https://elsewhere.example/fhir/Practitioner/x"
    sent = concern("c", "1", asserter={"reference": elsewhere}) | {"subject": ref(f"{BASE}/Patient/1")}
    made = ready(engine, sent)
    for each in (made.sent, made.resource):
        assert (each["subject"], each["asserter"]) == (ref("Patient/1"), {"reference": elsewhere})
    assert made.named == (("asserter", elsewhere), ("subject", "Patient/1"))
    plain = ready(engine, concern("c", "1"))
    assert plain.terms == ready(engine, concern("c", "1") | {"subject": ref(f"{BASE}/Patient/1")}).terms


def test_the_id_is_the_server_s_and_its_marks_of_time_are_none_of_the_terms(engine: PolicyEngine) -> None:
    sent = concern("sent", "1", meta={"versionId": "7", "lastUpdated": "2020-01-01T00:00:00Z", "tag": [V]})
    made = prepared.prepared(engine, Change("create", "Condition", "own", orjson.dumps(sent)))
    assert made.resource["id"] == "own"
    said = prepared.timeless(sent)
    assert said["meta"] == {"tag": [V]}
    assert prepared.timeless(patient("1"))["meta"] == {}
    assert not any(each.startswith("_lastUpdated") for each in made.terms)


def look(*records: dict[str, Any]) -> Any:
    return {f"{each['resourceType']}/{each['id']}": each for each in records}.get


def test_what_belongs_to_a_record_gets_its_labels_in_what_is_kept_and_what_is_judged(engine: PolicyEngine) -> None:
    secret, close = concern("c", "1", meta={"security": [V]}), concern("d", "1", meta={"security": [R]})
    made = ready(engine, told("Condition/d", "Condition/c", "Condition/absent"))
    marked = replace(made, masked=True, unsent=frozenset({"x"}), checked=frozenset({"y"}))
    labelled = prepared.with_labels(engine, marked, look(secret, close))
    for each in (labelled.sent, labelled.resource):
        assert each["meta"]["security"] == [R, V]
    assert labelled.terms > made.terms
    assert labelled.masked
    assert (labelled.unsent, labelled.checked) == (marked.unsent, marked.checked)
    assert prepared.with_labels(engine, made, look(concern("c", "1"))) is made
    other = ready(engine, concern("e", "1"))
    assert prepared.with_labels(engine, other, look(secret, close)) is other


def test_a_consent_says_beside_a_team_which_agencies_it_means(engine: PolicyEngine) -> None:
    members = [{"member": ref(f"Organization/{one}")} for one in ("other", "council")]
    team = {"resourceType": "CareTeam", "id": "t", "status": "active", "participant": members}
    to = {"type": "permit", "actor": [{"role": IRCP, "reference": ref("CareTeam/t")}]}
    made = ready(engine, consent("a", provision=to))
    said = prepared.with_teams(engine, made, look(team), None)
    for each in (said.sent, said.resource):
        [actor] = each["provision"]["actor"]
        assert [one["valueReference"] for one in actor["extension"]] == [
            ref("Organization/council"),
            ref("Organization/other"),
        ]
    plain = ready(engine, consent("a"))
    assert prepared.with_teams(engine, plain, look(team), None) is plain
    record = ready(engine, concern("c", "1", code=concept("concern-field", "debts")))
    assert prepared.with_teams(engine, record, look(team), None) is record
