"""What an import writes, it writes under policy, as the writing of the agency it is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from consent.importing import import_line
from consent.importing.import_line import Bounds, Outcome
from consent.importing.importing import Importing
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing import test_death
from tests.unit.consent.test_of_others import RESOLVED, VISIT
from tests.unit.consent.test_strayed import both_care
from tests.unit.consent.town import Json, Town, actor, case, concern, coordination, household, paper, patient
from tests.unit.consent.writing.test_superseding import IRCP, REPLACES, consent

CENTER = Origin("Organization/center", "Practitioner/p")
BOUNDS = Bounds(10_000, 64)


def taken_in(town: Town, *resources: Json, origin: Origin = CENTER) -> Sequence[Outcome]:
    lines = [import_line.ready(town.gate.engine, orjson.dumps(each), origin, BOUNDS) for each in resources]
    return town.run(Importing(town.gate, origin).write(lines, NOW))


def test_a_consent_is_judged_as_any_other_and_settled_with_those_that_stand(town: Town) -> None:
    older, newer = consent("a", dateTime="2026-11-20"), consent("b", dateTime="2026-11-21", extension=REPLACES)
    own = [patient("1"), concern("c", "1"), newer, paper(newer), older, paper(older)]
    assert all(outcome.written for outcome in taken_in(town, *own))
    assert town.search(actor("q"), "Condition") == ["Condition/c"]
    assert {row.id: orjson.loads(row.body)["status"] for row in town.stored("Consent")} == {
        "a": "inactive",
        "b": "active",
    }
    other = Origin("Organization/other", "Practitioner/q")
    forged = consent("f", provision={"type": "permit"})
    (filed, outcome) = taken_in(town, paper(forged), forged, origin=other)
    assert filed.written
    assert wrong(outcome)[0] == "business-rule"


def test_programmes_that_name_each_other_come_in_together_and_are_judged_as_a_pair(town: Town) -> None:
    def programme(id: str, side: str, pair: str) -> Json:
        said = extension("programme-pair", valueReference=ref(f"HealthcareService/{pair}"))
        service: Json = {"resourceType": "HealthcareService", "id": id, "extension": [said]}
        return service | {
            "providedBy": ref("Organization/center"),
            "eligibility": [{"code": concept("programme-side", side)}],
        }

    odd = [programme("c", "assisted", "d"), programme("d", "assisted", "c")]
    assert all(wrong(outcome) for outcome in taken_in(town, *odd))
    pair = [programme("a", "in-hardship", "b"), programme("b", "assisted", "a")]
    assert taken_in(town, *pair) == [Outcome(written=True)] * 2


def wrong(outcome: Outcome) -> tuple[str, str]:
    """The kind of what is wrong with a line, and where."""
    assert outcome.wrong is not None
    assert not outcome.written
    return outcome.wrong.kind, outcome.wrong.issues[0].at


def kept(town: Town, name: str) -> envelope.Envelope:
    async def look() -> Any:
        async with town.store.snapshot() as view:
            return await view.get(*name.split("/"), within=EVERYTHING)

    return envelope.read(town.run(look()).terms)


def test_a_record_is_the_agency_s_own_with_its_id_and_its_author(town: Town) -> None:
    assert taken_in(town, patient("x"), concern("c", "x")) == [Outcome(written=True)] * 2
    assert town.read(actor("p"), "Condition/c")["meta"]["versionId"] == "1"
    assert kept(town, "Condition/c").origin == CENTER
    assert kept(town, "Condition/c").subjects == {"Patient/x"}
    assert town.search(actor("p"), "Condition", ("patient", "Patient/x")) == ["Condition/c"]
    assert town.search(actor("q"), "Condition") == []


def test_what_is_stored_is_what_a_write_through_the_gate_stores(town: Town) -> None:
    town.write(actor("p"), patient("x"), concern("c", "x"))
    taken_in(town, patient("y"), concern("d", "y"))
    written, imported = (kept(town, name).terms() for name in ("Condition/c", "Condition/d"))
    assert {
        term.replace("Condition/d", "Condition/c").replace("Patient/y", "Patient/x") for term in imported
    } == written


def test_one_event_on_the_trail_names_all_that_was_written(town: Town) -> None:
    before = len(town.trail())
    taken_in(town, patient("x"), concern("c", "x"))
    [event] = town.trail()[before:]
    named = {entity["what"]["reference"] for entity in event["entity"] if "what" in entity}
    assert {"Patient/x/_history/1", "Condition/c/_history/1", "Patient/x"} <= named
    assert event["agent"][0]["altId"] == "import"


def test_a_line_that_is_there_already_is_passed_over_and_another_under_its_id_is_not_taken(town: Town) -> None:
    taken_in(town, patient("x"))
    same, other = taken_in(town, patient("x"), patient("x", gender="female"))
    assert same == Outcome(there=True)
    assert wrong(other) == ("conflict", "Patient.id")
    town.write(actor("p"), {**town.read(actor("p"), "Patient/x"), "gender": "male"})
    assert taken_in(town, patient("x")) == [Outcome(there=True)]


def test_a_line_that_another_agency_keeps_is_not_there_already(town: Town) -> None:
    taken_in(town, patient("x"))
    [found] = taken_in(town, patient("x"), origin=Origin("Organization/other", "Organization/other"))
    assert wrong(found) == ("conflict", "Patient.id")


@pytest.mark.parametrize(
    "origin", [Origin("Organization/gone", "Practitioner/p"), Origin(CENTER.custodian, "Practitioner/gone")]
)
def test_casework_waits_for_its_agency_and_its_author(town: Town, origin: Origin) -> None:
    [found] = taken_in(town, patient("x"), origin=origin)
    assert found.waits
    assert wrong(found) == ("not-found", "Patient")


def test_an_agency_may_come_with_what_it_keeps(town: Town) -> None:
    origin = Origin("Organization/new", "Practitioner/n")
    agency = {"resourceType": "Organization", "id": "new", "name": "new"}
    found = taken_in(town, patient("x"), {"resourceType": "Practitioner", "id": "n"}, agency, origin=origin)
    assert found == [Outcome(written=True)] * 3
    assert kept(town, "Patient/x").origin == origin


def test_two_lines_of_one_id_in_one_batch_are_one_record(town: Town) -> None:
    first, second, third = taken_in(town, patient("x"), patient("x"), patient("x", gender="female"))
    assert (first, second) == (Outcome(written=True), Outcome(there=True))
    assert wrong(third) == ("conflict", "Patient.id")


def test_a_line_may_stand_before_what_it_refers_to(town: Town) -> None:
    assert taken_in(town, concern("c", "x"), patient("x")) == [Outcome(written=True)] * 2


def test_records_that_name_one_another_come_in_together_and_hand_on_whom_they_are_about(town: Town) -> None:
    visit: dict[str, Any] = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "HH"}}
    visit |= {"diagnosis": [{"condition": ref("Condition/c")}]}
    found = taken_in(town, patient("x"), visit, concern("c", "x", encounter=ref("Encounter/e")))
    assert found == [Outcome(written=True)] * 3
    assert kept(town, "Condition/c").of == {"Encounter/e"}


@pytest.mark.parametrize("category", ["case", "total-care-plan"])
def test_of_two_that_name_one_another_one_is_the_case_or_plan_of_a_household(town: Town, category: str) -> None:
    def one(id: str, other: str) -> Json:
        return case(id, category) | {"supportingInfo": [ref(f"CarePlan/{other}")]}

    town.write(actor("p"), patient("x"), household("x"), *([case()] if category != "case" else []))
    first, second = taken_in(town, one("a", "b"), one("b", "a"))
    assert wrong(second)[0] == "business-rule"
    assert first.waits
    assert not {"CarePlan/a", "CarePlan/b"} & {*town.search(actor("p"), "CarePlan")}
    ended = one("b", "a") | {"status": "completed", "extension": RESOLVED}
    assert taken_in(town, one("a", "b"), ended) == [Outcome(written=True)] * 2


def test_a_reference_that_leads_nowhere_waits_and_one_in_a_circle_with_it_too(town: Town) -> None:
    visit: dict[str, Any] = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "HH"}}
    visit |= {"diagnosis": [{"condition": ref("Condition/c")}], "subject": ref("Patient/gone")}
    circle, lonely = taken_in(town, visit, concern("c", "gone"))
    assert circle.waits
    assert lonely.waits
    assert wrong(lonely) == ("not-found", "Condition.subject")
    assert town.search(actor("p"), "Condition") == []


def test_a_reference_to_a_record_of_another_agency_leads_nowhere(town: Town) -> None:
    town.write(actor("q"), patient("x"))
    [found] = taken_in(town, concern("c", "x"))
    assert wrong(found) == ("not-found", "Condition.subject")


@pytest.mark.parametrize(
    ("type", "more", "at"),
    [
        ("Patient", {"managingOrganization": ref("Organization?identifier=s|1")}, "managingOrganization"),
        ("Patient", {"generalPractitioner": [ref("Practitioner?identifier=s|1")]}, "generalPractitioner[0]"),
        ("Patient", {"link": [{"other": ref("Patient?identifier=s|1"), "type": "seealso"}]}, "link[0].other"),
        ("Condition", {"asserter": ref("PractitionerRole?identifier=s|1")}, "asserter"),
        ("Condition", {"evidence": [{"detail": [ref("Observation?code=s|1")]}]}, "evidence[0].detail[0]"),
        ("Condition", {"extension": [{"url": "https://a.example/e", "valueReference": ref("Claim?use=claim")}]},
         "extension[0].valueReference"),
        ("Condition", {"contained": [{"resourceType": "Practitioner", "id": "in"},
                                     {"resourceType": "PractitionerRole", "id": "it",
                                      "organization": ref("Organization?name=x")}],
                       "asserter": ref("#in"), "recorder": ref("#it")}, "contained[1].organization"),
    ],
)  # fmt: skip
def test_an_import_searches_for_nothing(town: Town, type: str, more: Json, at: str) -> None:
    taken_in(town, patient("x"))
    body = {"Patient": patient("y"), "Condition": concern("c", "x")}[type] | more
    with pytest.raises(Problem) as raised:
        import_line.ready(town.gate.engine, orjson.dumps(body), CENTER, BOUNDS)
    assert raised.value.kind == "invalid"
    assert [issue.at for issue in raised.value.issues] == [f"{type}.{at}"]


def test_a_reference_to_a_version_leads_to_one_that_there_is(town: Town) -> None:
    taken_in(town, patient("x"))
    first, later = (concern(n, "x", subject=ref(f"Patient/x/_history/{n}")) for n in "12")
    written, lost = taken_in(town, first, later)
    assert written.written
    assert wrong(lost) == ("not-found", "Condition.subject")
    together = taken_in(town, concern("3", "y", subject=ref("Patient/y/_history/2")), patient("y"))
    assert [each.written for each in together] == [False, True]


def test_a_line_that_names_more_records_than_a_write_may_is_refused(town: Town) -> None:
    many = concern("c", "x", evidence=[{"detail": [ref(f"Observation/{n}") for n in range(1_000)]}])
    with pytest.raises(Problem) as raised:
        import_line.ready(town.gate.engine, orjson.dumps(many), CENTER, Bounds(100_000, 64))
    assert raised.value.kind == "too-costly"


def test_duties_are_asked(town: Town) -> None:
    consent: dict[str, Any] = {"resourceType": "Consent", "id": "k", "status": "active", "patient": ref("Patient/x")}
    consent |= {"scope": {"text": "s"}, "category": [{"text": "c"}], "provision": {"type": "permit"}}
    consent |= {"policyRule": {"text": "p"}}
    _, found = taken_in(town, patient("x"), consent)
    assert found.wrong is not None
    assert found.wrong.kind == "business-rule"
    assert any(issue.text.startswith("R3") for issue in found.wrong.issues)


HOUSES = [patient("1"), household("1"), patient("2"), household("2") | {"id": "h"}]
STRAYED = case() | {"supportingInfo": [ref("Group/h")]}


def rules(outcome: Outcome) -> tuple[str, ...]:
    assert outcome.wrong is not None
    return outcome.wrong.rules


def test_so_are_those_of_what_others_work_on(town: Town) -> None:
    """What is of another household is not brought to the coordinator, and a plan is of nobody else's record."""
    taken_in(town, *HOUSES, STRAYED)
    assert rules(taken_in(town, coordination("requested"))[0]) == ("R17",)
    by_theirs = case("plan", "total-care-plan") | {"encounter": ref("Encounter/e")}
    both_care(town)
    to_center = [{"role": IRCP, "reference": ref("Organization/center")}]
    town.sign(actor("q"), consent("q", provision={"type": "permit", "actor": to_center}))
    town.write(actor("q"), VISIT)
    assert rules(taken_in(town, by_theirs)[0]) == ("R37",)
    assert taken_in(town, by_theirs | {"status": "draft"}) == [Outcome(written=True)]


