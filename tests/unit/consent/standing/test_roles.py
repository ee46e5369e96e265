"""R19: roles count as the lead section decided them at an open conference, for whom that conference had fixed."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import roles
from consent.standing.filing import Deciding, Filing
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import officer, post
from tests.unit.consent.standing.filed import OTHER, THEIRS, Json, filing

LEAD = officer(post("lead-section"))
TEAM: Json = {"resourceType": "CareTeam", "id": "r", "category": [concept("record-category", "case-team")]}
TEAM |= {"subject": ref("Group/g"), "participant": [{"member": ref(OTHER)}], "period": {"start": "2026-11-23"}}
FIXED = frozenset({"Group/g", "Patient/1"})
SEATED = {OTHER: frozenset({THEIRS}), "Organization/third": frozenset({"PractitionerRole/third"})}
MEETING = Deciding("Encounter/m", FIXED, frozenset({"Organization/center"}), SEATED)
HAD = Verdict(True, fixed=frozenset({"Group/g"}), noted=frozenset({".carrier PractitionerRole/x"}))


def filed(before: Json | None = None, after: Json = TEAM, deciding: Any = MEETING, **known: Any) -> Filing:
    return filing(before, after, **{"facts": LEAD, "deciding": deciding, "had": HAD if before else NONE} | known)


def test_they_are_carried_out_by_who_was_seated_for_an_agency_named_and_by_who_keeps_the_case() -> None:
    """It is kept by which of its members a post is seated, and whose case was brought."""
    kept = frozenset({".carrier Organization/center", ".brought Organization/center"})
    seated = kept | {f".carrier {THEIRS}", f".seated {THEIRS} {OTHER}"}
    assert roles.judged(filed()) == Verdict(True, fixed=FIXED | {"Encounter/m"}, noted=seated)
    by_post = TEAM | {"participant": [{"member": ref(THEIRS)}]}
    assert roles.judged(filed(after=by_post)).noted == kept | {f".carrier {THEIRS}", f".seated {THEIRS} {THEIRS}"}
    nobody = {name: value for name, value in TEAM.items() if name != "participant"}
    assert roles.judged(filed(after=nobody)).noted == kept
    unseated = Deciding("Encounter/m", FIXED, frozenset(), {})
    assert roles.judged(filed(deciding=unseated)).noted == frozenset()


def test_nobody_else_decides_them_nor_the_lead_section_without_a_meeting() -> None:
    assert roles.judged(filed(facts=officer())) == NONE
    assert roles.judged(filed(deciding=Deciding())) == NONE
    assert roles.judged(filed(after=TEAM | {"category": [concept("record-category", "standing-roster")]})) == NONE
    assert not list(roles.refused(filed(facts=officer())))


@pytest.mark.parametrize(
    "changed",
    [
        {"category": [concept("record-category", "case-team"), concept("record-category", "case")]},
        {"subject": ref("Group/h")},
        {"participant": [{"member": ref(THEIRS)}]},
        {"period": {"start": "2026-11-23", "end": "2027"}},
    ],
)
def test_what_was_decided_stands_while_nothing_of_it_changes(changed: Json) -> None:
    alone = {"facts": officer(), "deciding": Deciding()}
    assert roles.judged(filed(TEAM, TEAM | {"note": [{"text": "控え"}]}, **alone)) == HAD
    assert roles.judged(filed(TEAM, TEAM | changed, **alone)) == NONE
    assert roles.judged(filed(TEAM, TEAM | changed)).fixed == FIXED | {"Encounter/m"}


def test_roles_that_come_into_force_again_are_judged_anew_and_those_that_end_are_not() -> None:
    anew = roles.judged(filed()).noted
    ended: list[Json] = [{"status": "inactive"}, {"status": "entered-in-error"}, {}]
    for before in ended:
        again = filed(TEAM | before, TEAM | {"status": "active"})
        assert roles.judged(again) == Verdict(True, fixed=FIXED | {"Encounter/m"}, noted=anew)
        assert roles.judged(filed(TEAM | before, TEAM | {"status": "active"}, facts=officer())) == NONE
    for was, now in (("active", "active"), ("active", "inactive"), ("inactive", "entered-in-error")):
        assert roles.judged(filed(TEAM | {"status": was}, TEAM | {"status": now}, facts=officer())) == HAD
