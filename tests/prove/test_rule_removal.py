"""Every rule bites: its scenarios pass while it stands and fail when it is taken out.

`make prove` plays them within TSUNAGU_PROVE_SECONDS (1800): docs/testing.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs import Proof
from tests.prove.playing import Narration, play
from tests.world import without

PERMITS = {
    # Without writing there is no scenario to begin with, so of P1 only the reading is taken out.
    "P1:read,search": ("P1",),
    "P2": ("P2",),
    "P3": ("P3",),
    "P4": ("P4",),
    "P5": ("P5",),
    # Without reading it the convener cannot name the case, and no conference comes about: only finding is taken out.
    "P6:search": ("P6",),
    "P7": ("P7",),
    "P8": ("P8",),
    "P9": ("P9",),
    "P10": ("P10",),
    "P11": ("P11",),
    "P13": ("P13",),
}
"""Grounds, and the tag of the scenarios that show access."""

RESTRICTIONS = {id: (id,) for id in ("D1", "D2", "D3", "D5", "mistake", "scope")}
"""Restrictions, and the tag of the scenarios that show what is denied."""

DUTIES = {
    "acknowledgement.letters_of_the_meeting": ("R35",),
    "acknowledgement.one_s_own": ("R35",),
    "answering.ended_with_outcome": ("R5",),
    "answering.held_with_reason": ("R5",),
    "answering.in_order": ("R5",),
    "basic.about_somebody": ("P3",),
    "care_plan.drawable": ("R37",),
    "care_plan.one_for_the_household": ("R37",),
    "care_plan.stays_what_it_is": ("R37",),
    "carrying_out.taken_on_under_secrecy": ("R35",),
    "case_ending.reviewed": ("R44",),
    "case_ending.stays_as_it_ended": ("R44",),
    "case_ending.with_its_outcome": ("R44",),
    "communication.in_one_s_own_name": ("P2",),
    "communication.told_by_the_server": ("P3",),
    "confirmation.kept": ("R3",),
    "conflict.ended_by_the_lead_section": ("D2",),
    "conference.convened": ("R29", "R27"),
    "conference.course": ("R29", "R27"),
    "consent.enforceable": ("R4", "P3"),
    "consent.final": ("R3",),
    "consent.not_too_many": ("R4",),
    "consent.not_too_many_active": ("R4",),
    "consent.signed": ("R3", "P3"),
    "consent.verified_by_the_server": ("R3",),
    "consent.withholding_stays": ("R3",),
    "coordination.holds_no_case": ("R15",),
    "coordination.kept": ("P6",),
    "coordination.monitored": ("R17",),
    "coordination.performs_nothing": ("R15",),
    "coordination.says_of_the_sheet": ("R1",),
    "cooperation.answered_or_reasoned": ("R32",),
    "cooperation.asked_by_the_convener": ("R31",),
    "deciding.attended": ("R21",),
    "deciding.decided_in_order": ("R22",),
    "deciding.follows_the_case_conference": ("R25",),
    "deciding.kept_by_somebody": ("R36",),
    "deciding.necessary": ("R4",),
    "directory.desk_stays": ("P12",),
    "directory.pair_shares_its_provider": ("R45",),
    "emergency.reviewed_by_the_lead_section": ("P8",),
    "material.put_in_order": ("R23",),
    "minutes.kept_by_the_secretariat": ("R36",),
    "mistake.of_nothing_under_way": ("R17", "R44"),
    "opinion.says_how": ("R24",),
    "belonging.of_no_material": ("D3",),
    "belonging.of_own_records": ("P1",),
    "introduction.content_handed_over": ("R9",),
    "introduction.says_a_word": ("R9",),
    "introduction.waived_with_a_reason": ("R10",),
    "roles.sender_stays": ("R11",),
    "fund.asked": ("F8",),
    "fund.paid_in": ("F10",),
    "fund_consultation.consulted": ("F6",),
    "fund_payment.decided": ("F5", "F6"),
    "dividing.answered_by_the_operation": ("P1",),
    "household.begins_nothing_more": ("R37",),
    "household.ended_by_division": ("P3",),
    "handling.marked_by_the_server": ("D5",),
    "handling.withheld_with_a_reason": ("P7",),
    "household.of_patients": ("P3",),
    "labels.lowered_by_custodian": ("P1",),
    "widening.by_who_keeps_it": ("P1",),
    "one_case.of_a_household": ("R37",),
    "parting.answered_stays": ("P2",),
    "parting.sent_stays": ("P2",),
    "parting.taken_on_stays": ("R12a",),
    "staying.of_its_household": ("R17",),
    "staying.read_by_who_works_on_it": ("R16",),
    "staying.brought_of_its_household": ("R17",),
    "staying.of_own_records": ("R37",),
    "labels.told": ("D1",),
    "programmes.followed_by_its_pair": ("R45",),
    "reception.asked_by_an_agency": ("R14",),
    "referral.not_passed_on": ("R12a",),
    "referral.not_refused": ("R5",),
    "referral.owner_answers": ("P2", "R5"),
    "resource_gap.countable": ("R43",),
    "ticked.stands_as_concern": ("R18",),
    "transfer.answered_by_the_operation": ("P1",),
    "merge.answered_by_the_operation": ("P1",),
    "restriction.list_asked_by_the_server": ("D1",),
    "restriction.looked_at_by_the_lead_section": ("D1",),
    "roles.decided_by_lead_section": ("R19",),
    "roster.fields_at_table": ("R38",),
    "roster.kept_by_convener": ("R29",),
    "roster.members_are_standing": ("R29",),
    "statistics.reported_by_the_server": ("P10",),
    "succession.named_by_the_operation": ("P1",),
    "succession.nobody_comes_to_it": ("P12",),
    "succession.stays_ended": ("P12",),
    "validity.told": ("R4",),
}
"""Duties, and the tags of the scenarios that show a refusal; an article has no tag, so its meeting's tags stand."""