def test_what_is_withheld_from_who_signs_for_another_has_its_reason(town: Town) -> None:
    label = own("handling-label", "withheld")
    withheld = concern("c", "1") | {"meta": {"security": [label]}}
    reason = extension("withheld-reason", valueString="本人の安全のため")
    assert taken_in(town, patient("1")) == [Outcome(written=True)]
    assert rules(taken_in(town, withheld)[0]) == ("P7",)
    said = withheld | {"meta": {"security": [label | {"extension": [reason]}]}}
    assert taken_in(town, said) == [Outcome(written=True)]


def test_that_two_patients_are_one_is_not_imported(town: Town) -> None:
    other = patient("2") | {"link": [{"other": ref("Patient/1"), "type": "seealso"}]}
    assert [outcome.written for outcome in taken_in(town, patient("1"), other)] == [True, False]


def test_the_directory_is_the_installer_s_and_what_is_the_server_s_own_nobody_s(town: Town) -> None:
    directory, event = taken_in(
        town,
        {"resourceType": "Organization", "id": "new", "name": "new"},
        {
            "resourceType": "AuditEvent",
            "id": "a",
            "type": {"code": "rest"},
            "recorded": "2026-11-23T13:00:00+09:00",
            "agent": [{"requestor": True}],
            "source": {"observer": {"display": "x"}},
        },
    )
    assert directory.written
    assert event.wrong is not None
    assert event.wrong.kind == "forbidden"


