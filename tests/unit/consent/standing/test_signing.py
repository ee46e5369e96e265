"""What stood recorded of a signature: the version of the paper, the person by all names, and who is said to sign."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from consent.secrecy import protection
from consent.standing import signing
from consent.standing.signed import Paper, Representative, Signing
from consent.verdict import Verdict
from resources.record import period
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import CENTER, NOW
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.standing.test_signature import related
from tests.unit.consent.town import patient

BEFORE = NOW - timedelta(days=40)
MIDNIGHT = datetime.fromisoformat("2026-11-23T00:00:00+09:00")
MOTHER, GUARD = "RelatedPerson/mother", "RelatedPerson/guard"
COUNTS = Verdict(True)


def document(id: str, kind: tuple[str, str] | None = None, of: str = "", **elements: Any) -> Json:
    made: Json = {"resourceType": "DocumentReference", "id": id, "status": "current", "content": []}
    made |= {"type": concept(*kind)} if kind else {}
    return made | ({"context": {"related": [ref(of)]}} if of else {}) | elements


def register(id: str = "register", of: str = MOTHER, **elements: Any) -> Json:
    return document(id, ("guardianship-paper", "family-register"), of, **elements)


def kin(id: str = "mother", role: str = "MTH", **elements: Any) -> Json:
    return related(role, id=id) | elements


def word(*performers: str, source: str = "DocumentReference/d", on: str = "2026-11-23", **elements: Any) -> Json:
    consent: Json = {"resourceType": "Consent", "id": "c", "status": "active", "patient": ref("Patient/1")}
    consent |= {"dateTime": on, "performer": [ref(one) for one in performers]}
    return consent | {"sourceReference": ref(source)} | elements


def confirmation(id: str = "t", of: str = GUARD, status: str = "completed", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": status, "for": ref("Patient/1"), "focus": ref(of)}
    return task | {"code": concept("task-code", "confirm-guardian")} | elements


def born(id: str, day: str, whom: str = "Patient/1", at: datetime = NOW) -> tuple[Json, Verdict]:
    task: Json = {"resourceType": "Task", "id": id, "status": "completed", "for": ref(whom), "focus": ref(whom)}
    noted = frozenset({f".born {period.instant(at)} {day}"})
    return task | {"code": concept("task-code", "confirm-birth-date")}, Verdict(True, noted=noted)


def merged(lying: Lying, *others: str) -> None:
    """Patient/1 and these are one person."""
    task: Json = {"resourceType": "Task", "id": "m", "status": "completed", "code": concept("task-code", "merge")}
    every = ("Patient/1", *others)
    task |= {"for": ref(others[0]), "focus": ref("Patient/1")}
    lying.put(task, judged=Verdict(True, noted=frozenset(f".same {one}" for one in every)))


def of(lying: Lying, consent: Json, beside: Json | None = None, custodian: str = CENTER) -> Signing:
    """What bears on it where these records, by their names, are written with it."""

    def look(name: str) -> Json | None:
        return (beside or {}).get(name) or lying.look(name)

    return lying.ask(lambda view: signing.of(view, consent, custodian, look, lying.now))


def of_mother(lying: Lying, on: str = "2026-11-23") -> Representative:
    return of(lying, word(MOTHER, on=on)).representatives[MOTHER]


@pytest.fixture
def before(lying: Lying) -> Lying:
    """A person, and a mother with a register's paper; the next day."""
    lying.now = BEFORE
    lying.put(patient("1"), kin(), keeper=OTHER)
    lying.put(register(), keeper=OTHER)
    lying.now = BEFORE + timedelta(days=1)
    return lying


@pytest.fixture
def family(before: Lying) -> Lying:
    """With a document of today."""
    return today(before)


def today(lying: Lying) -> Lying:
    lying.now = NOW
    lying.put(document("d", subject=ref("Patient/1")))
    return lying


SIGNED = Paper(
    "DocumentReference/d/_history/1",
    document("d", subject=ref("Patient/1")),
    CENTER,
    frozenset({"Patient/1"}),
    date(2026, 11, 23),
)
AS_RECORDED = Representative(kin(), kin(), OTHER, (register(),))


