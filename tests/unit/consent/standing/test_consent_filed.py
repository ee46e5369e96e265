"""R3: who files a consent, on what paper, signed by whom; and what it counts for once it is filed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consent.facts import Facts
from consent.standing import consent
from consent.standing.signed import Paper, Representative, Signing
from consent.verdict import NONE, Verdict
from resources.record import coding
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, OFFICER
from tests.unit.consent.standing.filed import OTHER, Json, filing, wrongs
from tests.unit.consent.standing.test_signature import representative

WORD: Json = {"resourceType": "Consent", "id": "c", "status": "active", "patient": ref("Patient/1")}
WORD |= {"dateTime": "2026-11-23", "performer": [ref("Patient/1")], "provision": {"type": "permit"}}
WORD |= {"sourceReference": ref("DocumentReference/d")}
REFUSAL = WORD | {"provision": {"type": "deny"}}
SCAN: Json = {"resourceType": "DocumentReference", "date": "2026-11-23T09:00:00Z"}
CITED = "DocumentReference/d/_history/1"
PERSON = Facts(replace(OFFICER, person="Patient/1"))
SOURCE, PERFORMER, PATIENT = "R3 at Consent.sourceReference", "R3 at Consent.performer", "R3 at Consent.patient!"


def paper(body: Json = SCAN, custodian: str = CENTER, about: str = "Patient/1", day: int = 23) -> Paper:
    return Paper(CITED, body, custodian, frozenset({about}), date(2026, 11, day))


def signing(on: Paper | None = None, born: str = "1980-01-01", **known: Any) -> Signing:
    return Signing({"resourceType": "Patient", "birthDate": born}, paper=on or paper(), **known)


def told(after: Json, before: Json | None = None, stood: Signing | None = None, **known: Any) -> list[str]:
    return wrongs(consent.KIND, filing(before, after, **{"signing": stood or signing(), "had": NONE} | known))


def judged(after: Json, before: Json | None = None, stood: Signing | None = None, **known: Any) -> Verdict:
    return consent.judged(filing(before, after, **{"signing": stood or signing(), "had": NONE} | known))


def test_an_agency_that_has_the_person_in_care_files_it_or_the_person() -> None:
    assert told(WORD) == []
    assert told(WORD, care={}) == [PATIENT]
    assert told(WORD, care={}, facts=PERSON) == []
    assert judged(WORD) == Verdict(True, frozenset({CENTER}), noted=frozenset({f".paper {CITED}"}))
    assert judged(WORD, care={}) == NONE
    assert judged(WORD, care={}, facts=PERSON).honoured == {"*"}, "everybody honours one's own word"
    assert told({name: value for name, value in WORD.items() if name != "patient"}, care={}) == []


def test_it_is_asked_as_it_becomes_active() -> None:
    assert told(WORD, WORD, care={}) == []
    assert told(WORD, WORD | {"status": "inactive"}, care={}) == [PATIENT]
    assert told(WORD | {"status": "proposed"}, care={}) == []
    assert judged(WORD | {"status": "proposed"}) == NONE
    assert judged(WORD, WORD | {"status": "proposed"}).counts


@pytest.mark.parametrize(
    ("on", "right"),
    [
        (paper(), True),
        (paper(custodian=OTHER), False),
        (paper(about="Patient/2"), False),
        (paper(day=22), False),
        (paper(day=24), True),
        (paper({"resourceType": "DocumentReference"}), False),
        (paper({"resourceType": "DocumentReference", "content": [{"attachment": {"creation": "2026"}}]}), True),
        (paper({"resourceType": "DocumentReference", "content": [{"attachment": {"title": "x"}}, {}]}), False),
        (paper({"resourceType": "QuestionnaireResponse", "authored": "2026-11-23"}), True),
        (paper({"resourceType": "QuestionnaireResponse", "date": "2026-11-23"}), False),
        (paper({"resourceType": "QuestionnaireResponse", "item": [{"answer": [{"valueDate": "2026"}]}]}), True),
        (paper({"resourceType": "QuestionnaireResponse", "item": [{"item": [{"valueDateTime": "2026"}]}]}), True),
        (paper({"resourceType": "QuestionnaireResponse", "item": [{"answer": [{"valueString": "2026"}]}]}), False),
    ],
)
def test_the_paper_is_kept_by_who_files_names_the_person_and_a_day_and_was_recorded_since(
    on: Paper, *, right: bool
) -> None:
    assert told(WORD, stood=signing(on)) == ([] if right else [SOURCE])
    assert told(REFUSAL, stood=signing(on)) == ([] if right else [SOURCE])
    assert judged(WORD, stood=signing(on)).counts is right


def test_without_a_paper_it_is_none() -> None:
    attached = {name: value for name, value in WORD.items() if name != "sourceReference"}
    assert told(attached | {"sourceAttachment": {"title": "x"}}) == [SOURCE]
    for stood in (replace(signing(), paper=None), Signing()):
        assert SOURCE in told(WORD, stood=stood)
        assert judged(WORD, stood=stood) == NONE
    assert wrongs(consent.KIND, filing(None, WORD)) == [SOURCE]
    assert consent.judged(filing(None, WORD)) == NONE
    silent = {name: value for name, value in WORD.items() if name != "dateTime"}
    assert told(silent, stood=signing(paper(day=1))) == [], "the day is a duty of its own"


def sheet(*rows: Json, form: str = f"{coding.BASE}/Questionnaire/tsunagu-sheet") -> Paper:
    body = {"resourceType": "QuestionnaireResponse", "authored": "2026-11-23", "questionnaire": form}
    return paper(body | {"item": list(rows)})


def member(*signatures: str, of: str = "Patient/1", **link: str) -> Json:
    answers = [{"valueString": each} for each in signatures]
    given = {"linkId": link.get("signature", "member.consent.signature"), "answer": answers}
    part = {"linkId": link.get("part", "member.consent"), "item": [{"linkId": "member.consent.date"}, given]}
    tied = {"extension": [extension("member-subject", valueReference=ref(of))]} if of else {}
    return {"linkId": link.get("row", "member"), "item": [{"linkId": "member.name"}, part], **tied}


@pytest.mark.parametrize(
    ("on", "right"),
    [
        (sheet(member("水無瀬")), True),
        (sheet(member()), False),
        (sheet(member("")), False),
        (sheet(member("—")), False),
        (sheet(member("—", "水無瀬")), True),
        (sheet(member(), member("水無瀬", of="Patient/2")), False),
        (sheet(member(), member("水無瀬")), True),
        (sheet(member("水無瀬", signature="member.consent.name")), False),
        (sheet(member("水無瀬", part="member.note")), False),
        (sheet(member(of="Patient/2")), True),
        (sheet(member(of="")), True),
        (sheet(member(row="note")), True),
        (sheet(member(), form="urn:other"), True),
        (sheet(member(), form=f"{coding.BASE}/Questionnaire/tsunagu-sheet|1.0"), False),
        (sheet(member("水無瀬"), form=f"{coding.BASE}/Questionnaire/tsunagu-sheet|1.0"), True),
    ],
)
def test_a_sheet_bears_a_signature_in_the_row_of_the_person_and_a_refusal_needs_none(on: Paper, *, right: bool) -> None:
    assert told(WORD, stood=signing(on)) == ([] if right else [SOURCE])
    assert told(REFUSAL, stood=signing(on)) == []


def test_what_nobody_signed_or_on_a_day_that_nobody_can_tell_counts_for_nothing() -> None:
    """A duty refuses it; what an older release stored is judged so all the same."""
    for on in ("2026", "2026-11", "", None):
        assert judged(WORD | {"dateTime": on}) == NONE
    assert judged(WORD | {"performer": []}) == NONE
    assert judged(WORD | {"performer": [{"display": "本人"}]}) == NONE
    of_nobody = {name: value for name, value in WORD.items() if name != "patient"}
    for stood in (Signing(), replace(signing(), paper=None)):
        assert judged(of_nobody, stood=stood) == NONE
    assert consent.judged(filing(None, of_nobody)) == NONE
    assert told(of_nobody) == []


WORD_OF_MOUTH = WORD | {"status": "inactive", "category": [concept("record-category", "revocation")]}


def test_a_word_that_ended_something_stands_as_it_was_written() -> None:
    had = Verdict(True, noted=frozenset({".word 2026-11-20T04:00:00.000Z"}))
    assert told(WORD_OF_MOUTH, WORD_OF_MOUTH, care={}, had=had) == []
    assert judged(WORD_OF_MOUTH, WORD_OF_MOUTH, care={}, had=had) == had
    assert judged(WORD, None, had=had) == had, "so does what was judged once, when it is written anew"


def test_who_may_not_file_it_is_told_nothing_else_and_a_paper_without_a_name_is_one_fault() -> None:
    bare = {name: value for name, value in WORD.items() if name not in ("sourceReference", "performer")}
    assert told(bare, care={}) == [PATIENT]
    unnamed = bare | {"performer": WORD["performer"]}
    (issue,) = consent.refused(filing(None, unnamed, signing=replace(signing(), paper=None)))
    assert issue.text.startswith("R3: name the signed sheet")
    (theirs,) = consent.refused(filing(None, WORD, signing=signing(paper(custodian=OTHER))))
    assert "your agency keeps" in theirs.text


def test_a_date_is_answered_anywhere_in_a_form_and_a_row_may_be_left_empty() -> None:
    answers = [{"valueString": "x"}, {"valueString": "y", "item": [{"answer": [{"valueDate": "2026-11-23"}]}]}]
    form = {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "a"}, {"linkId": "b", "answer": answers}]}
    assert told(WORD, stood=signing(paper(form))) == []
    empty = {"linkId": "member", "extension": member()["extension"]}
    part = empty | {"item": [{"linkId": "member.consent"}]}
    unsigned = empty | {"item": [{"linkId": "member.consent", "item": [{"linkId": "member.consent.signature"}]}]}
    for row in (empty, part, unsigned):
        assert told(WORD, stood=signing(sheet(row))) == [SOURCE]
        assert told(WORD, stood=signing(sheet(row, member("水無瀬")))) == []
    nothing = {"resourceType": "QuestionnaireResponse", "authored": "2026-11-23"}
    bare = paper(nothing | {"questionnaire": f"{coding.BASE}/Questionnaire/tsunagu-sheet"})
    assert told(WORD, stood=signing(bare)) == [], "of a sheet without rows nobody can tell"


def test_who_may_not_sign_is_told_and_a_ward_is_told_where_the_guardian_is_known() -> None:
    minor = signing(born="2012-05-05")
    assert told(WORD, stood=minor) == [f"{PERFORMER}[0]"]
    assert told(REFUSAL, stood=minor) == []
    assert told(WORD | {"dateTime": "2026"}, stood=minor) == [], "a day that cannot be told is a duty of its own"
    guard = replace(representative("GUARD", confirmed=True), custodian=CENTER)
    ward = signing(representatives={"RelatedPerson/g": guard})
    assert told(WORD, stood=ward) == [PERFORMER]
    assert told(REFUSAL, stood=ward) == []
    together = WORD | {"performer": [ref("Patient/1"), ref("RelatedPerson/g")]}
    assert told(together, stood=ward) == []
    elsewhere = signing(representatives={"RelatedPerson/g": replace(guard, custodian=OTHER)})
    assert told(WORD, stood=elsewhere) == [], "of another agency's guardian the filer is not told"
    assert judged(WORD, stood=elsewhere) == NONE
    assert judged(REFUSAL, stood=elsewhere).counts
    assert judged(together, stood=elsewhere).counts


def test_what_one_against_whom_the_person_is_protected_signed_is_void() -> None:
    assert judged(WORD, stood=signing(against=frozenset({"Patient/1"}))) == Verdict(void=True)
    assert judged(WORD, stood=signing(against=frozenset({"Patient/2"}))).counts


def test_by_each_birth_date_that_the_person_has_the_signature_must_be_good() -> None:
    assert judged(WORD, stood=signing(births=frozenset({"1980-02-02"}))).counts
    assert judged(WORD, stood=signing(births=frozenset({"2012-05-05"}))) == NONE
    mother: dict[str, Representative] = {"RelatedPerson/m": representative("MTH")}
    by_mother = WORD | {"performer": [ref("RelatedPerson/m")]}
    lapses = judged(by_mother, stood=signing(born="2012-05-05", representatives=mother))
    assert lapses.note(".lapses") == {"2030-05-04T15:00:00.000Z"}
    assert judged(WORD).note(".lapses") == frozenset()


def test_what_was_judged_once_stands_and_so_does_when_it_was_ended() -> None:
    had = Verdict(True, frozenset({OTHER}), noted=frozenset({".paper x"}))
    changed = WORD | {"sourceReference": ref("DocumentReference/other")}
    assert judged(changed, WORD, had=had) == had
    assert judged(changed, WORD, had=Verdict(void=True)) == Verdict(void=True)
    ended = judged(WORD | {"status": "inactive"}, WORD, had=had)
    assert ended == replace(had, noted=had.noted | {".revoked 2026-11-23T04:00:00.000Z"})
    already = replace(had, noted=had.noted | {".revoked 2026-11-01T00:00:00.000Z"})
    assert judged(WORD | {"status": "inactive"}, WORD, had=already) == already
    for was, becomes in (("inactive", "inactive"), ("active", "entered-in-error"), ("inactive", "active")):
        assert judged(WORD | {"status": becomes}, WORD | {"status": was}, had=had) == had
