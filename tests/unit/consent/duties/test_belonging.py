"""P1 and D3: a Provenance and a Binary belong to a record of the same agency, and to no material of a meeting."""

from __future__ import annotations

from typing import Any

from consent.duties import Duty, belonging
from consent.duty_context import DutyContext
from consent.succession import Succession, Successions
from resources.record.envelope import Envelope, Origin
from tests.laws.worlds import own, ref
from tests.unit.consent.people import CENTER, change, officer, wrongs

Json = dict[str, Any]

OTHER = "Organization/other"
MEETING: Json = {"resourceType": "Encounter", "id": "m", "class": own("encounter-class", "support-conference")}
RECORDS: Json = {
    "Condition/c": {"resourceType": "Condition", "id": "c"},
    "Condition/d": {"resourceType": "Condition", "id": "d"},
    "Condition/theirs": {"resourceType": "Condition", "id": "theirs"},
    "Condition/beside": {"resourceType": "Condition", "id": "beside"},
    "Organization/center": {"resourceType": "Organization", "id": "center"},
    "Encounter/m": MEETING,
    "Encounter/visit": {"resourceType": "Encounter", "id": "visit"},
    "DocumentReference/material": {"resourceType": "DocumentReference", "context": {"encounter": [ref("Encounter/m")]}},
    "Communication/material": {"resourceType": "Communication", "encounter": ref("Encounter/m")},
    "Communication/later": {"resourceType": "Communication", "encounter": ref("Encounter/not-yet")},
    "Communication/visit": {"resourceType": "Communication", "encounter": ref("Encounter/visit")},
}


def stored(name: str, keeper: str = CENTER, conference: str = "") -> Envelope:
    return Envelope(name.partition("/")[0], name, Origin(keeper, ""), conference=conference)


STORED = {
    "Condition/c": stored("Condition/c"),
    "Condition/d": stored("Condition/d"),
    "Condition/theirs": stored("Condition/theirs", OTHER),
}


def provenance(*names: str) -> Json:
    return {"resourceType": "Provenance", "id": "p", "target": [ref(each) for each in names]}


def binary(name: str = "") -> Json:
    return {"resourceType": "Binary", "id": "b"} | ({"securityContext": ref(name)} if name else {})


def found(duty: Duty, before: Json | None, after: Json | None, known: Any = None, **kept: Envelope) -> list[str]:
    around = DutyContext(targets=STORED | kept)
    return wrongs(duty, change(before, after, known, records=RECORDS, duty_context=around))


def own_of(before: Json | None, after: Json | None, known: Any = None) -> list[str]:
    return found(belonging.of_own_records, before, after, known)


def test_it_belongs_to_records_that_the_same_agency_keeps() -> None:
    assert own_of(None, provenance("Condition/c")) == own_of(None, provenance("Condition/c", "Condition/d")) == []
    assert own_of(None, provenance("Condition/beside")) == [], "written in the same transaction, as one's own"
    assert own_of(None, binary("Condition/c")) == []
    assert own_of(None, provenance("Condition/c", "Condition/theirs")) == ["P1! at Provenance.target[1]"]
    assert own_of(None, binary("Condition/theirs")) == ["P1! at Binary.securityContext"]
    succeeded = officer(successions=Successions((Succession(OTHER, CENTER, "Task/s/_history/1"),)))
    assert own_of(None, provenance("Condition/theirs"), succeeded) == []


def test_it_names_a_record_of_a_person_or_household_that_there_is() -> None:
    for name in ("Condition/unknown", "Organization/center", "https://example.org/fhir/Condition/c", "urn:uuid:1"):
        assert own_of(None, provenance("Condition/c", name)) == ["P1 at Provenance.target[1]"], name
        assert own_of(None, binary(name)) == ["P1 at Binary.securityContext"], name
    logical = {"resourceType": "Provenance", "target": [{"identifier": {"value": "1"}}, ref("Condition/c")]}
    assert own_of(None, logical) == ["P1 at Provenance.target[0]"]
    assert own_of(None, provenance()) == own_of(None, {"resourceType": "Provenance"}) == ["P1 at Provenance.target"]
    assert own_of(None, binary()) == ["P1 at Binary.securityContext"]


def test_what_it_belongs_to_stays_and_may_be_gone_by_then() -> None:
    had = provenance("Condition/c", "Condition/d")
    assert own_of(had, had | {"recorded": "2026"}) == own_of(had, provenance("Condition/d", "Condition/c")) == []
    for other in (("Condition/c",), ("Condition/c", "Condition/beside"), ("Condition/c", "Condition/d", "Condition/c")):
        assert own_of(had, provenance(*other)) == ["P1 at Provenance.target"], other
    assert own_of(binary("Condition/c"), binary("Condition/d")) == ["P1 at Binary.securityContext"]
    assert own_of(binary(), binary("Condition/c")) == ["P1 at Binary.securityContext"]
    assert own_of(binary("Condition/c"), binary("Condition/c")) == []
    gone = provenance("Condition/unknown")
    assert own_of(gone, gone) == []
    assert own_of(provenance("Organization/center"), provenance("Organization/center")) == [
        "P1 at Provenance.target[0]"
    ]
    assert own_of(provenance("Condition/theirs"), None) == own_of(binary(), None) == []


def material(after: Json | None, before: Json | None = None, kept: Envelope | None = None) -> list[str]:
    return found(belonging.of_no_material, before, after, **({kept.reference: kept} if kept else {}))


def test_nothing_belongs_to_the_material_of_a_meeting() -> None:
    at = ["D3 at Provenance.target[1]"]
    for name in ("Encounter/m", "DocumentReference/material", "Communication/material", "Communication/later"):
        assert material(provenance("Condition/c", name)) == at, name
        assert material(binary(name)) == ["D3 at Binary.securityContext"], name
    for name in ("Communication/visit", "Condition/beside", "Encounter/visit", "Condition/unknown", "urn:uuid:1"):
        assert material(provenance("Condition/c", name)) == material(binary(name)) == [], name
    assert material(None, provenance("Encounter/m")) == material(None, binary()) == material(binary()) == []


def test_whose_material_a_stored_record_is_is_known_and_not_read_anew() -> None:
    name = "Communication/material"
    assert material(provenance(name), kept=stored(name)) == []
    of_meeting = stored("Condition/d", conference="Encounter/m")
    assert material(provenance("Condition/d"), kept=of_meeting) == ["D3 at Provenance.target[0]"]