def test_all_that_bears_on_it(family: Lying) -> None:
    known = of(family, word("Patient/1", MOTHER, "Practitioner/p"))
    one = frozenset({"Patient/1"})
    assert known == Signing(patient("1"), paper=SIGNED, representatives={MOTHER: AS_RECORDED}, names=one)
    assert of(family, word("Patient/1")).representatives == {}
    stranger = word("RelatedPerson/stranger", patient=ref("Patient/9"), source="")
    nobody = {"RelatedPerson/stranger": Representative()}
    assert of(family, stranger) == Signing(representatives=nobody, names=frozenset({"Patient/9"}))
    of_nobody = {name: part for name, part in word(source="").items() if name != "patient"}
    assert of(family, of_nobody) == Signing(names=frozenset({""}))
    with_them = of(family, word(patient=ref("Patient/9")), {"Patient/9": patient("9", birthDate="2012-05-05")})
    assert with_them.patient == patient("9", birthDate="2012-05-05"), "registered with it"


def test_what_is_written_with_it_does_not_change_what_stood_before(family: Lying) -> None:
    beside = {
        "Patient/1": patient("1", gender="female"),
        "DocumentReference/d": document("d", status="entered-in-error"),
    }
    assert of(family, word(), beside) == of(family, word())


# --- who signs for them ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["2026-11", "2026", "きのう"])
def test_of_a_day_that_cannot_be_told_nobody_is_on_record_before_it(family: Lying, on: str) -> None:
    assert of_mother(family, on) == Representative()


def test_who_was_recorded_today_was_not_on_record_before(family: Lying) -> None:
    family.put(kin("new"), register("late", of="RelatedPerson/new"))
    known = of(family, word("RelatedPerson/new")).representatives["RelatedPerson/new"]
    assert known == Representative({}, kin("new"), CENTER)


def test_before_the_day_is_before_its_midnight_in_japan(before: Lying) -> None:
    family = before
    family.now = MIDNIGHT - timedelta(milliseconds=10)
    family.put(kin("eve"), register("eve", of="RelatedPerson/eve"))
    family.now = MIDNIGHT
    family.put(kin("new"))
    family.now = MIDNIGHT + timedelta(milliseconds=1)
    family.put(register("new", of="RelatedPerson/new"))
    known = of(family, word("RelatedPerson/eve", "RelatedPerson/new")).representatives
    eve = Representative(kin("eve"), kin("eve"), CENTER, (register("eve", of="RelatedPerson/eve"),))
    assert known == {"RelatedPerson/eve": eve, "RelatedPerson/new": Representative({}, kin("new"), CENTER)}


def test_a_paper_of_that_very_midnight_came_with_the_day(before: Lying) -> None:
    before.now = MIDNIGHT
    before.put(register("second"))
    assert of_mother(before).papers == (register(),)


def test_who_was_changed_since_is_kept_as_they_were_then_and_as_they_are(before: Lying) -> None:
    before.put(kin(role="FTH"), keeper=OTHER)
    family = today(before)
    family.put(kin(role="GUARD"), keeper=OTHER)
    family.put(kin(role="AUNT"), keeper=OTHER)
    known = of_mother(family)
    assert (known.then, known.now) == (kin(role="FTH"), kin(role="AUNT"))
    assert of_mother(family, "2026-10-16").then == kin(role="FTH")
    assert of_mother(family, "2026-10-15").then == kin(), "changed on that day"
    assert of_mother(family, "2026-10-14").then == {}, "recorded on that day"


def test_who_was_deleted_or_found_to_be_in_error_signs_for_nobody(family: Lying) -> None:
    wrong = kin(modifierExtension=[extension("entered-in-error", valueBoolean=True)])
    family.put(wrong, keeper=OTHER)
    assert of_mother(family) == Representative(kin(), {}, OTHER, (register(),))
    family.delete(MOTHER)
    assert of_mother(family) == Representative()
    family.put(kin(), keeper=OTHER)
    assert of_mother(family).then == {}, "who is recorded again was not on record in between"


def test_the_papers_on_them_are_those_recorded_before_and_not_in_error(before: Lying) -> None:
    family = before
    old = register("old", status="superseded")
    family.put(old, register("other", of=GUARD), register("wrong", docStatus="entered-in-error"), register("gone"))
    family.put(register("error", status="entered-in-error"))
    family.delete("DocumentReference/gone")
    today(family).put(register("late"))
    assert sorted(paper["id"] for paper in of_mother(family).papers) == ["old", "register"]


# --- guardians -------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(before: Lying) -> Lying:
    """A guardian whom the lead section confirmed before today."""
    before.put(kin("guard", "GUARD"))
    before.put(confirmation(), judged=COUNTS)
    return today(before)


