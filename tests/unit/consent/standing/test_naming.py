"""P13: for the role of an agency a post of it is named, by that agency, for whom the role was decided."""

from __future__ import annotations

import pytest

from consent.relations.role import Role
from consent.standing import naming
from consent.standing.carrying import Carrying
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.filed import OTHER, THEIRS, Json, filing, wrongs

PERSONS = frozenset({"Group/g", "Patient/1"})
PUT = {"carrying": Carrying(role=Role("CareTeam/r", CENTER, PERSONS))}
NAMED: Json = {"resourceType": "Task", "id": "n", "status": "requested", "code": concept("task-code", "carry-out")}
NAMED |= {"for": ref("Group/g"), "focus": ref("CareTeam/r"), "partOf": [ref("Task/put")]}
NAMED |= {"owner": ref("PractitionerRole/colleague")}
COUNTS = Verdict(True, noted=frozenset({f".between {CENTER}"}), fixed=PERSONS | {"CareTeam/r"})
OWNER, PART = "P13 at Task.owner", "P13 at Task.partOf"


def test_the_agency_to_which_a_role_was_put_names_a_post_of_its_own() -> None:
    assert wrongs(naming.KIND, filing(None, NAMED, **PUT)) == []
    assert naming.judged(filing(None, NAMED, **PUT)) == COUNTS
    for owner in (THEIRS, CENTER, "Practitioner/p", "PractitionerRole/unknown"):
        amiss = filing(None, NAMED | {"owner": ref(owner)}, **PUT)
        assert wrongs(naming.KIND, amiss) == [OWNER]
        assert naming.judged(amiss) == NONE


def test_nobody_names_for_a_role_that_was_not_put_to_them() -> None:
    assert PART in wrongs(naming.KIND, filing(None, NAMED))
    assert naming.judged(filing(None, NAMED)) == NONE
    theirs = {"carrying": Carrying(role=Role("CareTeam/r", OTHER, PERSONS))}
    assert wrongs(naming.KIND, filing(None, NAMED, **theirs)) == [OWNER], "for the agency whose role it is"
    alone = {name: value for name, value in NAMED.items() if name != "partOf"}
    assert wrongs(naming.KIND, filing(None, alone)) == [PART]


def test_another_request_names_nobody_for_a_role() -> None:
    other = NAMED | {"code": concept("task-code", "inquiry")}
    assert wrongs(naming.KIND, filing(None, other)) == []
    assert naming.judged(filing(None, other)) == Verdict(True)
    request = {"resourceType": "ServiceRequest", "code": concept("task-code", "carry-out"), "partOf": [ref("Task/x")]}
    assert wrongs(naming.KIND, filing(None, request)) == []
    assert not naming.names(filing(None, request))
    kept_elsewhere = filing(NAMED, NAMED | {"owner": ref(THEIRS)}, custodian=OTHER)
    assert wrongs(naming.KIND, kept_elsewhere) == []
    assert not naming.names(kept_elsewhere)
    alone = {name: value for name, value in NAMED.items() if name != "partOf"}
    assert not naming.names(filing(alone, alone))
    assert naming.names(filing(alone, NAMED))
    assert naming.names(filing(NAMED, alone))


@pytest.mark.parametrize(
    ("element", "changed"),
    [
        ("code", {"code": concept("task-code", "inquiry")}),
        ("for", {"for": ref("Group/h")}),
        ("focus", {"focus": ref("CareTeam/other")}),
        ("partOf", {"partOf": [ref("Task/other")]}),
    ],
)
def test_what_was_named_stands_until_it_is_taken_back(element: str, changed: Json) -> None:
    filed = filing(NAMED, NAMED | changed, had=COUNTS, **PUT)
    assert wrongs(naming.KIND, filed) == [f"P13 at Task.{element}"]
    assert naming.judged(filed) == NONE


def test_another_of_the_agency_may_take_its_place_and_it_counts_until_it_is_taken_back() -> None:
    other = NAMED | {"owner": ref("PractitionerRole/role")}
    assert naming.judged(filing(NAMED, other, had=COUNTS)) == COUNTS
    assert wrongs(naming.KIND, filing(NAMED, NAMED | {"owner": ref(THEIRS)}, had=COUNTS)) == [OWNER]
    for status in ("cancelled", "entered-in-error"):
        assert naming.judged(filing(NAMED, NAMED | {"status": status}, had=COUNTS)) == NONE
    assert naming.judged(filing(NAMED, NAMED | {"status": "completed"}, had=COUNTS)) == COUNTS