STANDING = {
    "standing.birth_date": ("R3",),
    "standing.conference": ("R38",),
    "standing.confirmation": ("R3",),
    "standing.consent": ("R3",),
    "standing.coordination": ("R13",),
    "standing.death": ("R3",),
    "standing.plan": ("R37",),
    "standing.household": ("P3",),
    "standing.naming": ("P13",),
    "standing.post": ("P12",),
    "standing.request": ("P2",),
}
"""Kinds of evidence, and the tags of the scenarios that show a refusal."""

INSTALLING = "P12"
"""The installer's own ground: without it there is no city to tell a scenario about."""

POSTS = "standing.post"
"""Only the installer writes posts, and no token carries that purpose: tests/unit/consent/test_posts.py shows it."""

ROLES = "standing.roles"
"""It refuses nothing: who decides roles, and when, is a duty (R19), and what they open is P13."""

DEPARTMENTS = "standing.department"
"""It refuses nothing: what a keeper writes of a department waits, and who asks for it is refused as it is confirmed."""

BITES = PERMITS | RESTRICTIONS | DUTIES | STANDING
PROOF = pytest.mark.proof("rules", len(BITES))
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Narration:
    """The same scenarios while every rule stands."""
    return play({tag for tags in BITES.values() for tag in tags}, "", tmp_path_factory.mktemp("standing"))


def test_every_rule_of_the_policy_is_named_here() -> None:
    assert without.names() == {rule.partition(":")[0] for rule in BITES} | {INSTALLING, POSTS, ROLES, DEPARTMENTS}


@PROOF
@pytest.mark.prove
def test_every_scenario_passes_while_every_rule_stands(proof: Proof, standing: Narration) -> None:
    assert standing.played > len(BITES)
    assert not standing.failures, standing.said


@PROOF
@pytest.mark.prove
@pytest.mark.parametrize("rule", BITES)
def test_without_the_rule_a_scenario_of_it_fails(proof: Proof, rule: str, tmp_path: Path) -> None:
    if not proof.goes_on:
        pytest.skip("its share of TSUNAGU_PROVE_SECONDS is over")
    told = play(BITES[rule], rule, tmp_path)
    assert told.played, f"no scenario has the tag {' or '.join(BITES[rule])}"
    assert told.failures, f"{told.played} scenarios of {' or '.join(BITES[rule])} pass without {rule}"
    # Taking a permit out can only close, and a restriction only open: what fails at its outcome shows which.
    outcomes = [failure for failure in told.failures if failure.kind != "given"]
    assert outcomes, f"without {rule} nothing comes to an outcome: {told.failures}"
    proof.count()


@PROOF
@pytest.mark.prove
def test_without_its_own_ground_the_installer_lays_down_nothing(proof: Proof, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.world.without", INSTALLING, "--", "serve", "--demo"],
        cwd=ROOT,
        env=os.environ | {"TSUNAGU_DATA": str(tmp_path), "TSUNAGU_PORT": "0"},
        capture_output=True,
        timeout=120,
    )
    assert ended.returncode != 0