def confirmed(lying: Lying) -> dict[str, bool]:
    """Of the representatives whether each is confirmed, also where the person signs alone."""
    return {name: one.confirmed for name, one in of(lying, word("Patient/1")).representatives.items()}


def test_a_guardian_whom_the_lead_section_confirmed_is_asked_about_whoever_signed(guarded: Lying) -> None:
    assert confirmed(guarded) == {GUARD: True}
    both = of(guarded, word(MOTHER)).representatives
    assert {name: one.confirmed for name, one in both.items()} == {GUARD: True, MOTHER: False}
    assert both[GUARD].then == both[GUARD].now == kin("guard", "GUARD")


def test_who_was_changed_since_is_not_confirmed_as_they_stand_until_that_is_confirmed_too(guarded: Lying) -> None:
    guarded.put(kin("guard", "GUARD", name=[{"text": "別の人"}]))
    assert confirmed(guarded) == {GUARD: False}
    guarded.put(confirmation("again"), judged=COUNTS)
    assert confirmed(guarded) == {GUARD: True}
    guarded.put(kin("guard", "GUARD"))
    assert confirmed(guarded) == {GUARD: False}


def test_what_is_noted_on_it_after_somebody_was_changed_confirms_nobody_anew(guarded: Lying) -> None:
    guarded.put(kin("guard", "GUARD", name=[{"text": "別の人"}]))
    for note in ("1", "2", "3"):
        guarded.put(confirmation(note=[{"text": note}]), judged=COUNTS)
        assert confirmed(guarded) == {GUARD: False}


def test_what_is_noted_later_on_what_was_confirmed_confirms_nobody_anew(guarded: Lying) -> None:
    guarded.put(confirmation(note=[{"text": "1"}]), judged=COUNTS)
    guarded.put(kin("guard", "GUARD", name=[{"text": "別の人"}]))
    guarded.put(confirmation(note=[{"text": "2"}]), judged=COUNTS)
    guarded.put(confirmation(note=[{"text": "3"}]), judged=COUNTS)
    assert confirmed(guarded) == {GUARD: False}
    guarded.put(confirmation(status="entered-in-error"), judged=COUNTS)
    guarded.put(confirmation(), judged=COUNTS)
    assert confirmed(guarded) == {GUARD: True}, "taken back, and confirmed anew"
    guarded.put(kin("guard", "GUARD"))
    guarded.delete("Task/t")
    guarded.put(confirmation(), judged=COUNTS)
    assert confirmed(guarded) == {GUARD: True}, "it was not confirmed in between"


def test_who_is_written_with_what_confirms_them_was_not_there_to_be_confirmed(before: Lying) -> None:
    before.put(kin("guard", "GUARD"), confirmation(), judged=COUNTS)
    assert confirmed(today(before)) == {GUARD: False}


@pytest.mark.parametrize(
    ("amiss", "judged"),
    [
        (confirmation(), Verdict()),
        (confirmation(status="accepted"), COUNTS),
        (confirmation(status="entered-in-error"), COUNTS),
        (confirmation() | {"code": concept("task-code", "inquiry")}, COUNTS),
        (confirmation(of="Patient/2"), COUNTS),
    ],
    ids=["does not count", "not done yet", "taken back", "another task", "of no RelatedPerson"],
)
def test_nobody_else_is_a_confirmed_guardian(before: Lying, amiss: Json, judged: Verdict) -> None:
    before.put(kin("guard", "GUARD"))
    before.put(amiss, judged=judged)
    assert confirmed(today(before)) == {}


def test_a_guardian_that_was_confirmed_under_another_name_is_one_of_the_person(guarded: Lying) -> None:
    other = kin("of-other", "GUARD", patient=ref("Patient/2"))
    guarded.put(patient("2"), other)
    guarded.put(confirmation("other", of="RelatedPerson/of-other") | {"for": ref("Patient/2")}, judged=COUNTS)
    assert confirmed(guarded) == {GUARD: True}
    merged(guarded, "Patient/2")
    assert confirmed(guarded) == {GUARD: True, "RelatedPerson/of-other": True}
    alone = guarded.ask(lambda view: signing.of_oneself(view, "Patient/1", NOW))
    assert {name: one.confirmed for name, one in alone.representatives.items()} == confirmed(guarded)


