"""P2: which write of a request is a new word of who asks, and which is the answer of who was asked."""

from __future__ import annotations

import pytest

from consent.standing import request
from consent.standing.carrying import Carrying
from consent.succession import Succession, Successions
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import AGENCIES, MINE, OTHER, THEIRS, THIRD, Json, filing, wrongs
from tests.unit.consent.standing.test_request import (
    ACCEPTED,
    ASKED,
    FOR,
    HAD,
    LETTER,
    ON_PAPER,
    REQUESTER,
    TASK,
    VISIT,
    judged,
    told,
)

PART = {"carrying": Carrying(handed=frozenset({"Task/x"}))}
TO_THIRD = {"participant": [{"actor": ref("Patient/1")}, {"actor": ref(THIRD)}]}
NAMES_ANOTHER = {"note": [{"authorReference": ref("Patient/1b")}]}
CARED = {"care": {one: frozenset({CENTER}) for one in ("Patient/1", "Patient/1b")}}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        *((TASK, {name: [ref("Task/x")]}) for name in ("basedOn", "partOf")),
        (TASK, {"focus": ref("ServiceRequest/x")}),
        (TASK, {"code": concept("task-code", "inquiry")}),
        *((each, {"requester": ref(MINE)}) for each in (TASK, LETTER)),
        (TASK, {"owner": ref(THIRD)}),
        (TASK, {"owner": {}}),
        (LETTER, {"performer": [ref(OTHER), ref(THIRD)]}),
        (VISIT, TO_THIRD),
        (TASK, {"for": ref("Group/g")}),
        (LETTER, {"subject": ref("Group/g")}),
        *((each, NAMES_ANOTHER) for each in (TASK, LETTER, VISIT)),
    ],
)
def test_what_is_asked_of_whom_or_about_whom_anew_is_the_asker_s_word(asked: Json, said: Json) -> None:
    """What did not count does by it."""
    assert judged(asked, asked | said, had=NONE, **PART, **CARED).counts
    for beside in ({"note": [{"text": "控え"}]}, {"priority": "urgent"}, {"description": "訪問"}):
        assert judged(asked, asked | beside, had=NONE, **CARED) == NONE
        assert judged(asked, asked | beside, care={}) == HAD, "and what did is not asked about again"


def test_who_is_asked_asks_nobody_by_giving_it_to_a_colleague_or_by_what_they_answer() -> None:
    for said in ({"owner": ref(THEIRS)}, {"output": [{"valueReference": ref("Patient/9")}]}, {"status": "accepted"}):
        assert judged(TASK, TASK | said, had=NONE, **ASKED) == NONE
        assert judged(TASK, TASK | said, **ASKED) == HAD
        assert told(TASK, TASK | said, **ASKED) == []
    about = LETTER | {"subject": ref("Patient/9")}
    assert judged(LETTER, about, **ASKED) == NONE, "nor is it about somebody else by who is asked"
    away = LETTER | {"performer": [ref(THEIRS)]}
    assert judged(LETTER, away, **ASKED) == NONE, "a ServiceRequest is answered by its Task"
    assert judged(TASK, TASK | {"owner": ref("PractitionerRole/unknown")}, **ASKED) == NONE


def test_a_successor_gives_its_own_what_was_asked_of_the_agency_that_ended() -> None:
    former = ACCEPTED | {"owner": ref(OTHER)}
    known = officer(successions=Successions((Succession(OTHER, CENTER, "Task/s/_history/1"),)))
    given = {"facts": known, "custodian": THIRD, "had": HAD}
    to_mine, away = former | {"owner": ref(MINE)}, former | {"owner": ref("Organization/x")}
    assert wrongs(request.KIND, filing(former, to_mine, **given)) == []
    assert request.judged(filing(former, to_mine, **given)) == HAD
    assert "R12a at Task.owner" in wrongs(request.KIND, filing(former, away, **given))


def test_nobody_takes_for_itself_what_was_asked_of_a_third() -> None:
    third = TASK | {"owner": ref(THIRD)}
    assert judged(third, third | {"owner": ref(THEIRS)}, **ASKED) == NONE
    succeeds = Successions((Succession("Organization/former", OTHER, "Task/s/_history/1"),))
    known = officer(post(agency=OTHER, name="other"), successions=succeeds)
    assert judged(third, third | {"owner": ref(THEIRS)}, facts=known) == NONE
    former = TASK | {"owner": ref("Organization/former")}
    agencies = {**AGENCIES, "Organization/former": frozenset({"Organization/former"})}
    assert judged(former, former | {"owner": ref(THEIRS)}, facts=known, agencies=agencies) == HAD


