"""P2, R5 and R12a: who asks, in whose name and about whom; who accepts; and what stands once it is accepted."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import request
from consent.standing.carrying import Carrying
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import MINE, OTHER, THEIRS, THIRD, Json, filing, wrongs

TASK: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/1")}
TASK |= {"requester": ref(CENTER), "owner": ref(OTHER)}
ACCEPTED = TASK | {"status": "accepted"}
LETTER: Json = {"resourceType": "ServiceRequest", "id": "s", "subject": ref("Patient/1")}
LETTER |= {"requester": ref(CENTER), "performer": [ref(OTHER)]}
VISIT: Json = {"resourceType": "Appointment", "id": "a"}
VISIT |= {"participant": [{"actor": ref("Patient/1")}, {"actor": ref(OTHER)}]}
ASKED = {"facts": officer(post(agency=OTHER, name="other"))}
"""An officer of the agency that is asked."""
BETWEEN = frozenset({f".between {CENTER}", f".between {OTHER}"})
HAD = Verdict(True, noted=BETWEEN)
OUTCOME = {"output": [{"valueString": "訪ねて支えた"}]}
ON_PAPER = {"extension": [extension("carried-on-paper", valueBoolean=True)]}
REQUESTER, FOR, STATUS = "P2 at Task.requester!", "P2 at Task.for!", "P2 at Task.status!"


def told(before: Json | None, after: Json, **known: Any) -> list[str]:
    return wrongs(request.KIND, filing(before, after, **({"had": HAD} if before else {}) | known))


def judged(before: Json | None, after: Json, **known: Any) -> Verdict:
    return request.judged(filing(before, after, **({"had": HAD} if before else {}) | known))


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [TASK, LETTER])
def test_an_agency_asks_in_its_own_name(asked: Json) -> None:
    type = asked["resourceType"]
    for requester in (CENTER, MINE, "Practitioner/p"):
        assert told(None, asked | {"requester": ref(requester)}) == []
    for requester in (OTHER, THEIRS, "Organization/unknown", "Patient/1"):
        assert told(None, asked | {"requester": ref(requester)}) == [f"P2 at {type}.requester!"]
        assert judged(None, asked | {"requester": ref(requester)}) == NONE
    silent = {name: value for name, value in asked.items() if name != "requester"}
    assert told(None, silent) == []
    assert judged(None, silent).noted == BETWEEN, "whoever writes it"
    assert judged(None, asked) == HAD


@pytest.mark.parametrize(
    ("asked", "at"), [(TASK, "Task.for"), (LETTER, "ServiceRequest.subject"), (VISIT, "Appointment.participant")]
)
def test_it_is_about_who_is_in_care_of_who_asks_or_coordinated_by_them(asked: Json, at: str) -> None:
    assert told(None, asked) == []
    assert told(None, asked, care={}) == [f"P2 at {at}!"]
    assert judged(None, asked, care={}) == NONE
    assert told(None, asked, care={}, coordinating=frozenset({"Patient/1"})) == []
    named = asked | {"reasonReference": [ref("Patient/2")]}
    assert told(None, named) == [f"P2 at {asked['resourceType']}!"], "whom else it names"
    kin = asked | {"note": [{"authorReference": ref("RelatedPerson/r")}]}
    records = {"RelatedPerson/r": {"resourceType": "RelatedPerson", "patient": ref("Patient/2")}}
    assert wrongs(request.KIND, filing(None, kin, records)) == [f"P2 at {asked['resourceType']}!"]
    household = {"Task": {"for": ref("Group/g")}, "ServiceRequest": {"subject": ref("Group/g")}}
    if change := household.get(asked["resourceType"]):
        assert told(None, asked | change) == []
        assert told(None, asked | change, care={}) == [f"P2 at {at}!"]


def test_what_one_was_asked_is_handed_on_as_it_came() -> None:
    came = {"Task/r": TASK | {"for": ref("Patient/9")}}
    onward = TASK | {"for": ref("Patient/9"), "partOf": [ref("Task/r")], "owner": ref(THIRD)}
    received = Carrying(handed=frozenset({"Task/r"}), received=frozenset({"Task/r"}))
    assert wrongs(request.KIND, filing(None, onward, came, carrying=received)) == []
    part = Carrying(handed=frozenset({"Task/r"}))
    assert wrongs(request.KIND, filing(None, onward, came, carrying=part)) == [FOR], "by whom it was not asked now"
    back = Carrying(frozenset(), frozenset({OTHER}), frozenset({OTHER}), frozenset({"Task/r"}), frozenset({"Task/r"}))
    assert wrongs(request.KIND, filing(None, onward | {"owner": ref(OTHER)}, came, carrying=back)) == [
        "R12a at Task.owner"
    ]
    assert wrongs(request.KIND, filing(None, onward, came)) == ["R12a at Task.partOf", FOR]


def test_the_coordinator_is_called_about_a_request_that_one_has_a_part_in() -> None:
    co = {"PractitionerRole/co": {"code": [concept("role", "coordinator")]}, "Task/r": TASK}
    call = TASK | {"code": concept("task-code", "escalate-to-coordinator"), "owner": ref("PractitionerRole/co")}
    call |= {"partOf": [ref("Task/r")]}
    part = {"carrying": Carrying(handed=frozenset({"Task/r"}))}
    assert wrongs(request.KIND, filing(None, call, co, care={}, **part)) == [], "in care or not"
    assert "R12 at Task.partOf" in wrongs(request.KIND, filing(None, call, co))
    own = call | {"owner": ref("PractitionerRole/colleague")}
    assert wrongs(request.KIND, filing(None, own, co, **part)) == ["R12 at Task.owner"], "nobody is called so"
    assert wrongs(request.KIND, filing(None, call | {"requester": ref(OTHER)}, co, **part)) == [REQUESTER]
    assert request.judged(filing(None, call, co, **part)).noted == frozenset({f".between {CENTER}", *_AS_SUCH})
    assert request.judged(filing(None, own | {"owner": ref(CENTER)}, co, **part)) == NONE


_AS_SUCH = {".between PractitionerRole/co"}
"""What is asked of a coordinator is that post's, and not its agency's."""


def test_nobody_begins_anything_for_another_and_what_is_asked_of_oneself_is_a_note() -> None:
    own = TASK | {"owner": ref(MINE)}
    assert told(None, own) == []
    assert judged(None, own) == NONE
    assert told(None, own | {"requester": ref(OTHER), "for": ref("Patient/9")}) == []
    nobody = {name: value for name, value in TASK.items() if name != "owner"}
    assert judged(None, nobody) == NONE
    assert told(None, TASK, **ASKED) == [], "who keeps it asks, and nobody else"
    assert told(TASK, TASK | {"note": [{"text": "控え"}]}, care={}) == [], "what was asked stays asked"
    role = TASK | {"code": concept("task-code", "carry-out"), "partOf": [ref("Task/put")], "requester": ref(OTHER)}
    assert told(None, role) == [], "who is named for a role is asked about by itself"
    assert told(TASK, TASK | {"owner": ref(MINE), "for": ref("Patient/9")}) == [FOR], "it was asked of another"


# --- accepting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_who_is_asked_accepts_and_nobody_for_it(status: str) -> None:
    taken = TASK | {"status": status}
    assert told(TASK, taken, **ASKED) == []
    assert judged(TASK, taken, **ASKED) == HAD
    assert told(TASK, taken) == [STATUS]
    assert judged(TASK, taken) == NONE
    assert told(None, taken) == [STATUS]
    assert judged(None, taken) == NONE
    given = taken | {"owner": ref(THEIRS)}
    assert told(TASK, given, **ASKED) == []
    mine = taken | {"owner": ref(MINE)}
    assert STATUS in told(TASK, mine), "asked of another so far"
    nobody = {name: value for name, value in taken.items() if name != "owner"}
    assert told(None, nobody) == []
    note = TASK | {"owner": ref(MINE)}
    assert told(note, note | {"status": status}) == []
    assert told(note, taken) == [STATUS], "nor by giving it what was one's own"
    assert told(TASK, TASK | {"status": "received"}) == []
    letter = LETTER | {"status": status}
    assert told(None, letter) == []


@pytest.mark.parametrize("status", ["ready", "completed", "rejected", "failed", ""])
def test_what_comes_of_it_is_said_by_who_is_asked(status: str) -> None:
    over = {name: value for name, value in (TASK | {"status": status}).items() if value}
    assert told(None, over) == [STATUS]
    assert judged(None, over) == NONE
    assert told(None, over | {"owner": ref(MINE)}) == []
    assert told(TASK | {"owner": ref(MINE)}, over) == [STATUS]
    assert told(None, over | ON_PAPER) == []


@pytest.mark.parametrize("status", ["draft", "requested", "received", "cancelled", "entered-in-error"])
def test_who_asks_begins_it_and_leaves_its_outcome_to_who_is_asked(status: str) -> None:
    begun = TASK | {"status": status}
    assert told(None, begun) == told(TASK | {"owner": ref(MINE)}, begun) == []
    for before in (None, begun):
        assert told(before, begun | OUTCOME) == ["P2 at Task.output!"]
        assert told(before, begun | OUTCOME | ON_PAPER) == []
    assert told(begun, begun | OUTCOME, **ASKED) == []


def test_what_is_done_stands_as_it_was_answered() -> None:
    done = TASK | OUTCOME | {"status": "completed"}
    assert told(done, done | {"output": [{"valueString": "何もしなかった"}]}) == ["R12a at Task.output"]
    assert told(done, TASK | {"status": "completed"}) == ["R12a at Task.output"]
    assert told(done, done | {"owner": ref(THIRD)}) == ["R12a at Task.owner"]
    assert told(done, done | {"note": [{"text": "控え"}]}) == []
    assert told(done, done | {"output": [{"valueString": "訪ねて支えた。"}]}, **ASKED) == []
    own = done | {"owner": ref(MINE)}
    assert told(own, own | {"output": []}) == []
    assert told(own, done) == ["R12a at Task.owner"], "what one has done oneself was done by nobody else"


# --- what stands -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("element", ["focus", "basedOn", "partOf", "requester", "code", "for"])
def test_what_was_asked_stands_once_it_is_accepted(element: str) -> None:
    said = {
        "focus": ref("ServiceRequest/x"),
        "basedOn": [ref("ServiceRequest/x")],
        "partOf": [ref("Task/x")],
        "requester": ref(MINE),
        "code": concept("task-code", "inquiry"),
        "for": ref("Group/g"),
    }[element]
    rule = f"R12a at Task.{element}"
    assert rule in told(ACCEPTED, ACCEPTED | {element: said})
    assert told(ACCEPTED, ACCEPTED | {element: said}, **ASKED) == [rule]
    assert judged(ACCEPTED, ACCEPTED | {element: said}, **ASKED) == NONE
    assert told(TASK, TASK | {element: said}, carrying=Carrying(handed=frozenset({"Task/x"}))) == []
    done = TASK | {"status": "completed"}
    for writer in ({}, ASKED):
        assert rule in told(done, done | {element: said}, **writer), "what is done too"


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("statusReason", {"text": "急ぐ"}),
        ("note", [{"text": "控え"}]),
        ("meta", {"versionId": "2"}),
        ("text", {"div": "x"}),
        ("lastModified", "2026"),
    ],
)
def test_who_asked_may_still_say_why_and_write_a_note(element: str, said: Any) -> None:
    assert told(ACCEPTED, ACCEPTED | {element: said}) == []
    assert told(ACCEPTED, ACCEPTED | {"description": "書き足した"}) == ["R12a at Task.description"]
    assert told(ACCEPTED | {"description": "x"}, ACCEPTED) == ["R12a at Task.description"]
    assert told(ACCEPTED, ACCEPTED | {"description": "書き足した"}, **ASKED) == [], "who was asked may answer"


def test_only_a_task_is_accepted_and_stands_since() -> None:
    """A ServiceRequest that is on hold was taken on by nobody: its Task is."""
    held = LETTER | {"status": "on-hold"}
    assert told(held, held | {"priority": "urgent"}) == []
    assert judged(held, held | {"priority": "urgent"}) == HAD


def test_nobody_else_is_named_in_it_by_who_asked() -> None:
    named = ACCEPTED | {"note": [{"authorReference": ref("Patient/2")}]}
    assert "R12a at Task.for" in told(ACCEPTED, named)
    assert told(ACCEPTED, named, **ASKED) == []


def test_how_it_goes_on_is_said_by_who_is_asked_and_it_is_taken_back_by_who_asked() -> None:
    for becomes in ("in-progress", "completed", "rejected", "failed"):
        assert told(ACCEPTED, ACCEPTED | {"status": becomes}) == [STATUS]
        assert told(ACCEPTED, ACCEPTED | {"status": becomes}, **ASKED) == []
    for becomes in ("cancelled", "entered-in-error"):
        assert told(ACCEPTED, ACCEPTED | {"status": becomes}) == []
        assert judged(ACCEPTED, ACCEPTED | {"status": becomes}) == NONE
        assert judged(ACCEPTED, ACCEPTED | {"status": becomes}, **ASKED) == HAD, "by nobody else"


def test_it_is_given_to_a_colleague_of_who_was_asked_and_to_nobody_else() -> None:
    assert told(ACCEPTED, ACCEPTED | {"owner": ref(THEIRS)}, **ASKED) == []
    assert told(ACCEPTED, ACCEPTED | {"owner": ref(THIRD)}, **ASKED) == ["R12a at Task.owner"]
    assert told(ACCEPTED, ACCEPTED | {"owner": ref(THIRD)}) == ["R12a at Task.owner"]
    assert judged(ACCEPTED, ACCEPTED | {"owner": ref(THEIRS)}, **ASKED) == HAD
    assert judged(ACCEPTED, ACCEPTED | {"owner": ref(THIRD)}, **ASKED) == NONE


def test_an_answer_leaves_it_as_it_was_asked_and_a_new_word_of_the_asker_is_judged_anew() -> None:
    had = Verdict(True, noted=frozenset({".above Organization/first", ".between Organization/x"}))
    assert judged(TASK, TASK | {"note": [{"text": "x"}]}, had=had) == had
    assert judged(TASK, TASK | {"note": [{"text": "x"}]}, had=NONE) == NONE, "what did not count does not by that"
    above = Carrying(above=frozenset({"Organization/second"}), carried=frozenset({"Task/c"}))
    asked = judged(TASK, TASK | {"for": ref("Group/g")}, had=had, carrying=above)
    assert asked.noted == BETWEEN | {".above Organization/first", ".above Organization/second"}
    assert asked.fixed == frozenset()
    new = judged(None, TASK, carrying=above)
    assert (new.noted, new.fixed) == (BETWEEN | {".above Organization/second"}, frozenset({"Task/c"}))
    kept = Verdict(True, noted=BETWEEN, fixed=frozenset({"Task/r"}))
    assert judged(TASK, TASK | {"for": ref("Group/g")}, had=kept).fixed == frozenset({"Task/r"})
    bare = Verdict(True)
    assert judged(TASK, TASK | {"note": [{"text": "x"}]}, had=bare).noted == BETWEEN, "from before it was noted"


# --- on paper, by the server -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["accepted", "completed", "rejected"])
def test_what_came_back_on_paper_is_written_down_by_who_asked_and_opens_nothing(status: str) -> None:
    paper = TASK | ON_PAPER
    came = paper | {"status": status}
    assert told(paper, came) == []
    assert judged(paper, came).counts is False
    above = Verdict(True, noted=frozenset({".above Organization/first", *BETWEEN}))
    assert judged(paper, came, had=above) == Verdict(noted=frozenset({".above Organization/first"}))
    new = judged(None, came, carrying=Carrying(above=frozenset({"Organization/second"})))
    assert new == Verdict(noted=frozenset({".above Organization/second"}))
    untrue = {"extension": [extension("carried-on-paper", valueBoolean=False)]}
    assert judged(TASK, TASK | untrue | {"status": "accepted"}) == NONE


def test_who_has_answered_itself_is_answered_for_by_nobody() -> None:
    answered = ACCEPTED | ON_PAPER
    assert told(answered, answered | {"status": "completed"}) == [STATUS]
    assert told(answered, answered | {"status": "completed"}, had=NONE) == [], "written down before"
    assert judged(answered, answered | {"status": "completed"}, **ASKED) == HAD
    for status in ("draft", "requested", "received", "cancelled", "entered-in-error"):
        waiting = TASK | ON_PAPER | {"status": status}
        assert told(waiting, waiting | {"status": "accepted"}) == []
    assert judged(None, TASK | ON_PAPER) == HAD, "it is asked, and nothing came back yet"


def test_what_the_server_asked_stays_what_it_was_whoever_answers() -> None:
    asked = TASK | {"code": concept("task-code", "transfer")}
    had = Verdict(True, noted=frozenset({".above Organization/first"}), fixed=frozenset({"Condition/c"}))
    assert judged(asked, asked | {"status": "accepted"}, had=had, **ASKED) == had
    taken_back = judged(asked, asked | {"status": "cancelled"}, had=had)
    assert taken_back == Verdict(noted=frozenset({".above Organization/first"}))
    by_code = TASK | {"code": concept("task-code", "inquiry"), "for": ref("Patient/9")}
    assert judged(by_code, by_code | {"for": ref("Patient/8")}) == NONE, "what an agency asks is judged anew"
    letter = LETTER | {"code": concept("task-code", "transfer"), "subject": ref("Patient/9")}
    assert judged(letter, letter | {"subject": ref("Patient/8")}) == NONE, "the server asks by Tasks alone"
    call = TASK | {"code": concept("task-code", "coordinate")}
    assert told(None, call | {"requester": ref(OTHER)}) == [], "another kind of evidence"
    assert judged(None, call).counts
    letter = LETTER | {"code": concept("task-code", "coordinate"), "requester": ref(OTHER)}
    assert told(None, letter) == ["P2 at ServiceRequest.requester!"], "the coordinator is called by a Task"