def test_a_paper_of_a_visit_is_no_material_of_a_conference(town: Town) -> None:
    visit: dict[str, Any] = {"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "HH"}}
    word = {"resourceType": "Communication", "id": "w", "status": "completed", "encounter": ref("Encounter/e")}
    found = taken_in(town, visit, word)
    assert [each.written for each in found] == [True, True]
    assert kept(town, "Communication/w").conference == ""


def test_a_patient_is_linked_to_a_related_person_of_the_same_agency_alone(town: Town) -> None:
    mother = {"resourceType": "RelatedPerson", "id": "m", "patient": ref("Patient/x")}
    linked = {"link": [{"other": ref("RelatedPerson/m"), "type": "seealso"}]}
    assert all(each.written for each in taken_in(town, patient("x"), mother, patient("y", **linked)))
    assert kept(town, "RelatedPerson/m").subjects == {"Patient/x", "Patient/y"}


def test_a_batch_may_hold_nothing_that_can_be_written(town: Town) -> None:
    before = len(town.trail())
    assert [each.waits for each in taken_in(town, concern("c", "gone"))] == [True]
    assert len(town.trail()) == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "structure"),
        (b'{"resourceType":"Patient"}', "invalid"),
        (b'{"resourceType":"Robot","id":"1"}', "not-supported"),
        (b'{"resourceType":"Patient","id":"1","gender":"robot"}', "invalid"),
        (b'{"resourceType":"Patient","id":"1","name":[{"text":"' + b"x" * 10_000 + b'"}]}', "too-long"),
    ],
)
def test_a_line_that_is_no_record_says_why(town: Town, body: bytes, kind: str) -> None:
    with pytest.raises(Problem) as raised:
        import_line.ready(town.gate.engine, body, CENTER, BOUNDS)
    assert raised.value.kind == kind