def test_who_succeeds_an_agency_goes_on_with_what_that_asked_and_begins_nothing_in_its_name() -> None:
    known = officer(successions=Successions((Succession(OTHER, CENTER, "Task/s/_history/1"),)))
    asked = TASK | {"requester": ref(OTHER), "owner": ref(THIRD)}
    given = {"facts": known, "had": HAD}
    assert wrongs(request.KIND, filing(None, asked, facts=known)) == [REQUESTER]
    onward = asked | {"owner": ref("Organization/x")}
    assert wrongs(request.KIND, filing(asked, onward, custodian=OTHER, **given)) == []
    assert wrongs(request.KIND, filing(asked | {"requester": ref(CENTER)}, asked, **given)) == [REQUESTER]


def test_what_is_asked_anew_is_about_who_is_in_care_by_then_and_whom_it_named_before_it_still_names() -> None:
    assert told(TASK, TASK | {"owner": ref(THIRD)}, care={}) == [FOR]
    named = TASK | {"note": [{"authorReference": ref("Patient/2")}]}
    assert told(named, named | {"owner": ref(THIRD)}) == []


def test_it_is_between_the_agencies_of_who_asks_and_is_asked_but_for_a_post_that_is_asked_as_such() -> None:
    roles = {
        name: {"resourceType": "PractitionerRole", "code": [concept("role", "officer")]} for name in (MINE, THEIRS)
    }
    between = TASK | {"requester": ref(MINE), "owner": ref(THEIRS)}
    assert request.judged(filing(None, between, roles)) == HAD
    for function in ("lead-section", "convener", "coordinator", "auditor"):
        as_such = roles | {THEIRS: {"resourceType": "PractitionerRole", "code": [concept("role", function)]}}
        assert request.judged(filing(None, between, as_such)).noted == {f".between {CENTER}", f".between {THEIRS}"}
        asks = roles | {MINE: as_such[THEIRS] | {"organization": ref(CENTER)}}
        assert request.judged(filing(None, between, asks)) == NONE, "who does not hold that office asks nothing in it"
        held = request.judged(filing(None, between, asks, facts=officer(post(function))))
        assert held.noted == {f".between {MINE}", f".between {OTHER}"}


def test_what_is_answered_has_in_its_chain_who_was_there_when_it_was_asked() -> None:
    above = Carrying(above=frozenset({"Organization/second"}))
    assert judged(TASK, TASK | {"note": [{"text": "控え"}]}, carrying=above) == HAD
    role = TASK | {"code": concept("task-code", "carry-out"), "partOf": [ref("Task/put")]}
    assert judged(None, role, carrying=above) == Verdict(True), "who is named for a role is asked by nobody else"


def test_a_note_of_one_s_own_stands_as_its_writer_likes() -> None:
    own = ACCEPTED | {"owner": ref(MINE)}
    assert told(own, own | {"description": "書き足した", "for": ref("Patient/9")}) == []
    visit = {"participant": [{"actor": ref("Patient/9")}, {"actor": ref(MINE)}, {"actor": ref("RelatedPerson/r")}]}
    assert told(None, VISIT | visit) == []
    assert judged(None, VISIT | visit) == NONE
    assert judged(None, VISIT) == HAD
    assert told(None, {"resourceType": "Appointment", "id": "a"}) == []


@pytest.mark.parametrize("asked", [TASK, LETTER])
def test_what_is_about_nobody_is_asked_of_whom_one_likes(asked: Json) -> None:
    about = "for" if asked is TASK else "subject"
    silent = {name: said for name, said in asked.items() if name != about}
    assert told(None, silent) == told(None, silent | {about: ref("Location/l")}) == []


def test_what_came_back_on_paper_is_written_down_on_a_task_by_who_asked() -> None:
    paper = LETTER | ON_PAPER | {"status": "completed"}
    assert judged(None, paper) == HAD, "a ServiceRequest is answered by its Task"
    waiting = TASK | ON_PAPER
    assert judged(waiting, waiting | {"status": "accepted"}, **ASKED) == HAD, "who has an account answers there"
