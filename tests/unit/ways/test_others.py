"""What may be done instead where a word ahead, a gap, a change of the directory or of another's record is refused.

R9, R10, R43 and R45 of the domain; docs/policy.md, P1, P2, P7, P12 and D4
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.town import INSTALLER, actor, concern
from tests.unit.ways.conftest import Ways, task

Json = dict[str, Any]
ABOUT = {"for": ref("Patient/1")}
OTHER, CENTER = "Organization/other", "Organization/center"


def referral(**elements: Any) -> Json:
    request: Json = {"resourceType": "ServiceRequest", "status": "active", "intent": "order"}
    request |= {"subject": ref("Patient/1"), "requester": ref(CENTER), "performer": [ref(OTHER)]}
    return request | {"note": [{"text": "通院の同行"}]} | elements


def word(**elements: Any) -> Json:
    made: Json = {"resourceType": "Communication", "status": "completed", "sender": ref(CENTER)}
    return made | {"recipient": [ref(OTHER)], "payload": [{"contentString": "明日行かれます"}]} | elements


def ahead(ways: Ways) -> Json:
    introduction = {"category": [concept("communication-category", "introduction")], "subject": ref("Patient/1")}
    return introduction | {"about": [ref(ways.id("request"))]}


def test_a_word_ahead_is_waived_for_a_reason_or_sent(ways: Ways) -> None:
    ways.write("p", "request", referral(extension=[extension("notice-waived", valueString="。")]))
    ways.refused("R10", "say in `notice-waived` why it is", "category `introduction`, about this request")
    ways.write("p", "waived", referral(extension=[extension("notice-waived", valueString="手帳の申請だけのため")]))
    ways.taken()
    ways.write("p", "request", referral())
    ways.taken()
    ways.write("p", "word", word(**ahead(ways), payload=[{"contentReference": ref("Condition/c")}]))
    ways.refused("R9", "write it as `payload.contentString`")
    ways.write("p", "word", {key: part for key, part in word(**ahead(ways)).items() if key != "recipient"})
    ways.refused("R9", "name it as `recipient`")
    ways.write("p", "word", word(**ahead(ways)))
    ways.taken()


def test_a_letter_is_in_ones_own_name_or_came_on_paper_to_ones_own(ways: Ways) -> None:
    ways.write("p", "word", word(sender=ref(OTHER)))
    ways.refused("P2", "name your agency or a post of it", "on paper is addressed to your own agency")
    ways.write("p", "word", word())
    ways.taken()
    ways.write("p", "paper", word(sender=ref(OTHER), recipient=[ref(CENTER)]))
    ways.taken()


def test_a_gap_in_two_fields_is_two_gaps(ways: Ways) -> None:
    ways.write("p", "gap", gap("housing", "debts"))
    ways.refused("R43", "write another gap for each further field")
    for field in ("housing", "debts"):
        ways.write("p", field, gap(field))
        ways.taken()


def gap(*fields: str) -> Json:
    made: Json = {"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-23"}
    made |= {"category": [concept("record-category", "resource-gap")]}
    made |= {"valueCodeableConcept": concept("gap-kind", "no-resource")}
    return made | {"code": {"coding": [part for each in fields for part in concept("concern-field", each)["coding"]]}}


def test_what_is_wrong_in_the_directory_is_told_its_keeper_who_puts_it_right(ways: Ways) -> None:
    [desk] = ways.town.found("p", "HealthcareService")
    ways.town.known["desk"] = f"HealthcareService/{desk['id']}"
    ways.put("p", "desk", comment="電話が変わった")
    ways.refused("P12", "tell them what is to change (Communication, or by telephone)")
    ways.write("p", "word", word(recipient=[ref("PractitionerRole/keeper")], about=[ref(ways.id("desk"))]))
    ways.taken()
    assert ways.town.found("keeper", "Communication")
    ways.put("keeper", "desk", comment="電話が変わった")
    ways.taken()
    ways.ask("keeper", "DELETE", ways.id("desk"))
    ways.refused("P12", "ends it (`active` false, `status`, `period`)")
    ways.put("keeper", "desk", active=False)
    ways.taken()


@pytest.mark.parametrize("purpose", ["statistics", "audit-review"])
def test_for_another_purpose_one_asks_for_another_token(ways: Ways, purpose: str) -> None:
    ways.ask("p", "POST", "Observation", gap("housing"), purpose)
    ways.refused("D4", "ask for a token for `CAREMGT`, `COC` or `support-conference`")
    ways.ask("p", "POST", "Observation", gap("housing"))
    ways.taken()


def test_what_others_rely_on_is_ended_by_a_new_version(ways: Ways) -> None:
    ways.coordinated()
    ways.ask("p", "DELETE", ways.id("coordination"))
    ways.refused("P2", "take it back by its status (`cancelled`) while it is open")
    ways.put("p", "coordination", status="cancelled", statusReason={"text": "世帯を取り違えた"})
    ways.taken()
    ways.ask("p", "DELETE", ways.id("person"))
    ways.refused("P1", "end it by a new version (`status`, `active`, `$revokeConsent`)")
    ways.put("p", "person", active=False)
    ways.taken()


def test_who_reads_a_record_of_another_agency_asks_it_or_writes_its_own(ways: Ways) -> None:
    ways.write("p", "request", task(CENTER, OTHER, **ABOUT))
    ways.put("q", "request", status="accepted")
    ways.taken()
    person = ways.town.read("q", "person")
    ways.ask("q", "PUT", "Patient/1", person | {"gender": "female"})
    ways.refused("P1", "ask it by a Task with this record as its `focus`, or write a record of your own")
    ways.write("q", "asking", task(OTHER, CENTER, description="性別の記載", focus=ref("Patient/1")))
    ways.taken()
    ways.put("p", "asking", status="accepted")
    ways.taken()
    ways.ask("q", "POST", "Condition", {k: v for k, v in concern("d", "1").items() if k != "id"})
    ways.taken()


def test_who_reads_by_consent_alone_asks_the_keeper_too(ways: Ways) -> None:
    """The reader has nobody in care: what it reads is by the signature of the person."""
    consent(ways)
    found = ways.town.read("q", "concern")
    ways.ask("q", "PUT", "Condition/c", found | {"note": [{"text": "直したい"}]})
    ways.refused("P1", "ask it by a Task with this record as its `focus`, or write a record of your own")
    ways.write("q", "asking", task(OTHER, CENTER, description="記載について", focus=ref("Condition/c")))
    ways.taken()
    ways.put("p", "asking", status="accepted")
    ways.taken()
    ways.ask("q", "POST", "Condition", {k: v for k, v in concern("d", "1").items() if k != "id"})
    ways.taken()


def consent(ways: Ways) -> None:
    town = ways.town.calling.town
    made: Json = {"resourceType": "Consent", "id": "s", "status": "active", "patient": ref("Patient/1")}
    scope = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]}
    made |= {"scope": scope, "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}]}
    made |= {"performer": [ref("Patient/1")], "dateTime": "2026-11-23", "policy": [{"uri": "https://example.org/p"}]}
    actor_ = {
        "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}
    }
    made |= {"provision": {"type": "permit", "actor": [actor_ | {"reference": ref(OTHER)}]}}
    made |= {"sourceReference": ref("DocumentReference/paper")}
    town.sign(actor("p"), made)


def test_a_household_takes_in_whom_its_keeper_was_asked_about(ways: Ways) -> None:
    town = ways.town.calling.town
    town.write(
        actor("q"), {"resourceType": "Patient", "id": "9", "name": [{"text": "豊科 静"}], "birthDate": "1980-01-01"}
    )
    members = [{"entity": ref(f"Patient/{each}")} for each in ("1", "9")]
    ways.write("q", "request", referral(subject=ref("Patient/9"), requester=ref(OTHER), performer=[ref(CENTER)]))
    asked = task(OTHER, CENTER, **{"for": ref("Patient/9"), "focus": ref(ways.id("request"))})
    ways.write("q", "asked", asked)
    ways.taken()
    ways.put("p", "household", member=members)
    ways.refused("P3", "have the person referred to you first")
    ways.put("p", "asked", status="accepted")
    ways.taken()
    ways.put("p", "household", member=members)
    ways.taken()


def test_a_programme_is_followed_by_its_pair_or_by_the_operation(ways: Ways) -> None:
    pairs = (("one", "in-hardship", "two"), ("two", "assisted", "one"))
    ways.town.calling.town.write(INSTALLER, *(programme(*each) for each in pairs))
    week = {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"]}}
    detail = {"status": "scheduled", "code": {"text": "家計"}, "scheduledTiming": week}
    plan: Json = {"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": ref("Group/g")}
    plan |= {"category": [concept("record-category", "total-care-plan")], "basedOn": [ref("CarePlan/k")]}

    def by(*names: str) -> list[Json]:
        return [{"detail": detail | {"performer": [ref(f"HealthcareService/{each}")]}} for each in names]

    ways.write("p", "plan", plan | {"activity": by("one")})
    ways.taken()
    ways.put("p", "plan", activity=[{"detail": detail | {"performer": [ref("Organization/other")]}}])
    ways.refused("R45", "what has ended stays in it as `completed`", "`$cross-programmes`")
    ways.put("p", "plan", activity=by("two"))
    ways.taken()
    ways.call("p", f"{ways.id('plan')}/$cross-programmes", side={"valueCode": "in-hardship"})
    ways.taken()
    assert [each["detail"]["performer"] for each in ways.town.read("p", "plan")["activity"]] == [
        [ref("HealthcareService/one")]
    ]
    ended = [{"detail": each["detail"] | {"status": "completed"}} for each in by("one")]
    ways.put("p", "plan", activity=ended)
    ways.taken()


def programme(id: str, side: str, pair: str) -> Json:
    said = extension("programme-pair", valueReference=ref(f"HealthcareService/{pair}"))
    made: Json = {"resourceType": "HealthcareService", "id": id, "extension": [said], "name": id}
    return made | {"providedBy": ref(OTHER), "eligibility": [{"code": concept("programme-side", side)}]}
