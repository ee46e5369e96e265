"""A line made ready without the store: what it names, whether more of it is needed, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent.importing import import_line
from consent.importing.import_line import Bounds, Line, Outcome
from resources.record.envelope import Origin
from resources.record.problem import Problem
from tests.laws.worlds import extension, own, ref
from tests.unit.consent.town import Town, concern, patient

Json = dict[str, Any]

CENTER = Origin("Organization/center", "Practitioner/p")


def ready(town: Town, resource: Json) -> Line:
    return import_line.ready(town.gate.engine, orjson.dumps(resource), CENTER, Bounds(10_000, 64))


def wrong(town: Town, resource: Json) -> tuple[str, list[str]]:
    with pytest.raises(Problem) as refused:
        ready(town, resource)
    return refused.value.kind, [issue.at for issue in refused.value.issues]


def test_it_has_its_key_its_text_with_the_instant_to_come_and_who_keeps_it(town: Town) -> None:
    line = ready(town, concern("c", "1"))
    assert (line.type, line.id, line.reference) == ("Condition", "c", "Condition/c")
    since = "2026-11-20T00:00:00.000Z"
    stored = orjson.loads(line.body(since))
    assert stored["meta"] == {"versionId": "1", "lastUpdated": since}
    assert stored["subject"] == ref("Patient/1")
    assert {".custodian Organization/center", ".author Practitioner/p"} <= set(line.terms)
    assert list(line.terms) == sorted(line.terms)


def test_the_instant_is_put_where_the_server_left_room_and_nowhere_else(town: Town) -> None:
    said = f'"lastUpdated":"{import_line.MARK}"'
    line = ready(town, concern("c", "1", note=[{"text": said}]))
    stored = orjson.loads(line.body("2026-11-20T00:00:00.000Z"))
    assert stored["note"] == [{"text": said}]


def test_it_names_the_records_that_are_served_and_not_itself(town: Town) -> None:
    line = ready(town, concern("c", "1", evidence=[{"detail": [ref("Condition/d/_history/2"), ref("Condition/c")]}]))
    assert set(line.names) == {
        ("Condition.subject", "Patient/1"),
        ("Condition.evidence[0].detail[0]", "Condition/d/_history/2"),
    }
    elsewhere = {"reference": "https://other.example/fhir/Condition/x"}
    contained = {"reference": "#z"}
    more = concern("c", "1", evidence=[{"detail": [elsewhere, contained]}])
    line = ready(town, more | {"contained": [{"resourceType": "Condition", "id": "z", "subject": ref("Patient/1")}]})
    assert {name for _, name in line.names} == {"Patient/1"}


def test_more_of_it_is_needed_where_duties_a_standing_a_meeting_or_a_reason_bear_on_it(town: Town) -> None:
    reason = {"extension": [extension("withheld-reason", valueString="本人が話した")]}
    withheld = {"security": [own("handling-label", "withheld") | reason]}
    document: Json = {"resourceType": "DocumentReference", "id": "x", "status": "current"}
    document |= {"content": [{"attachment": {"title": "紙"}}]}
    appointment: Json = {"resourceType": "Appointment", "id": "a", "status": "proposed"}
    appointment |= {"participant": [{"actor": ref("Patient/1"), "status": "accepted"}]}
    judged = {
        "plain": ready(town, concern("c", "1")).judged,
        "of a meeting": ready(town, concern("c", "1", encounter=ref("Encounter/m"))).judged,
        "withheld": ready(town, concern("c", "1", meta=withheld)).judged,
        "of a standing": ready(town, appointment).judged,
        "of a duty": ready(
            town,
            {"resourceType": "Flag", "id": "f", "status": "active", "code": {"text": "x"}}
            | {"subject": ref("Patient/1")},
        ).judged,
        "a paper of a meeting": ready(town, document | {"context": {"encounter": [ref("Encounter/m")]}}).judged,
        "a post": ready(town, {"resourceType": "PractitionerRole", "id": "r"}).judged,
    }
    assert judged == {key: key != "plain" for key in judged}


def test_an_id_that_is_a_step_of_a_path_and_one_that_is_not_there_are_refused(town: Town) -> None:
    for id in (".", ".."):
        assert wrong(town, concern(id, "1")) == ("invalid", ["Condition.id"])
    assert ready(town, concern("...", "1")).id == "..."
    bare = {name: part for name, part in concern("c", "1").items() if name != "id"}
    assert wrong(town, bare) == ("invalid", ["Condition.id"])


def test_an_outcome_waits_for_what_is_not_there_yet_and_for_nothing_else() -> None:
    assert Outcome() == Outcome(written=False, there=False, wrong=None)
    assert not Outcome().waits
    assert not Outcome(written=True).waits
    assert Outcome(wrong=Problem.of("not-found", "x", "x")).waits
    assert not Outcome(wrong=Problem.of("invalid", "x", "x")).waits


def test_what_is_wrong_with_its_references_is_said_of_each(town: Town) -> None:
    people = {"type": "Patient", "identifier": {"system": "urn:x", "value": "1"}}
    sought = {"reference": "Condition?code=x"}
    kind, at = wrong(town, concern("c", "1", subject=people, evidence=[{"detail": [sought, ref("Condition/d")]}]))
    assert (kind, at) == ("invalid", ["Condition.evidence[0].detail[0]", "Condition.subject"])
    assert ready(town, patient("1")).names == ()
