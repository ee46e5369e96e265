"""R34 and R35: secrecy is explained by who leads and acknowledged by each for themselves."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import acknowledgement
from consent.duty_context import DutyContext
from consent.facts import Facts
from consent.ordinance import Notice, Ordinance
from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.people import breaches, change, officer, post, wrongs

Json = dict[str, Any]

CONVENER = officer(post("convener"))
MEETING: Json = {
    "resourceType": "Encounter",
    "id": "1",
    "status": "in-progress",
    "class": own("encounter-class", "support-conference"),
    "extension": [extension("legal-basis", valueCodeableConcept=concept("legal-basis", "art9"))],
    "participant": [
        {"type": [concept("role", "convener")], "individual": ref("PractitionerRole/role")},
        {"type": [concept("role", "member")], "individual": ref("PractitionerRole/mine")},
    ],
}
VISIT: Json = {"resourceType": "Encounter", "class": {"code": "AMB"}}


def letter(kind: str, **elements: Any) -> Json:
    category = [concept("communication-category", kind)]
    return {"resourceType": "Communication", "category": category, "encounter": ref("Encounter/1")} | elements


LETTERS: Json = {
    "Encounter/1": MEETING,
    "Encounter/2": VISIT,
    "Communication/i": letter("invitation"),
    "Communication/elsewhere": letter("invitation", encounter=ref("Encounter/9")),
    "Communication/word": letter("introduction"),
}
MINE = {"sender": ref("PractitionerRole/role"), "inResponseTo": [ref("Communication/i")]}


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (MINE, []),
        (MINE | {"sender": ref("Practitioner/p")}, []),
        (MINE | {"sender": ref("PractitionerRole/mine")}, ["R35"]),
        (MINE | {"inResponseTo": []}, ["R35"]),
        (MINE | {"inResponseTo": [ref("Communication/elsewhere")]}, ["R35"]),
        (MINE | {"inResponseTo": [ref("Communication/word")]}, ["R35"]),
        (MINE | {"inResponseTo": [ref("Communication/unknown")]}, ["R35"]),
    ],
)
def test_an_acknowledgement_is_ones_own_answer_to_a_letter_of_the_meeting(elements: Json, expected) -> None:
    answer = letter("acknowledgement", **elements)
    assert breaches(acknowledgement.one_s_own, change(None, answer, records=LETTERS)) == expected


def test_an_acknowledgement_stands_as_it_was_made() -> None:
    answer, word = letter("acknowledgement", **MINE), letter("introduction")
    for transition in (change(answer, answer), change(answer, None), change(answer, word), change(word, answer)):
        assert breaches(acknowledgement.one_s_own, transition) == ["R35"]
    assert breaches(acknowledgement.one_s_own, change(None, word)) == []


SAID = {"topic": concept("secrecy-notice", "art9-from-2025-06")}
FORMER = {"topic": concept("secrecy-notice", "art9-until-2025-05")}
TOLD = DutyContext(
    law=Ordinance(
        frozenset(),
        {},
        notices=(
            Notice("art9-from-2025-06", "art9", {"start": "2025-06-01"}),
            Notice("art9-until-2025-05", "art9", {"end": "2025-05-31"}),
        ),
    )
)


@pytest.mark.parametrize(
    ("known", "elements", "expected"),
    [
        (CONVENER, SAID, []),
        (officer(post(name="mine")), SAID, ["R35!"]),
        (CONVENER, {}, ["R34"]),
        (CONVENER, {"payload": [{"contentString": "よろしく"}]}, ["R34"]),
        (CONVENER, FORMER, ["R34"]),
        (CONVENER, SAID | {"encounter": ref("Encounter/2")}, ["R35"]),
        (CONVENER, SAID | {"encounter": ref("Encounter/9")}, ["R35"]),
    ],
)
def test_who_leads_the_meeting_explains_secrecy_and_its_penalty(known: Facts, elements: Json, expected) -> None:
    for kind in ("invitation", "opening-notice"):
        written = letter(kind, **elements)
        made = change(None, written, known, records=LETTERS, duty_context=TOLD)
        assert breaches(acknowledgement.letters_of_the_meeting, made) == expected


def test_the_opening_notice_and_its_answer_come_after_the_opening() -> None:
    planned = LETTERS | {"Encounter/1": MEETING | {"status": "planned"}, "Communication/o": letter("opening-notice")}
    noticed = change(None, letter("opening-notice", **SAID), CONVENER, records=planned, duty_context=TOLD)
    assert breaches(acknowledgement.letters_of_the_meeting, noticed) == ["R35"]
    early = letter("acknowledgement", **MINE | {"inResponseTo": [ref("Communication/o")]})
    assert breaches(acknowledgement.one_s_own, change(None, early, records=planned)) == ["R35"]
    opened = planned | {"Encounter/1": MEETING}
    assert breaches(acknowledgement.one_s_own, change(None, early, records=opened)) == []
    both = letter("acknowledgement", **MINE | {"inResponseTo": [ref("Communication/i"), ref("Communication/o")]})
    assert breaches(acknowledgement.one_s_own, change(None, both, records=opened)) == ["R35"]


def test_a_letter_does_not_stop_being_one() -> None:
    turned = change(
        letter("invitation", **SAID),
        letter("introduction", **SAID),
        officer(post(name="mine")),
        records=LETTERS,
        duty_context=TOLD,
    )
    assert breaches(acknowledgement.letters_of_the_meeting, turned) == ["R35!"]
    assert breaches(acknowledgement.letters_of_the_meeting, change(None, letter("introduction"))) == []


def test_the_invitation_is_written_and_answered_before_the_meeting_and_the_notice_is_amended_after_it() -> None:
    planned = LETTERS | {"Encounter/1": MEETING | {"status": "planned"}}
    invited = change(None, letter("invitation", **SAID), CONVENER, records=planned, duty_context=TOLD)
    assert breaches(acknowledgement.letters_of_the_meeting, invited) == []
    assert breaches(acknowledgement.one_s_own, change(None, letter("acknowledgement", **MINE), records=planned)) == []
    finished, notice = {"Encounter/1": MEETING | {"status": "finished"}}, letter("opening-notice", **SAID)
    amended = change(notice, notice | {"note": []}, CONVENER, records=finished, duty_context=TOLD)
    assert breaches(acknowledgement.letters_of_the_meeting, amended) == []


def test_a_letter_is_answered_alone_and_at_a_meeting_that_there_is() -> None:
    said = letter("acknowledgement", **MINE | {"inResponseTo": [ref("Communication/i"), ref("Communication/word")]})
    assert breaches(acknowledgement.one_s_own, change(None, said, records=LETTERS)) == ["R35"]
    lost = LETTERS | {"Communication/o": letter("opening-notice", encounter=ref("Encounter/9"))}
    at = {"encounter": ref("Encounter/9"), "inResponseTo": [ref("Communication/o")]}
    answer = letter("acknowledgement", **MINE | at)
    assert wrongs(acknowledgement.one_s_own, change(None, answer, records=lost)) == [
        "R35 at Communication.inResponseTo"
    ]
    assert wrongs(acknowledgement.one_s_own, change(answer, None, records=lost)) == ["R35 at Communication"]


def test_who_leads_may_take_a_letter_back() -> None:
    for kind in ("invitation", "opening-notice"):
        written = letter(kind)
        for known, expected in ((CONVENER, []), (officer(post(name="mine")), ["R35!"])):
            gone = change(written, None, known, records=LETTERS, duty_context=TOLD)
            assert breaches(acknowledgement.letters_of_the_meeting, gone) == expected


@pytest.mark.parametrize(
    ("seated", "invites", "opens"),
    [
        ({"start": "2026-11-30"}, True, False),
        ({"end": "2026-11-22"}, False, False),
        ({"start": "2026-11-23", "end": "2026-11-23"}, True, True),
    ],
)
def test_who_leads_invites_before_their_seat_begins_and_explains_while_it_runs(
    seated: Json, invites: bool, opens: bool
) -> None:
    convener = MEETING["participant"][0] | {"period": seated}
    records = {"Encounter/1": MEETING | {"participant": [convener]}}
    for kind, allowed in (("invitation", invites), ("opening-notice", opens)):
        made = change(None, letter(kind, **SAID), CONVENER, records=records, duty_context=TOLD)
        assert breaches(acknowledgement.letters_of_the_meeting, made) == ([] if allowed else ["R35!"])