# --- the person, and when they were born -----------------------------------------------------------------------------


def of_whom(lying: Lying, name: str = "Patient/1") -> Json:
    return dict(of(lying, word(patient=ref(name))).patient)


def test_the_birth_date_that_stands_is_the_one_registered_whatever_the_record_says_since(family: Lying) -> None:
    family.put(patient("1", birthDate="1990-05-05", gender="female"))
    assert of_whom(family) == patient("1", gender="female")
    family.put({name: part for name, part in patient("1").items() if name != "birthDate"})
    assert of_whom(family) == patient("1")
    unknown = {name: part for name, part in patient("2").items() if name != "birthDate"}
    family.put(unknown)
    family.put(patient("2"))
    assert of_whom(family, "Patient/2") == unknown, "none was known"


def test_the_birth_date_last_confirmed_stands_and_that_of_nobody_else(family: Lying) -> None:
    for id, day, at in (("a", "2012-05-05", NOW), ("b", "1990-05-05", BEFORE)):
        task, judged = born(id, day, at=at)
        family.put(task, judged=judged)
    assert of_whom(family) == patient("1", birthDate="2012-05-05")
    latest, judged = born("c", "1970-01-01", at=NOW + timedelta(seconds=1))
    for amiss in (
        latest | {"focus": ref("Patient/2")},
        latest | {"code": concept("task-code", "confirm-death")},
        latest | {"for": ref("Patient/2"), "focus": ref("Patient/2")},
    ):
        family.put(amiss | {"id": f"x{len(family.versions)}"}, judged=judged)
    family.put(latest, judged=Verdict(noted=judged.noted))
    assert of_whom(family) == patient("1", birthDate="2012-05-05")
    family.put(latest, judged=judged)
    assert of_whom(family) == patient("1", birthDate="1970-01-01")


def test_under_each_other_name_a_birth_date_stands_of_its_own(family: Lying) -> None:
    unknown = {name: part for name, part in patient("4").items() if name != "birthDate"}
    family.put(patient("2", birthDate="2012-05-05"), patient("3", birthDate="1970-01-01"), unknown)
    family.put(patient("5", birthDate="1960-01-01"))
    merged(family, "Patient/2", "Patient/3", "Patient/4")
    task, judged = born("b", "2011-01-01", "Patient/2")
    family.put(task, judged=judged)
    known = of(family, word())
    assert known.names == {"Patient/1", "Patient/2", "Patient/3", "Patient/4"}
    assert known.births == {"2011-01-01", "1970-01-01"}
    assert known.patient == patient("1")
    for other in (
        family.ask(lambda view: signing.standing_in(view, MOTHER, "Patient/1", NOW)),
        family.ask(lambda view: signing.of_oneself(view, "Patient/1", NOW)),
        family.ask(lambda view: signing.aged(view, word())),
    ):
        assert (other.patient, other.names, other.births) == (known.patient, known.names, known.births)


def test_who_stands_in_for_a_person_today_and_who_did_when_it_was_signed(guarded: Lying) -> None:
    guarded.put(kin(role="FTH"), keeper=OTHER)
    one = frozenset({"Patient/1"})
    as_now = Representative(kin(), kin(role="FTH"), OTHER, (register(),))
    today = guarded.ask(lambda view: signing.standing_in(view, MOTHER, "Patient/1", NOW))
    assert today == Signing(patient("1"), representatives={MOTHER: as_now}, names=one)
    by_guard = guarded.ask(lambda view: signing.standing_in(view, GUARD, "Patient/1", NOW))
    assert by_guard.representatives[GUARD].confirmed
    tomorrow = guarded.ask(lambda view: signing.standing_in(view, MOTHER, "Patient/1", NOW + timedelta(days=1)))
    assert tomorrow.representatives[MOTHER].then == kin(role="FTH")
    aged = guarded.ask(lambda view: signing.aged(view, word("Patient/1", MOTHER)))
    assert aged == Signing(patient("1"), representatives={MOTHER: as_now}, names=one)
    by_both = guarded.ask(lambda view: signing.aged(view, word(GUARD, on="2026-10-20")))
    assert by_both.representatives[GUARD].confirmed
    nobody = guarded.ask(lambda view: signing.of_oneself(view, "Patient/9", NOW))
    assert nobody == Signing(names=frozenset({"Patient/9"}))
    own_day = guarded.ask(lambda view: signing.of_oneself(view, "Patient/1", BEFORE + timedelta(days=1)))
    assert own_day.representatives[GUARD].then == {}, "recorded on that day"


