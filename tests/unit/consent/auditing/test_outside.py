"""A disclosure made elsewhere is told by who may read the consent it rests on, to whom it was made and of what (D4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import trail, vocabulary
from consent.actor import Actor
from consent.auditing import audit_event, outside
from resources.record.problem import Problem
from resources.store.trail import Event, TrailQuery
from tests.laws.worlds import V3, ref
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q = actor("p"), actor("q")
RECIPIENT = {"coding": [{"system": f"{V3}v3-ParticipationType", "code": "IRCP"}]}
NUMBER = {"system": "urn:numbers", "value": "100"}


def given(*entities: str, **changes: Any) -> Json:
    made: Json = {
        "resourceType": "AuditEvent",
        "recorded": "2026-11-20T10:00:00+09:00",
        "agent": [
            {"requestor": False, "who": ref("Practitioner/p")},
            {"type": RECIPIENT, "who": ref("Organization/other")},
        ],
        "purposeOfEvent": [{"coding": [{"system": f"{V3}v3-ActReason", "code": "COC"}]}],
        "entity": [{"what": ref(each)} for each in entities or ("Condition/c", "Patient/1", "Consent/a")],
    }
    return {name: part for name, part in (made | changes).items() if part is not None}


@pytest.fixture
def kept(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1"), patient("2"))
    town.sign(P, consent("a"))
    for id in ("numbered", "twin", "twin2"):
        value = NUMBER | ({"value": "200"} if id != "numbered" else {})
        town.write(INSTALLER, {"resourceType": "Organization", "id": id, "name": id, "identifier": [value]})
    return town


def record(town: Town, disclosure: Json, who: Actor = P, paper: Any = "Consent/a") -> None:
    said = ref(paper) if isinstance(paper, str) else paper
    town.run(outside.recorded(town.gate, who, disclosure, said))


def last(town: Town) -> Event:
    async def look() -> Event:
        found = await town.store.trail.find(TrailQuery(limit=100))
        return next(each.event for each in found.entries if each.event.action == "E")

    return town.run(look())


def test_it_is_on_the_trail_who_told_it_to_whom_it_was_made_when_of_which_records_and_on_which_consent(
    kept: Town,
) -> None:
    record(kept, given())
    assert last(kept) == Event(
        kind="operation",
        action="E",
        outcome=trail.ALLOWED,
        purpose=vocabulary.purpose("COC"),
        client="desk",
        person="Practitioner/p",
        agencies=("Organization/center",),
        asked="$recordDisclosure",
        rules=(),
        at=1_795_136_400_000,
        request="r",
        records=("Organization/other", "Condition/c/_history/1"),
        patients=("Patient/1",),
        evidence=("Consent/a/_history/1",),
    )
    asked = [each for each in kept.trail() if each["entity"][-1]["name"] == audit_event.DISCLOSED]
    assert [each["subtype"][0]["code"] for each in asked] == ["AuthZ-Consent", "operation"]


def test_what_is_not_told_is_as_the_token_and_as_allowed(kept: Town) -> None:
    bare = given(purposeOfEvent=None, entity=None)
    record(kept, bare)
    event = last(kept)
    assert (event.purpose, event.outcome, event.records) == (P.purpose, trail.ALLOWED, ("Organization/other",))
    record(kept, given(outcome="4", purposeOfEvent=[{}]))
    assert (last(kept).outcome, last(kept).purpose) == (trail.DENIED, P.purpose)
    record(kept, given(outcome="0"))
    assert last(kept).outcome == trail.ALLOWED
    record(kept, given(entity=[{"description": "x"}, {"what": {"display": "紙"}}]), replace(SYSTEM, client="other"))
    assert (last(kept).client, last(kept).person, last(kept).records) == ("other", "", ("Organization/other",))


def to(*agents: Json) -> Json:
    return given(agent=list(agents))


def test_who_received_it_is_one_of_the_directory_by_reference_or_by_identifier(kept: Town) -> None:
    for who in ("Practitioner/q", "PractitionerRole/q", "HealthcareService/desk"):
        record(kept, to({"type": RECIPIENT, "who": ref(who)}))
        assert last(kept).records[0] == who
    record(kept, to({"requestor": True, "who": ref("Organization/council")}, {"requestor": False, "who": ref("x")}))
    assert last(kept).records[0] == "Organization/council", "who asked, where no other is told"
    asked: Json = {"requestor": True, "who": ref("Organization/council")}
    record(kept, to(asked, {"type": RECIPIENT, "who": ref("Organization/lead")}))
    assert last(kept).records[0] == "Organization/lead"
    record(kept, to({"type": RECIPIENT, "who": {"identifier": NUMBER}}))
    assert last(kept).records[0] == "Organization/numbered"
    record(kept, to({"type": RECIPIENT, "who": ref("Organization/lead") | {"identifier": NUMBER}}))
    assert last(kept).records[0] == "Organization/lead"


def refused(town: Town, disclosure: Json, who: Actor = P, paper: Any = "Consent/a") -> tuple[str, str]:
    before = len([each for each in town.trail() if each["action"] == "E" and each["subtype"][0]["code"] != "operation"])
    with pytest.raises(Problem) as caught:
        record(town, disclosure, who, paper)
    after = [each for each in town.trail() if each["action"] == "E" and each["subtype"][0]["code"] != "operation"]
    assert len(after) == before, "and is not on the trail"
    return caught.value.kind, caught.value.issues[0].at


@pytest.mark.parametrize(
    "agents",
    [
        [],
        [{"type": RECIPIENT}],
        [{"type": RECIPIENT, "who": {"identifier": {"system": "urn:numbers"}}}],
        [{"type": RECIPIENT, "who": {"identifier": NUMBER | {"value": "300"}}}],
        [{"type": RECIPIENT, "who": {"identifier": NUMBER | {"value": "200"}}}],
        [{"type": RECIPIENT, "who": {"identifier": "100"}}],
        [{"type": RECIPIENT, "who": "Organization/other"}],
        [{"type": RECIPIENT, "who": ref("Patient/1")}],
        [{"type": RECIPIENT, "who": ref("Organization/other")}, {"type": RECIPIENT, "who": ref("Organization/lead")}],
        [{"requestor": False, "who": ref("Organization/other")}],
        [{"who": ref("Organization/other")}],
    ],
)
def test_another_recipient_or_several_are_refused(kept: Town, agents: list[Json]) -> None:
    assert refused(kept, to(*agents)) == ("invalid", "AuditEvent.agent.who")


def test_a_recipient_that_is_not_there_is_refused_as_a_reading_is(kept: Town) -> None:
    assert refused(kept, to({"type": RECIPIENT, "who": ref("Organization/none")}))[0] == "not-found"
    assert refused(kept, given(agent=None)) == ("invalid", "AuditEvent.agent.who")


def test_it_is_about_the_person_of_the_consent_and_of_records_that_the_one_who_tells_reads(kept: Town) -> None:
    assert refused(kept, given("Condition/c", "Patient/2")) == ("invalid", "AuditEvent.entity.what")
    assert refused(kept, given("Condition/none"))[0] == "not-found"
    kept.write(Q, patient("9"), concern("q", "9"))
    assert refused(kept, given("Condition/q"))[0] == "not-found"
    assert refused(kept, given(), Q, "Consent/none")[0] == "not-found"
    kept.write(P, concern("c2", "1"))
    record(kept, given("Condition/c2", "Condition/c"))
    assert last(kept).records[1:] == ("Condition/c/_history/1", "Condition/c2/_history/1")


def test_so_many_records_are_told_of_at_once(kept: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outside.MOST_RECORDS == 100
    kept.write(P, concern("c2", "1"))
    monkeypatch.setattr(outside, "MOST_RECORDS", 2)
    record(kept, given("Condition/c2", "Condition/c", "Patient/1", "Consent/a"))
    monkeypatch.setattr(outside, "MOST_RECORDS", 1)
    assert refused(kept, given("Condition/c2", "Condition/c")) == ("invalid", "AuditEvent.entity")


def test_the_consent_is_named_by_its_reference(kept: Town) -> None:
    for paper in ("Patient/1", {"display": "紙"}, {}):
        assert refused(kept, given(), paper=paper) == ("invalid", "Parameters.parameter.consent")


def test_it_was_made_for_one_purpose_that_is_known(kept: Town) -> None:
    coc, treat = ({"system": f"{V3}v3-ActReason", "code": code} for code in ("COC", "TREAT"))
    elsewhere, nothing = {"system": "urn:other", "code": "COC"}, dict[str, str]()
    record(kept, given(purposeOfEvent=[{"coding": [coc]}, {"coding": [coc]}]))
    assert last(kept).purpose == vocabulary.purpose("COC")
    for codings in ([coc, treat], [elsewhere], [nothing], [coc, nothing]):
        said = [{"coding": [each]} for each in codings]
        assert refused(kept, given(purposeOfEvent=[{"coding": codings}])) == ("invalid", "AuditEvent.purposeOfEvent")
        assert refused(kept, given(purposeOfEvent=said)) == ("invalid", "AuditEvent.purposeOfEvent")


def test_it_was_made_before_it_is_told(kept: Town) -> None:
    record(kept, given(recorded=P.now.isoformat()))
    later = (P.now + timedelta(milliseconds=1)).isoformat()
    for said in (later, "soon", None):
        assert refused(kept, given(recorded=said)) == ("invalid", "AuditEvent.recorded")


def test_it_is_told_by_casework_alone(kept: Town) -> None:
    with pytest.raises(Problem) as caught:
        record(kept, given(), actor("p", "statistics"))
    assert (caught.value.kind, caught.value.issues[0].rule) == ("forbidden", "D4")
    record(kept, given(), actor("p", "COC"))
    assert last(kept).purpose == vocabulary.purpose("COC")
