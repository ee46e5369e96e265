"""A person reads what is about them alone, who signs for them reads less, and nobody is told who reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent import vocabulary
from consent.actor import Actor
from consent.acts import declaring_conflict, saying_who
from consent.acts.declaring_conflict import Conflict
from consent.explaining import access_log
from consent.secrecy import protection
from profiles import reporting
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.acts import merges
from tests.unit.consent.acts.test_breaking_glass import EM, VERY, break_glass
from tests.unit.consent.people import NOW, SYSTEM
from tests.unit.consent.test_revoking import notices, permit, word
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient
from tests.unit.consent.writing.test_superseding import consent

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
TOMORROW = NOW + timedelta(days=1)
SELF = replace(P, person="Patient/1", purpose=vocabulary.PATIENT_REQUEST, now=TOMORROW)
CHILD = replace(SELF, person="Patient/2")
MOTHER = replace(SELF, person="RelatedPerson/mother")
WITHHELD = own("handling-label", "withheld")
REASON = extension("withheld-reason", valueString="本人が親に知られたくないと話している")


@pytest.fixture
def family(town: Town) -> Town:
    """A mother and her child, whose parent she is by the register; a household that both are in."""
    town.write(P, patient("1"), patient("2", birthDate="2012-05-05"), household("1", "2"))
    kin: Json = {"resourceType": "RelatedPerson", "id": "mother", "patient": ref("Patient/2")}
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}
    town.write(P, kin | {"relationship": [{"coding": [role]}]})
    register: Json = {"resourceType": "DocumentReference", "id": "register", "status": "current"}
    register |= {"type": concept("guardianship-paper", "family-register"), "subject": ref("Patient/2")}
    register |= {"context": {"related": [ref("RelatedPerson/mother")]}, "date": "2026-11-23T09:00:00Z"}
    town.write(P, register | {"content": [{"attachment": {"title": "戸籍"}}]})
    town.write(P, concern("c", "1"), concern("d", "2"), concern("both", "1", evidence=[{"detail": [ref("Patient/2")]}]))
    return town


def test_the_person_reads_what_is_about_them_and_nobody_else(family: Town) -> None:
    assert family.search(SELF, "Condition") == ["Condition/c"]
    assert family.search(SELF, "Patient") == ["Patient/1"]
    assert family.search(SELF, "Group") == []
    assert family.read(SELF, "Condition/c")["id"] == "c"
    for closed in ("Condition/both", "Condition/d", "Patient/2", "Group/g"):
        with pytest.raises(Problem, match=closed):
            family.read(SELF, closed)
    family.write(P, concern("v", "1", **VERY))
    assert family.search(SELF, "Condition") == ["Condition/c", "Condition/v"]


def test_who_is_no_more_on_record_reads_nothing(family: Town) -> None:
    """Nor does who signed for somebody, once the record of it was deleted: not even what their own account finds."""
    family.delete(P, "Condition/c")
    family.delete(P, "Condition/both")
    assert family.search(MOTHER, "Condition") == ["Condition/d"]
    family.delete(P, "RelatedPerson/mother")
    for type in ("Patient", "Condition", "RelatedPerson"):
        assert family.search(MOTHER, type) == []


@pytest.mark.parametrize("purpose", ["CAREMGT", "COC", "support-conference", "BTG", "audit-review", "statistics"])
def test_for_no_other_purpose_is_anything_theirs(family: Town, purpose: str) -> None:
    asked = replace(SELF, purpose=vocabulary.purpose(purpose))
    for type in ("Patient", "Condition", "Group", "Task", "Practitioner", "PractitionerRole"):
        assert family.search(asked, type) == []


def test_an_officer_with_that_purpose_is_not_the_person(family: Town) -> None:
    assert family.search(replace(P, purpose=vocabulary.PATIENT_REQUEST), "Condition") == []


def test_a_consent_to_everybody_is_to_no_citizen(family: Town) -> None:
    everybody: Json = consent("a", provision={"type": "permit"})
    family.sign(P, everybody)
    assert family.search(CHILD, "Condition") == ["Condition/d"]
    assert family.search(replace(CHILD, purpose=vocabulary.CARE_MANAGEMENT), "Condition") == []


def test_they_write_nothing(family: Town) -> None:
    with pytest.raises(Problem):
        family.write(SELF, concern("new", "1"))
    with pytest.raises(Problem):
        family.write(SELF, family.read(P, "Condition/c") | {"note": [{"text": "違う"}]})
    with pytest.raises(Problem):
        family.delete(SELF, "Condition/c")


def test_of_no_record_is_it_told_who_reported_or_wrote(family: Town) -> None:
    school = {"resourceType": "Organization", "id": "school", "name": "学校"}
    told = concern("r", "1", contained=[school], recorder=ref("Practitioner/p"), asserter=ref("PractitionerRole/q"))
    told |= {
        "note": [{"authorReference": ref("Practitioner/q"), "text": "欠席が続く"}],
        "meta": {"source": "urn:school"},
    }
    told |= {"extension": [{"url": "urn:informant", "valueReference": ref("#school")}]}
    family.write(P, told)
    shown = family.read(SELF, "Condition/r")
    assert shown["note"] == [{"text": "欠席が続く"}]
    assert not {"recorder", "asserter", "contained", "extension"} & set(shown)
    assert "school" not in str(shown)
    assert "Practitioner" not in str(shown)
    (row,) = [each for each in family.page(SELF, "Condition").versions if each.id == "r"]
    assert b"Practitioner" not in row.body
    assert "Practitioner/p" in str(family.read(P, "Condition/r"))
    for asked in (("asserter", "PractitionerRole/q"), ("_source", "urn:school"), ("asserter:missing", "false")):
        with pytest.raises(Problem, match=asked[0].partition(":")[0]):
            family.search(SELF, "Condition", asked)
    assert family.search(SELF, "Condition", ("code", "debts"), ("subject", "Patient/1")) != []


def test_every_type_of_casework_says_what_tells_who_reported() -> None:
    assert reporting.elements().keys() == vocabulary.CASEWORK


def test_a_parent_reads_what_is_about_the_child_alone(family: Town) -> None:
    assert family.search(MOTHER, "Condition") == ["Condition/d"]
    assert family.search(MOTHER, "Patient") == ["Patient/2"]
    assert family.read(MOTHER, "Condition/d")["id"] == "d"


def test_a_parent_reads_nothing_that_is_kept_from_who_signs_for_another(family: Town) -> None:
    violence = concept("concern-field", "violence")
    family.write(
        P, concern("v", "2", **VERY), concern("w", "2", meta={"security": [WITHHELD | {"extension": [REASON]}]})
    )
    family.write(P, concern("x", "2", code=violence), concern("y", "2", category=[violence]))
    sheet: Json = {
        "resourceType": "QuestionnaireResponse",
        "id": "s",
        "status": "completed",
        "subject": ref("Patient/2"),
    }
    family.write(P, sheet | {"item": [{"linkId": "field", "answer": [{"valueCoding": violence["coding"][0]}]}]})
    about: Json = {"resourceType": "Communication", "id": "m", "status": "completed", "subject": ref("Patient/2")}
    family.write(P, about | {"about": [ref("Condition/x")]})
    assert family.search(MOTHER, "Condition") == ["Condition/d"]
    assert family.search(MOTHER, "QuestionnaireResponse") == family.search(MOTHER, "Communication") == []
    assert len(family.search(CHILD, "Condition")) == 5
    assert family.search(CHILD, "QuestionnaireResponse") == ["QuestionnaireResponse/s"]


def test_who_may_not_sign_today_reads_nothing(family: Town) -> None:
    assert family.search(replace(MOTHER, now=NOW), "Condition") == []  # recorded today, not before
    grown = TOMORROW.replace(year=2030, month=5, day=5)
    assert family.search(replace(MOTHER, now=grown), "Condition") == []
    family.write(P, family.read(P, "DocumentReference/register") | {"status": "entered-in-error"})
    assert family.search(MOTHER, "Condition") == []


def test_a_neighbour_by_record_is_no_parent(family: Town) -> None:
    kin: Json = {"resourceType": "RelatedPerson", "id": "neighbour", "patient": ref("Patient/2")}
    family.write(P, kin | {"relationship": [{"text": "隣人"}]})
    assert family.search(replace(MOTHER, person="RelatedPerson/neighbour"), "Condition") == []
    assert family.search(replace(MOTHER, person="RelatedPerson/none"), "Condition") == []


def test_of_a_protected_child_nobody_reads_as_a_parent(family: Town) -> None:
    body = family.read(P, "Patient/2")
    family.write(P, body | {"meta": body["meta"] | {"security": [own("secrecy-label", "address-secret")]}})
    assert family.search(MOTHER, "Condition") == family.search(MOTHER, "Patient") == []
    assert family.search(CHILD, "Condition") == ["Condition/d"]
    family.lift(LEAD, "Patient/2")
    assert family.search(MOTHER, "Condition") == ["Condition/d"]


def test_withholding_is_the_keepers_and_takes_a_reason(family: Town) -> None:
    body = family.read(P, "Condition/d")
    with pytest.raises(Problem, match="withheld-reason"):
        family.write(P, body | {"meta": body["meta"] | {"security": [WITHHELD]}})
    with pytest.raises(Problem, match="more than space"):
        family.write(
            P, concern("new", "2", meta={"security": [WITHHELD | {"extension": [REASON | {"valueString": " "}]}]})
        )
    family.write(P, body | {"meta": body["meta"] | {"security": [WITHHELD | {"extension": [REASON]}]}})
    assert family.search(MOTHER, "Condition") == []
    assert family.search(CHILD, "Condition") == ["Condition/d"]


def test_a_review_of_an_emergency_is_about_its_officer_too(family: Town) -> None:
    break_glass(family, record="Condition/d")
    assert family.search(SELF, "Task") == family.search(CHILD, "Task") == []


def test_what_agencies_are_told_of_a_consent_tells_the_person_of_no_agency_that_read(family: Town) -> None:
    form: Json = consent("a", provision=permit("Organization/other"))
    family.sign(P, form)
    assert family.search(Q, "Condition") == ["Condition/c"]
    family.write(P, word("w", of="a"))
    assert [*notices(family, "consent-begun"), *notices(family)] == ["Organization/other"] * 2
    assert family.search(SELF, "Communication") == []
    assert family.search(SELF, "Consent") == ["Consent/a", "Consent/w"]


def test_the_person_declares_a_conflict_of_interest_and_sees_what_they_declared(family: Town) -> None:
    def declare(who: Actor, person: str) -> str:
        asked = Conflict("Practitioner/p", (person,))
        names = ("$declare-conflict", person)
        done = family.run(family.gate.operate(who, names, lambda unit: declaring_conflict.declared(unit, asked)))
        return done.told[0].reference

    name = declare(SELF, "Patient/1")
    assert family.search(P, "Condition") == ["Condition/d"]
    assert family.search(SELF, "Flag") == family.search(LEAD, "Flag") == [name]
    assert family.search(P, "Flag") == family.search(CHILD, "Flag") == []
    for who, person in ((SELF, "Patient/2"), (MOTHER, "Patient/1"), (replace(SELF, purpose=P.purpose), "Patient/1")):
        with pytest.raises(Problem) as caught:
            declare(who, person)
        assert caught.value.kind == "not-found"


def log(town: Town, who: Actor, id: str) -> list[Json]:
    told = town.run(access_log.answered(town.gate, who, id, None))["parameter"]
    return [
        {part["name"]: next(value for key, value in part.items() if key.startswith("value")) for part in each["part"]}
        for each in told
        if each["name"] == "access"
    ]


def test_ones_own_log_tells_days_and_grounds_and_the_consent_and_no_agency(family: Town) -> None:
    family.sign(P, consent("a"))
    family.read(Q, "Condition/c")
    break_glass(family, record="Condition/c")
    family.read(EM, "Condition/c")
    told = log(family, SELF, "1")
    assert {"P1", "P3", "P8"} <= {each["ground"] for each in told}
    (by_consent,) = [each for each in told if each["ground"] == "P3"]
    assert by_consent == {"date": "2026-11-23", "ground": "P3", "times": 1, "consent": ref("Consent/a")}
    assert "Organization" not in str(told)
    assert "Practitioner" not in str(told)
    assert "Condition" not in str(told)


def test_the_log_is_told_to_the_person_and_who_signs_for_them_alike_and_to_nobody_else(family: Town) -> None:
    family.read(P, "Condition/d")
    assert log(family, MOTHER, "2") == [each for each in log(family, CHILD, "2") if each["ground"] != "P7"]
    for who, id in ((SELF, "2"), (P, "1"), (LEAD, "1"), (actor("aud"), "1"), (replace(SELF, purpose=P.purpose), "1")):
        with pytest.raises(Problem) as caught:
            log(family, who, id)
        assert caught.value.kind == "not-found"


def confirmed(town: Town, who: Actor = P, *named: str, **said: Any) -> None:
    town.of_list(who, "$confirm-signer", "Patient/2", named=named or ("RelatedPerson/mother",), **said)


def reads_nothing(town: Town) -> bool:
    found = [town.search(MOTHER, type) for type in ("Patient", "Condition", "RelatedPerson")]
    return not any(found) and not town.reads(MOTHER, "Patient/2")


def test_of_a_protected_child_a_parent_reads_once_an_officer_on_the_list_confirmed_it(family: Town) -> None:
    told = concern("told", "2") | {"note": [{"text": "北の寮にいる"}]}
    family.write(P, told)
    family.protect(P, "Patient/2", "Organization/center")
    assert reads_nothing(family)
    confirmed(family)
    assert family.search(MOTHER, "Condition") == ["Condition/d", "Condition/told"]
    assert family.search(MOTHER, "Patient") == ["Patient/2"]
    assert "note" not in family.read(MOTHER, "Condition/told"), "what tells the place stays withheld"
    assert "security" not in family.read(MOTHER, "Patient/2")["meta"]
    confirmed(family, undo=True)
    assert reads_nothing(family)


def test_a_confirmation_is_by_a_person_on_that_list_alone(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center")
    for who in (Q, LEAD, SELF, MOTHER, SYSTEM):
        with pytest.raises(Problem):
            confirmed(family, who)
    for named in ("RelatedPerson/none", "Patient/1", "Practitioner/p"):
        with pytest.raises(Problem, match="D1"):
            confirmed(family, P, named)
    with pytest.raises(Problem, match="D1"):
        confirmed(family, reason=" ")
    assert reads_nothing(family)


def test_each_protection_is_confirmed_for_itself_and_a_later_one_closes_again(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    assert not reads_nothing(family)
    family.protect(P, "Patient/2", "PractitionerRole/p")
    assert reads_nothing(family)
    with pytest.raises(Problem, match="protection"):
        confirmed(family)
    [_, label] = protection.labels(family.read(P, "Patient/2"))
    confirmed(family, id=protection.id_of(label))
    assert not reads_nothing(family)


def test_against_whom_a_protection_is_by_whatever_name_reads_nothing_though_confirmed(family: Town) -> None:
    """Each name is told of at its own time: the confirmation may be older than what is said of the other name."""
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    again = family.read(P, "RelatedPerson/mother")
    link = {"link": [{"other": ref("RelatedPerson/mother"), "type": "seealso"}], "meta": {"versionId": "1"}}
    family.write(P, patient("1", **link), again)
    assert not reads_nothing(family)
    family.protect(P, "Patient/2", "Organization/center", against=("Patient/1",))
    [_, label] = protection.labels(family.read(P, "Patient/2"))
    with pytest.raises(Problem, match="D1"):
        confirmed(family, id=protection.id_of(label))
    assert reads_nothing(family)


def test_so_do_those_whom_several_records_together_say_to_be_them(family: Town) -> None:
    """The mother is Patient 1, who is the aunt by another record of her, who is Patient 3."""
    kin: Json = {"resourceType": "RelatedPerson", "id": "aunt", "patient": ref("Patient/2")}
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    link = {"other": ref("RelatedPerson/aunt"), "type": "seealso"}
    mine = {"other": ref("RelatedPerson/mother"), "type": "seealso"}
    had = family.read(P, "RelatedPerson/mother")
    family.write(P, patient("1", link=[mine, link], meta={"versionId": "1"}), had, kin)
    family.write(P, patient("3", link=[link]), family.read(P, "RelatedPerson/aunt"))
    assert not reads_nothing(family)
    family.protect(P, "Patient/2", "Organization/center", against=("Patient/3",))
    [_, label] = protection.labels(family.read(P, "Patient/2"))
    with pytest.raises(Problem, match="D1"):
        confirmed(family, id=protection.id_of(label))
    assert reads_nothing(family)


def test_so_does_an_officer_who_is_also_the_one_who_signs(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    link = {"link": [{"other": ref("RelatedPerson/mother"), "type": "seealso"}], "meta": {"versionId": "1"}}
    family.write(P, patient("1", **link), family.read(P, "RelatedPerson/mother"))
    family.protect(P, "Patient/2", "Organization/center", against=("Practitioner/q",))
    [_, label] = protection.labels(family.read(P, "Patient/2"))
    confirmed(family, id=protection.id_of(label))
    assert not reads_nothing(family)
    known = saying_who.kept
    family.run(family.gate.operate(INSTALLER, ("also",), lambda unit: known(unit, "Practitioner/q", "Patient/1")))
    assert reads_nothing(family)


def test_who_is_recorded_until_an_hour_of_today_reads_until_then(family: Town) -> None:
    """Of a signature nobody knows the hour, of reading everybody does."""
    had = family.read(P, "RelatedPerson/mother")
    family.write(P, had | {"period": {"end": TOMORROW.replace(hour=12).isoformat()}})
    assert family.search(replace(MOTHER, now=TOMORROW.replace(hour=11)), "Condition") == ["Condition/d"]
    assert family.search(replace(MOTHER, now=TOMORROW.replace(hour=13)), "Condition") == []


def test_a_note_on_what_was_confirmed_confirms_nobody_anew(town: Town) -> None:
    """The guardian of an adult is confirmed as they were, and then their record is of somebody else."""
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}
    kin: Json = {"resourceType": "RelatedPerson", "id": "mother", "patient": ref("Patient/1")}
    kin |= {"relationship": [{"coding": [role]}], "name": [{"family": "水無瀬"}]}
    order: Json = {"resourceType": "DocumentReference", "id": "order", "status": "current", "subject": ref("Patient/1")}
    order |= {"type": concept("guardianship-paper", "court-order"), "content": [{"attachment": {"title": "審判書"}}]}
    asked: Json = {"resourceType": "Task", "id": "guarding", "status": "requested", "intent": "order"}
    asked |= {"code": concept("task-code", "confirm-guardian"), "focus": ref("RelatedPerson/mother")}
    asked |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/lead")}
    town.write(P, patient("1"), concern("c", "1"))
    town.write(P, kin, order | {"context": {"related": [ref("RelatedPerson/mother")]}}, asked)
    town.write(LEAD, asked | {"status": "completed", "meta": {"versionId": "1"}})
    assert town.search(MOTHER, "Condition") == ["Condition/c"]
    noted = asked | {"status": "completed", "note": [{"text": "電話があった"}]}
    town.write(LEAD, noted | {"meta": {"versionId": "2"}})
    assert town.search(MOTHER, "Condition") == ["Condition/c"]
    town.write(P, kin | {"name": [{"family": "別人"}], "meta": {"versionId": "1"}})
    town.write(LEAD, noted | {"note": [{"text": "また電話があった"}], "meta": {"versionId": "3"}})
    assert town.search(MOTHER, "Condition") == []
    town.write(P, asked | {"id": "anew"})
    town.write(LEAD, asked | {"id": "anew", "status": "completed", "meta": {"versionId": "1"}})
    assert town.search(MOTHER, "Condition") == ["Condition/c"]


def test_who_was_confirmed_is_who_the_record_then_said_and_nobody_whom_it_says_later(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    had = family.read(P, "RelatedPerson/mother")
    family.write(P, had | {"telecom": [{"system": "phone", "value": "086-000-0000"}]})
    assert not reads_nothing(family), "who they are stays"
    had = family.read(P, "RelatedPerson/mother")
    family.write(P, had | {"name": [{"family": "別人"}], "gender": "male"})
    assert reads_nothing(family)
    confirmed(family, undo=True)
    confirmed(family)
    assert not reads_nothing(family)


def test_each_protection_confirms_whom_the_record_says_now(family: Town) -> None:
    """Two officers who had two people before them have confirmed nobody."""
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    family.write(P, family.read(P, "RelatedPerson/mother") | {"name": [{"family": "別人"}], "gender": "male"})
    family.protect(P, "Patient/2", "Organization/center")
    [first, second] = protection.labels(family.read(P, "Patient/2"))
    confirmed(family, id=protection.id_of(second))
    assert reads_nothing(family)
    confirmed(family, id=protection.id_of(first), undo=True)
    confirmed(family, id=protection.id_of(first))
    assert not reads_nothing(family)


def test_a_protection_that_reaches_somebody_else_brings_no_confirmation(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center", shares=("Patient/1",))
    confirmed(family)
    assert protection.signers(protection.labels(family.read(P, "Patient/1"))[0]) == {}
    family.write(P, patient("3"), household("1", "2", "3") | {"meta": {"versionId": "1"}})
    assert protection.signers(protection.labels(family.read(P, "Patient/3"))[0]) == {}


def test_a_protection_of_another_name_is_confirmed_too_by_who_reads_the_one_they_sign_for(family: Town) -> None:
    """The other name has no RelatedPerson of its own: without this nobody could ever confirm it."""
    asked: Json = {"resourceType": "Task", "status": "requested", "intent": "order"}
    shown = {"for": ref("Patient/2"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    family.write(Q, patient("9", birthDate="2012-05-05"))
    family.write(P, asked | shown | {"id": "t2"})
    shown = {"for": ref("Patient/9"), "requester": ref("Organization/other"), "owner": ref("Organization/center")}
    family.write(Q, asked | shown | {"id": "t9"})
    family.protect(Q, "Patient/9", "Organization/other", "Organization/center")
    with pytest.raises(Problem, match="D1"):  # of another person, as long as these are two
        family.of_list(P, "$confirm-signer", "Patient/9", named=("RelatedPerson/mother",))
    merges.answer(family, Q, merges.ask(family, P, "2", "9"))
    assert reads_nothing(family)
    with pytest.raises(Problem, match="D1"):  # who does not read whom they sign for is told nothing of it
        family.of_list(Q, "$confirm-signer", "Patient/9", named=("RelatedPerson/mother",))
    family.of_list(P, "$confirm-signer", "Patient/9", named=("RelatedPerson/mother",))
    assert not reads_nothing(family)


def test_whom_is_confirmed_is_shown_to_those_on_the_list_alone(family: Town) -> None:
    family.protect(P, "Patient/2", "Organization/center")
    confirmed(family)
    assert "RelatedPerson/mother" in str(family.read(P, "Patient/2"))
    asked: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/2")}
    family.write(P, asked | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    assert "mother" not in str(family.read(Q, "Patient/2"))