def test_a_reference_written_with_the_address_of_the_server_is_kept_without_it(town: Town) -> None:
    taken_in(town, patient("x"), concern("c", "x") | {"subject": ref(f"{town.gate.engine.index.base}/Patient/x")})
    assert town.read(actor("p"), "Condition/c")["subject"] == ref("Patient/x")


def test_the_fields_of_concern_are_found_by_their_codes(town: Town) -> None:
    taken_in(town, patient("x"), concern("c", "x", code=concept("concern-field", "debts")))
    assert town.search(actor("p"), "Condition", ("code", "debts")) == ["Condition/c"]


def test_a_line_that_protects_a_person_is_refused_and_names_what_does(town: Town) -> None:
    labelled = patient("x", meta={"security": [own("secrecy-label", "address-secret")]})
    with pytest.raises(Problem) as caught:
        import_line.ready(town.gate.engine, orjson.dumps(labelled), CENTER, BOUNDS)
    assert (caught.value.kind, caught.value.rules) == ("business-rule", ("D1",))
    assert "$protect" in caught.value.issues[0].text


def test_what_is_imported_about_a_protected_person_is_found_by_what_is_harmless_alone(town: Town) -> None:
    taken_in(town, patient("x"), patient("y"))
    town.protect(actor("p"), "Patient/x", "Organization/other")
    taken_in(town, *(concern(f"c{one}", one, onsetString="山陽町三丁目") for one in "xy"), household("x"))
    taken_in(town, case())
    assert town.search(actor("p"), "Condition", ("onset-info", "山陽町")) == ["Condition/cy"]
    assert ".secluded yes" in kept_terms(town, "Condition/cx")
    assert ".secluded yes" in kept_terms(town, "CarePlan/k")
    assert ".secluded yes" not in kept_terms(town, "Condition/cy")