# --- against whom they are protected ---------------------------------------------------------------------------------


def protected(id: str, *against: str) -> Json:
    code = own("secrecy-label", "address-secret")
    return patient(id, meta={"security": [protection.label(code, f"lock-{id}", ["HealthcareService/desk"], against)]})


def against(lying: Lying, *performers: str) -> set[str]:
    return set(of(lying, word(*performers)).against)


FATHER = "RelatedPerson/father"


def test_who_signed_against_whom_the_person_is_protected_by_any_name_of_either(family: Lying) -> None:
    everybody = (MOTHER, FATHER, "Patient/father", "Patient/his-other", "Practitioner/p", "Patient/1")
    assert against(family, *everybody) == set()
    family.put(protected("1", "Practitioner/p"), keeper=OTHER)
    assert against(family, *everybody) == {"Practitioner/p"}
    family.put(protected("1", "Patient/father"), keeper=OTHER)
    assert against(family, *everybody) == {"Patient/father"}
    link = [{"other": ref(FATHER), "type": "seealso"}]
    family.put(patient("father", link=link), kin("father", "FTH"))
    assert against(family, *everybody) == {"Patient/father", FATHER}
    family.put(patient("father"))
    assert against(family, *everybody) == {"Patient/father", FATHER}, "of whom it was once said"
    task: Json = {"resourceType": "Task", "id": "n", "status": "completed", "code": concept("task-code", "merge")}
    task |= {"for": ref("Patient/his-other"), "focus": ref("Patient/father")}
    named = frozenset({".same Patient/father", ".same Patient/his-other"})
    family.put(patient("his-other"))
    family.put(task, judged=Verdict(True, noted=named))
    assert against(family, *everybody) == {"Patient/father", FATHER, "Patient/his-other"}
    family.put(protected("1", FATHER), keeper=OTHER)
    assert against(family, *everybody) == {"Patient/father", FATHER, "Patient/his-other"}
    assert against(family, MOTHER) == set()


def test_a_protection_under_another_name_is_against_them_too_and_nobody_is_against_themself(family: Lying) -> None:
    family.put(protected("2", MOTHER, "Patient/1"))
    assert against(family, MOTHER, "Patient/1") == set()
    merged(family, "Patient/2")
    assert against(family, MOTHER, "Patient/1") == {MOTHER}
    family.put(protected("1", FATHER))
    assert against(family, MOTHER, FATHER) == {MOTHER, FATHER}, "by any protection"
    family.delete("Patient/2")
    assert against(family, MOTHER, FATHER) == {FATHER}


# --- the paper -------------------------------------------------------------------------------------------------------


def on(lying: Lying, source: Any, beside: Json | None = None, custodian: str = CENTER) -> Paper | None:
    said = {"sourceReference": source} if not isinstance(source, str) else {}
    return of(lying, word(source=source if isinstance(source, str) else "") | said, beside, custodian).paper


def test_the_version_named_is_the_paper_or_else_the_one_that_stands(family: Lying) -> None:
    family.now = NOW + timedelta(days=1)
    family.put(document("d", subject=ref("Patient/2")), keeper=OTHER)
    second = Paper(
        "DocumentReference/d/_history/2",
        document("d", subject=ref("Patient/2")),
        OTHER,
        frozenset({"Patient/1", "Patient/2"}),
        date(2026, 11, 24),
    )
    assert on(family, "DocumentReference/d") == on(family, "DocumentReference/d/_history/2") == second
    assert on(family, "DocumentReference/d/_history/1") == SIGNED


@pytest.mark.parametrize(
    "source",
    [
        "Patient/1",
        "DocumentReference/none",
        "DocumentReference/d/_history/2",
        "DocumentReference/d/_history/x",
        "https://elsewhere.example/fhir/DocumentReference/d",
        "",
        {"identifier": {"value": "1"}},
        {"reference": 1},
        "用紙",
        None,
    ],
)
def test_nothing_else_is_a_paper(family: Lying, source: Any) -> None:
    assert on(family, source) is None


