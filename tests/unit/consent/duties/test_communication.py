"""P2 and P3: a letter is sent in one's own name, and what the server tells nobody else tells."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.duties import communication
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, breaches, change, officer, post

Json = dict[str, Any]
RECORDS: Json = {
    "PractitionerRole/colleague": {"resourceType": "PractitionerRole", "organization": ref(CENTER)},
    "PractitionerRole/theirs": {"resourceType": "PractitionerRole", "organization": ref("Organization/other")},
    "HealthcareService/desk": {"resourceType": "HealthcareService", "providedBy": ref(CENTER)},
}
WRITER = officer(post("officer"))


def letter(sender: str = "", *recipients: str, **elements: Any) -> Json:
    word: Json = {"resourceType": "Communication", "status": "completed"} | elements
    word |= {"sender": ref(sender)} if sender else {}
    return word | ({"recipient": [ref(one) for one in recipients]} if recipients else {})


def notice(code: str) -> Json:
    system, _, bare = code.rpartition("|")
    return letter(category=[{"coding": [{"system": system, "code": bare}]}])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (letter(), []),
        (letter(CENTER, "Organization/other"), []),
        (letter("PractitionerRole/colleague", "Organization/other"), []),
        (letter("HealthcareService/desk", "Organization/other"), []),
        (letter("Practitioner/p", "Organization/other"), []),
        (letter("Patient/1", CENTER), []),
        (letter("RelatedPerson/1"), []),
        (letter("Organization/other", CENTER), []),
        (letter("PractitionerRole/theirs", "PractitionerRole/colleague"), []),
        (letter("Organization/other"), ["P2!"]),
        (letter("Organization/other", "Organization/other"), ["P2!"]),
        (letter("PractitionerRole/theirs", CENTER, "Organization/third"), ["P2!"]),
        (letter("PractitionerRole/unknown", "Organization/other"), ["P2!"]),
    ],
)
def test_a_letter_is_from_who_writes_it_or_came_on_paper_to_them(word: Json, expected: list[str]) -> None:
    made = change(None, word, known=WRITER, records=RECORDS)
    assert breaches(communication.in_one_s_own_name, made) == expected


def test_who_changes_another_thing_of_a_letter_says_nothing_of_its_sender() -> None:
    before = letter("Organization/other", "Organization/third")
    assert breaches(communication.in_one_s_own_name, change(before, before | {"status": "on-hold"}, known=WRITER)) == []
    assert breaches(communication.in_one_s_own_name, change(before, None, known=WRITER)) == []
    unsigned = letter("", "Organization/third")
    assert breaches(communication.in_one_s_own_name, change(before, unsigned, known=WRITER)) == []


def test_the_letters_of_a_meeting_are_judged_by_who_leads_it() -> None:
    for kind, expected in (
        *((each, []) for each in ("invitation", "opening-notice", "acknowledgement")),
        ("introduction", ["P2!"]),
    ):
        word = letter("Organization/other", category=[concept("communication-category", kind)])
        assert breaches(communication.in_one_s_own_name, change(None, word, known=WRITER)) == expected, kind


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        *((code, "P3!") for code in sorted(vocabulary.CONSENT_NOTICES)),
        (vocabulary.DIRECTORY_NOTICE, "P12!"),
        (vocabulary.OVERDUE_NOTICE, "R12!"),
        (vocabulary.OVERLAP_NOTICE, "R40!"),
        (vocabulary.MISTAKE_NOTICE, "P2!"),
        (vocabulary.SIGHT_NOTICE, "R17!"),
    ],
)
def test_what_the_server_tells_nobody_else_writes_or_turns_into(code: str, rule: str) -> None:
    told = notice(code)
    assert breaches(communication.told_by_the_server, change(None, told)) == [rule]
    assert breaches(communication.told_by_the_server, change(letter(), told)) == [rule]
    assert breaches(communication.told_by_the_server, change(told, told | {"status": "on-hold"})) == []
    assert breaches(communication.told_by_the_server, change(told, None)) == []


@pytest.mark.parametrize("function", ["convener", "coordinator", "auditor", "lead-section"])
def test_a_letter_of_an_office_is_sent_by_who_holds_it_there(function: str) -> None:
    chief = {"resourceType": "PractitionerRole", "organization": ref(CENTER), "code": [concept("role", function)]}
    records = {"PractitionerRole/chief": chief}
    word = letter("PractitionerRole/chief", "Organization/third")
    for holder, expected in (
        (officer(post(function)), []),
        (WRITER, ["P2!"]),
        (officer(post("statistician")), ["P2!"]),
        (officer(post(function, agency="Organization/other")), ["P2!"]),
    ):
        sent = change(None, word, known=holder, records=records)
        assert breaches(communication.in_one_s_own_name, sent) == expected