def kept_terms(town: Town, name: str) -> tuple[str, ...]:
    (found,) = [row for row in town.stored(name.partition("/")[0]) if row.reference == name]
    return found.terms


def test_who_joins_a_household_by_an_import_gets_its_protections(town: Town) -> None:
    taken_in(town, patient("x"), patient("y"))
    town.protect(actor("p"), "Patient/x", "Organization/other")
    taken_in(town, household("x", "y"))
    assert b"address-secret" in next(row.body for row in town.stored("Patient") if row.reference == "Patient/y")


def test_what_belongs_to_a_record_is_taken_in_with_it_and_by_who_keeps_it(town: Town) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    told: Json = {"resourceType": "Provenance", "id": "v", "recorded": "2026-11-20T10:00:00+09:00"}
    told |= {"agent": [{"who": ref("Organization/center")}], "target": [ref("Condition/c")]}
    file = {"resourceType": "Binary", "id": "f", "contentType": "text/plain", "securityContext": ref("Condition/c")}
    assert all(outcome.written for outcome in taken_in(town, told, file, patient("1"), concern("c", "1")))
    assert kept(town, "Provenance/v").subjects == kept(town, "Binary/f").subjects == {"Patient/1"}
    alone = {name: value for name, value in file.items() if name != "securityContext"} | {"id": "g"}
    (nameless,) = taken_in(town, alone)
    assert wrong(nameless) == ("business-rule", "Binary.securityContext")
    unknown = concern("u", "1", code=concept("unknown", "x"))
    labelled = [concern("l", "1", meta={"security": [label]}), unknown]
    files = [file | {"id": each["id"], "securityContext": ref(f"Condition/{each['id']}")} for each in labelled]
    assert all(outcome.written for outcome in taken_in(town, *files, *labelled))
    for each in labelled:
        assert kept(town, f"Binary/{each['id']}").labels == kept(town, f"Condition/{each['id']}").labels != frozenset()


def test_an_import_opens_no_emergency_and_declares_no_conflict(town: Town) -> None:
    town.write(actor("p"), patient("x"))
    review: dict[str, Any] = {"resourceType": "Task", "id": "f", "status": "requested", "intent": "order"}
    review |= {"code": concept("task-code", "emergency-review"), "for": ref("Patient/x")}
    flag: dict[str, Any] = {"resourceType": "Flag", "id": "f", "status": "active", "subject": ref("Patient/x")}
    flag |= {"category": [concept("record-category", "conflict")], "code": {"text": "衝突"}}
    for line in (review, flag):
        (outcome,) = taken_in(town, line)
        assert wrong(outcome)[0] == "business-rule"


def test_an_import_confirms_no_death(town: Town) -> None:
    """That it is asked comes in; that it was answered is nobody's to bring along."""
    town.write(actor("p"), patient("1", deceasedBoolean=True), test_death.certified())
    done = test_death.asking("completed", day={"valueBoolean": True})
    (outcome,) = taken_in(town, done)
    assert wrong(outcome)[0] == "business-rule"
    (outcome,) = taken_in(town, done, origin=Origin("Organization/lead", "Practitioner/lead"))
    assert wrong(outcome)[0] == "not-found", "an import names its agency's own records"
    assert town.stored("Task") == []