@pytest.mark.parametrize("amiss", [{"docStatus": "entered-in-error"}, {"status": "entered-in-error"}])
def test_of_a_paper_in_error_there_is_no_version_and_of_one_that_is_gone_those_that_were(
    family: Lying, amiss: Json
) -> None:
    family.put(document("d", subject=ref("Patient/1")) | amiss)
    for name in ("DocumentReference/d", "DocumentReference/d/_history/1"):
        assert on(family, name) is None
    assert on(family, "DocumentReference/new", {"DocumentReference/new": document("new") | amiss}) is None
    family.put(document("d", subject=ref("Patient/1")))
    assert on(family, "DocumentReference/d/_history/1") == SIGNED


def test_a_sheet_of_a_household_is_about_its_members_as_they_are_now(family: Lying) -> None:
    group: Json = {"resourceType": "Group", "id": "g", "type": "person", "actual": True}
    family.put(group | {"member": [{"entity": ref("Patient/1")}, {"entity": ref("Patient/2")}]})
    sheet: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "status": "completed", "subject": ref("Group/g")}
    family.put(sheet, keeper=THIRD)
    found = on(family, "QuestionnaireResponse/s")
    assert found == Paper(
        "QuestionnaireResponse/s/_history/1", sheet, THIRD, frozenset({"Patient/1", "Patient/2"}), date(2026, 11, 23)
    )
    family.put(group | {"member": [{"entity": ref("Patient/1")}]})
    left = on(family, "QuestionnaireResponse/s")
    assert left is not None
    assert left.about == {"Patient/1"}


def test_a_paper_that_is_written_with_it_is_its_first_version_kept_by_who_writes(family: Lying) -> None:
    new = document("new", subject=ref("Patient/1"))
    written = Paper("DocumentReference/new/_history/1", new, OTHER, frozenset({"Patient/1"}), date(2026, 11, 23))
    for name in ("DocumentReference/new", "DocumentReference/new/_history/1"):
        assert on(family, name, {"DocumentReference/new": new}, OTHER) == written
    assert on(family, "DocumentReference/new/_history/2", {"DocumentReference/new": new}, OTHER) is None
    group: Json = {"resourceType": "Group", "id": "h", "member": [{"entity": ref("Patient/3")}]}
    sheet: Json = {"resourceType": "QuestionnaireResponse", "id": "s", "subject": ref("Group/h")}
    found = on(family, "QuestionnaireResponse/s", {"QuestionnaireResponse/s": sheet, "Group/h": group})
    assert found is not None
    assert found.about == {"Group/h", "Patient/3"}
    alone = on(family, "QuestionnaireResponse/s", {"QuestionnaireResponse/s": sheet})
    assert alone is not None
    assert alone.about == {"Group/h"}


def test_the_day_is_that_in_japan(family: Lying) -> None:
    family.now = datetime.fromisoformat("2026-11-24T23:59:00+09:00")
    family.put(document("late", subject=ref("Patient/1")))
    late = on(family, "DocumentReference/late")
    assert late is not None
    assert late.recorded == date(2026, 11, 24)
    assert signing.day_of(datetime.fromisoformat("2026-11-23T15:00:00+00:00")) == date(2026, 11, 24)
    assert signing.day_of(datetime.fromisoformat("2026-11-23T14:59:00+00:00")) == date(2026, 11, 23)


# --- who keeps a paper that tells something of a person --------------------------------------------------------------


def test_which_agencies_keep_a_paper_that_tells_it(family: Lying) -> None:
    def telling(person: str = "Patient/1", kind: str = "birth-paper") -> frozenset[str]:
        return family.ask(lambda view: signing.telling(view, person, kind))

    def certificate(id: str, person: str = "1", **elements: Any) -> Json:
        told = {"subject": ref(f"Patient/{person}")}
        return document(id, ("birth-paper", "residence-record"), **told | elements)

    assert telling() == frozenset()
    family.put(certificate("a"), keeper=OTHER)
    family.put(certificate("b"), certificate("c", "2"), keeper=THIRD)
    assert telling() == {OTHER, THIRD}
    assert telling("Patient/2") == {THIRD}
    assert telling(kind="death-paper") == telling("") == telling("Patient/9") == frozenset()
    family.put(certificate("a", status="superseded"), certificate("b", docStatus="entered-in-error"))
    assert telling() == frozenset()
    family.put(certificate("a", type={"text": "住民票"}), keeper=OTHER)
    asked: Json = {"resourceType": "Task", "id": "t", "for": ref("Patient/1"), "status": "current"}
    family.put(asked | {"type": concept("birth-paper", "residence-record")}, keeper=OTHER)
    assert telling() == frozenset()
